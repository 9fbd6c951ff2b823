"""Official letters as issued, and the templates the office writes them from."""

from django.db import models
from django.db.models import Q

from core.files import private_storage
from core.models import Recorded
from exits.choices import PaperKind, Partner
from exits.models.cases import Case
from exits.models.interviews import Interview
from exits.querysets import PaperQuerySet
from members.models import Term


class PaperTemplate(Recorded):
    """The office's own wording of one kind of letter; without a row the shipped wording holds.

    Places to fill are written {委员姓名}; only the names `exits.wording` lists are filled in, and
    what is filled in is never read as a template again.
    """

    kind = models.CharField("公文", max_length=30, choices=PaperKind, unique=True)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文", max_length=10_000)

    class Meta:
        verbose_name = verbose_name_plural = "公文格式文本"
        ordering = ["kind"]
        default_permissions = ("change", "view")
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(body=""),
                name="paper_template_has_text",
                violation_error_message="标题和正文不能为空。",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class OfficialPaper(Recorded):
    """A letter as issued: its words and its PDF are never changed; a mistake is a further letter.

    Numbered by year within its `series`: 萍协办字〔2026〕12号. `addressees` is a list of names in
    the order they are addressed. It belongs to a case, to an interview, or to a yearly exchange of
    information with `partner` (萍协办字〔2022〕19号 三（四）).
    """

    term = models.ForeignKey(
        Term, verbose_name="届次", on_delete=models.PROTECT, related_name="official_papers"
    )
    kind = models.CharField("公文", max_length=30, choices=PaperKind)
    case = models.ForeignKey(
        Case,
        verbose_name="事项",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="papers",
    )
    interview = models.ForeignKey(
        Interview,
        verbose_name="约谈",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="papers",
    )
    partner = models.CharField("交流部门", max_length=20, choices=Partner, blank=True)
    series = models.CharField("发文字号", max_length=20)
    year = models.PositiveSmallIntegerField("年份")
    sequence = models.PositiveIntegerField("顺序号")
    title = models.CharField("标题", max_length=200)
    addressees = models.JSONField("主送", default=list, blank=True)
    body = models.TextField("正文", max_length=10_000)
    appendix = models.JSONField("附表", default=list, blank=True)
    issuer = models.CharField("落款", max_length=200)
    issued_date = models.DateField("成文日期")
    file = models.FileField(
        "文件", upload_to="official-papers/", storage=private_storage, max_length=200
    )
    sha256 = models.CharField("摘要", max_length=64)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公文"
        ordering = ["-year", "-sequence"]
        default_permissions = ("view",)
        permissions = [("issue_paper", "可以印发公文")]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "year", "sequence"],
                name="official_paper_number_once",
                violation_error_message="此文号已经用过。",
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=False, interview__isnull=True, partner="")
                | Q(case__isnull=True, interview__isnull=False, partner="")
                | (Q(case__isnull=True, interview__isnull=True) & ~Q(partner="")),
                name="official_paper_about_one_thing",
                violation_error_message="公文须且只能关于一件事项、一次约谈或一次信息交流。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        return f"{self.series}〔{self.year}〕{self.sequence}号"
