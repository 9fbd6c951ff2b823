"""Sectors, special committees, groups and departments of a term, and who works for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.choices import RecordKind
from members.models.assemblies import Assembly, Term


class TermOrgan(models.Model):
    """A named body of one term, in the order documents list it."""

    term = models.ForeignKey(Term, verbose_name="届次", on_delete=models.PROTECT)
    name = models.CharField("名称", max_length=100)
    sequence = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        abstract = True
        ordering = ["term", "sequence", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["term", "name"],
                name="%(class)s_name_in_term",
                violation_error_message="本届已有同名机构。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Sector(TermOrgan):
    """界别."""

    class Meta(TermOrgan.Meta):
        verbose_name = verbose_name_plural = "界别"


class SpecialCommittee(TermOrgan):
    """专门委员会."""

    class Meta(TermOrgan.Meta):
        verbose_name = verbose_name_plural = "专门委员会"


class SectorLiaison(models.Model):
    """Which special committee liaises with a sector (萍协字〔2022〕21号 一)."""

    sector = models.OneToOneField(
        Sector, verbose_name="界别", on_delete=models.CASCADE, related_name="liaison"
    )
    committee = models.ForeignKey(
        SpecialCommittee,
        verbose_name="联系专委会",
        on_delete=models.PROTECT,
        related_name="liaisons",
    )

    class Meta:
        verbose_name = verbose_name_plural = "专委会联系界别"

    def __str__(self) -> str:
        return f"{self.committee}联系{self.sector}"


class SectorGroup(TermOrgan):
    """界别活动组."""

    sector = models.ForeignKey(
        Sector, verbose_name="界别", on_delete=models.PROTECT, null=True, blank=True
    )

    class Meta(TermOrgan.Meta):
        verbose_name = verbose_name_plural = "界别活动组"


class LiaisonGroup(TermOrgan):
    """县区市政协委员联络组. `assembly` is the county's own, with which topics are shared."""

    assembly = models.ForeignKey(
        Assembly,
        verbose_name="对应县（区）政协",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="liaison_groups",
        help_text="填写后，该联络组的账号可以看到本县（区）参加联动的议题，并填写分工与成果",
    )

    class Meta(TermOrgan.Meta):
        verbose_name = verbose_name_plural = "县区委员联络组"


class Department(TermOrgan):
    """A unit that collects records: 委员联络科, 调研信息科, 各专委会 …"""

    committee = models.OneToOneField(
        SpecialCommittee,
        verbose_name="对应专委会",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="department",
    )

    class Meta(TermOrgan.Meta):
        verbose_name = verbose_name_plural = "采集部门"


class CollectionDuty(models.Model):
    """Who collects what (萍协字〔2022〕8号 二). `own_only`: only what it organised itself."""

    department = models.ForeignKey(
        Department, verbose_name="部门", on_delete=models.CASCADE, related_name="duties"
    )
    record_kind = models.CharField("履职项目", max_length=30, choices=RecordKind)
    own_only = models.BooleanField("仅限本部门承办", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "采集分工"
        constraints = [
            models.UniqueConstraint(
                fields=["department", "record_kind"],
                name="collection_duty_once",
                violation_error_message="该部门已列有此项分工。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.department}：{self.get_record_kind_display()}"


class Affiliation(models.Model):
    """Which unit an account works for: a department, a county group or a sector group."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="账号",
        on_delete=models.CASCADE,
        related_name="affiliations",
    )
    department = models.ForeignKey(
        Department, verbose_name="采集部门", on_delete=models.CASCADE, null=True, blank=True
    )
    liaison_group = models.ForeignKey(
        LiaisonGroup, verbose_name="县区委员联络组", on_delete=models.CASCADE, null=True, blank=True
    )
    sector_group = models.ForeignKey(
        SectorGroup, verbose_name="界别活动组", on_delete=models.CASCADE, null=True, blank=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "账号所属单位"
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(
                        department__isnull=False,
                        liaison_group__isnull=True,
                        sector_group__isnull=True,
                    )
                    | Q(
                        department__isnull=True,
                        liaison_group__isnull=False,
                        sector_group__isnull=True,
                    )
                    | Q(
                        department__isnull=True,
                        liaison_group__isnull=True,
                        sector_group__isnull=False,
                    )
                ),
                name="affiliation_one_unit",
                violation_error_message="采集部门、县区委员联络组、界别活动组须且只能选一个。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user.name}：{self.department or self.liaison_group or self.sector_group}"
