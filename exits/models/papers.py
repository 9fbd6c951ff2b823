"""Official letters as issued, and the templates the office writes them from."""

from django.db import models
from django.db.models import Q

from core.files import private_storage
from core.models import Recorded
from exits.choices import PaperKind, PaperVariant, Partner
from exits.models.cases import Case
from exits.models.interviews import Interview
from exits.querysets import PaperQuerySet
from members.models import Assembly, Term


class LetterHead(Recorded):
    """Under which names and series an assembly issues its letters; without a row, the usual ones.

    A series is what stands before the year: 萍协办字〔2026〕12号. Each is numbered by itself.
    """

    assembly = models.OneToOneField(
        Assembly, verbose_name="政协委员会", on_delete=models.PROTECT, related_name="letter_head"
    )
    office_name = models.CharField("办公室落款", max_length=60)
    office_series = models.CharField("办公室发文字号", max_length=20)
    assembly_series = models.CharField("公告字号", max_length=20)
    minutes_series = models.CharField("会商纪要字号", max_length=20)
    record_series = models.CharField("约谈记录编号", max_length=20)
    printer = models.CharField("印发机关", max_length=60)

    class Meta:
        verbose_name = verbose_name_plural = "发文机关与字号"
        default_permissions = ()

    def __str__(self) -> str:
        return self.office_name


class PaperTemplate(Recorded):
    """The office's own wording of a letter; without a row the shipped wording holds.

    `variant` parts the wordings of one kind by what the letter is about; "" fits all.
    Places to fill are written {委员姓名}; only the names `exits.wording` lists are filled in, and
    what is filled in is never read as a template again.
    """

    kind = models.CharField("公文", max_length=30, choices=PaperKind)
    variant = models.CharField("适用", max_length=20, choices=PaperVariant, blank=True)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文", max_length=10_000)

    class Meta:
        verbose_name = verbose_name_plural = "公文格式文本"
        ordering = ["kind", "variant"]
        default_permissions = ("change", "view")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "variant"],
                name="paper_template_once",
                violation_error_message="这种公文的文本已由他人修改，请重新打开页面。",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(body=""),
                name="paper_template_has_text",
                violation_error_message="标题和正文不能为空。",
            ),
        ]

    def __str__(self) -> str:
        label = self.get_kind_display()
        return f"{label}（{self.get_variant_display()}）" if self.variant else label


class OfficialPaper(Recorded):
    """A letter as issued: its words and its PDF are never changed; a mistake is a further letter.

    Numbered by year within its `series`: 萍协办字〔2026〕12号. `addressees` is a list of names in
    the order they are addressed; in minutes, of those who sign. It belongs to a case, to an interview, or to a yearly exchange of
    information with `partner` (萍协办字〔2022〕19号 三（四）).
    """

    term = models.ForeignKey(
        Term, verbose_name="届次", on_delete=models.PROTECT, related_name="official_papers"
    )
    kind = models.CharField("公文", max_length=30, choices=PaperKind)
    variant = models.CharField("适用", max_length=20, choices=PaperVariant, blank=True)
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
    copied_to = models.JSONField("抄送", default=list, blank=True)
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
                condition=Q(sequence__gte=1) & ~Q(series="") & ~Q(sha256=""),
                name="official_paper_is_numbered",
                violation_error_message="公文须有字号、顺序号和摘要。",
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=False, interview__isnull=True, partner="")
                | Q(case__isnull=True, interview__isnull=False, partner="")
                | (
                    Q(case__isnull=True, interview__isnull=True)
                    & (
                        ~Q(partner="")
                        | Q(kind=PaperKind.EXCHANGE, variant=PaperVariant.ROSTER_OTHERS)
                    )
                ),
                name="official_paper_about_one_thing",
                violation_error_message="公文须且只能关于一件事项、一次约谈或一次信息交流。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        return f"{self.series}〔{self.year}〕{self.sequence}号"
