"""Persons, their membership in a term, the posts they hold and the periods they are suspended."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from core.models import Period, Recorded
from members.choices import Gender, Party, Post
from members.models.assemblies import Term
from members.models.organs import LiaisonGroup, Sector, SpecialCommittee
from members.querysets import MemberQuerySet, PersonQuerySet, TenureQuerySet


class Person(Recorded):
    """A human being; the same one through all terms."""

    name = models.CharField("姓名", max_length=50)
    gender = models.CharField("性别", max_length=10, choices=Gender, blank=True)
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    birth_month = models.DateField(
        "出生年月", null=True, blank=True, help_text="只用年月，日记为 1 日"
    )
    phone = models.CharField("联系电话", max_length=40, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name="账号",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "人员"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="person_has_name",
                violation_error_message="姓名不能为空。",
            ),
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True) | Q(birth_month__day=1),
                name="person_birth_month_first_day",
                violation_error_message="出生年月只记年月，日须为 1 日。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Member(Recorded):
    """A person's seat in one term: from `joined_date` inclusive to `exited_date` exclusive."""

    term = models.ForeignKey(
        Term, verbose_name="届次", on_delete=models.PROTECT, related_name="members"
    )
    person = models.ForeignKey(
        Person, verbose_name="人员", on_delete=models.PROTECT, related_name="memberships"
    )
    code = models.CharField("委员编号", max_length=30)
    party = models.CharField("党派", max_length=20, choices=Party)
    sector = models.ForeignKey(
        Sector, verbose_name="界别", on_delete=models.PROTECT, related_name="members"
    )
    employer_post = models.CharField("单位职务", max_length=10_000, blank=True)
    committee = models.ForeignKey(
        SpecialCommittee,
        verbose_name="专委会",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
    )
    nominating_body = models.CharField("推荐单位", max_length=10_000, blank=True)
    liaison_group = models.ForeignKey(
        LiaisonGroup,
        verbose_name="县区联络组",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
    )
    joined_date = models.DateField("入届日期")
    exited_date = models.DateField(
        "退出日期", null=True, blank=True, help_text="不再是委员的第一天；空 = 在任"
    )

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委员"
        ordering = ["term", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["term", "code"],
                name="member_code_in_term",
                violation_error_message="本届已有此委员编号。",
            ),
            models.UniqueConstraint(
                fields=["term", "person"],
                name="member_person_in_term",
                violation_error_message="此人在本届已是委员。",
            ),
            models.CheckConstraint(
                condition=~Q(code=""),
                name="member_has_code",
                violation_error_message="委员编号不能为空。",
            ),
            models.CheckConstraint(
                condition=Q(exited_date__isnull=True) | Q(exited_date__gte=F("joined_date")),
                name="member_exits_after_joining",
                violation_error_message="退出日期不能早于入届日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.person.name}"

    def clean(self) -> None:
        for field in ("sector", "committee", "liaison_group"):
            organ = getattr(self, field)
            if organ is not None and organ.term_id != self.term_id:
                raise ValidationError({field: "所选机构不属于本届。"})

    def serves(self, on) -> bool:
        return self.joined_date <= on and (self.exited_date is None or on < self.exited_date)


class Tenure(Recorded, Period):
    """A post held by a member in a period; 常委 is one of them."""

    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.CASCADE, related_name="tenures"
    )
    post = models.CharField("职务", max_length=40, choices=Post)
    organ = models.CharField("所在机构", max_length=10_000, blank=True)

    objects = TenureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "职务任期"
        ordering = ["member", "post", "start_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "post", "start_date"],
                name="tenure_once",
                violation_error_message="此委员同一天已开始担任该职务。",
            ),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="tenure_ends_after_start",
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name} {self.get_post_display()}"

    def clean(self) -> None:
        if self.member_id is None:
            return  # A new member's first posts: checked when the member is there.
        if not self.member.serves(self.start_date):
            raise ValidationError({"start_date": "开始日期不在该委员的任期之内。"})
        others = Tenure.objects.filter(member=self.member, post=self.post).exclude(pk=self.pk)
        if others.overlapping(self.start_date, self.end_date).exists():
            raise ValidationError({"start_date": "与该委员同一职务的另一段任期重叠。"})


class SuspensionPeriod(Recorded, Period):
    """暂停履职 (萍协办字〔2022〕19号 二): not invited, not expected, not reminded meanwhile."""

    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.CASCADE, related_name="suspensions"
    )
    decision_number = models.CharField("决定文号", max_length=10_000, blank=True)

    objects = TenureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "暂停履职"
        ordering = ["member", "start_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "start_date"],
                name="suspension_once",
                violation_error_message="此委员同一天已开始暂停履职。",
            ),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="suspension_ends_after_start",
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name} 自{self.start_date}暂停履职"

    def clean(self) -> None:
        if self.member_id is None:
            return  # As with posts.
        others = SuspensionPeriod.objects.filter(member=self.member).exclude(pk=self.pk)
        if others.overlapping(self.start_date, self.end_date).exists():
            raise ValidationError({"start_date": "与该委员另一段暂停履职重叠。"})
