"""Exports of forms: asking for one, and writing down that one was made."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from django.db import transaction

from accounts import audit
from accounts.choices import JobState, Verb
from accounts.models import AuditEntry, Job, User
from accounts.services import start_job
from core.refusals import RefusalError
from members.models import Member, Sector, SpecialCommittee, Term
from members.querysets import MemberQuerySet
from reporting.choices import FileFormat
from reporting.selectors.forms import form_date, members_with_forms, printable_to, served_in_year

PERMISSION = "reporting.export_dutydossier"
TASK = "reporting.tasks.export_dossiers"
#: Exports one account may have waiting or running.
MOST_AT_ONCE = 3


class ExportNotAllowedError(RefusalError):
    """The account may not take forms out."""


class TooManyExportsError(RefusalError):
    """The account's earlier exports are still at work."""


class UnknownMembersError(RefusalError):
    """Some of the codes asked for have no form in that year."""


class NothingToExportError(RefusalError):
    """No member is left of those asked for."""


@dataclass(frozen=True)
class Selection:
    """Whose forms of which year, looked at from `on`. All the narrowing fields empty = all."""

    term: Term
    year: int
    on: date
    codes: tuple[str, ...] = ()
    sector: Sector | None = None
    committee: SpecialCommittee | None = None

    def members(self, viewer: User | None) -> MemberQuerySet:
        """Raises UnknownMembersError and NothingToExportError; `viewer` None sees everybody."""
        found = members_with_forms(term=self.term, on=self.on)
        if self.codes:
            found = self._picked(viewer)
        if self.sector:
            found = found.filter(sector=self.sector)
        if self.committee:
            found = found.filter(committee=self.committee)
        if viewer is not None:
            found = found.filter(pk__in=printable_to(viewer))
        if not found.exists():
            raise NothingToExportError(f"{self.year}年度没有可以导出的委员。")
        return found

    def _picked(self, viewer: User | None) -> MemberQuerySet:
        served = served_in_year(term=self.term, year=self.year, on=self.on)
        if viewer is not None:
            served = served.filter(pk__in=printable_to(viewer))
        found = served.filter(code__in=self.codes)
        unknown = sorted(set(self.codes) - set(found.values_list("code", flat=True)))
        if unknown:
            raise UnknownMembersError(
                f"{self.term.name}{self.year}年度没有这些委员编号：{'、'.join(unknown)}。请核对名册。"
            )
        return found

    @property
    def label(self) -> str:
        part = ""
        if self.sector:
            part = self.sector.name
        elif self.committee:
            part = self.committee.name
        elif self.codes:
            part = f"{len(self.codes)}名委员"
        return f"{self.term.name}{self.year}年度履职档案{part and f'（{part}）'}"

    def parameters(self) -> Mapping[str, Any]:
        return {
            "term": self.term.pk,
            "year": self.year,
            "on": self.on,
            "codes": list(self.codes),
            "sector": self.sector and self.sector.pk,
            "committee": self.committee and self.committee.pk,
        }

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Self:
        """The selection a job carries in its parameters."""
        return cls(
            term=Term.objects.select_related("assembly").get(pk=parameters["term"]),
            year=parameters["year"],
            on=date.fromisoformat(parameters["on"]),
            codes=tuple(parameters["codes"]),
            sector=Sector.objects.filter(pk=parameters["sector"]).first(),
            committee=SpecialCommittee.objects.filter(pk=parameters["committee"]).first(),
        )


@transaction.atomic
def start_export(
    *,
    actor: User,
    at: datetime,
    today: date,
    term: Term,
    year: int,
    file_format: FileFormat,
    codes: Collection[str] = (),
    sector: Sector | None = None,
    committee: SpecialCommittee | None = None,
) -> Job:
    """Enters an export in the ledger of jobs; only the account itself can fetch the product."""
    if not actor.has_perm(PERMISSION):
        raise ExportNotAllowedError("您没有导出表册的权限。")
    unfinished = Job.objects.filter(
        owner=actor, task=TASK, state__in=[JobState.QUEUED, JobState.RUNNING]
    ).count()
    if unfinished >= MOST_AT_ONCE:
        raise TooManyExportsError(f"您已有{unfinished}项导出正在进行，请等它们完成后再导出。")
    selection = Selection(
        term=term,
        year=year,
        on=form_date(term=term, year=year, today=today),
        codes=tuple(codes),
        sector=sector,
        committee=committee,
    )
    selection.members(actor)
    return start_job(
        task=TASK,
        title=f"导出{selection.label}：{file_format.label}"[:200],
        owner=actor,
        at=at,
        parameters={**selection.parameters(), "format": file_format.value},
        permission=PERMISSION,
    )


@transaction.atomic
def record_export(
    *,
    actor: User | None,
    at: datetime,
    label: str,
    file_format: str,
    files: int,
    members: int,
    sha256: str,
    obj: Member | None = None,
) -> AuditEntry:
    """Writes down what left the house; `sha256` is of the file, or of the list of files."""
    return audit.record(
        actor=actor,
        verb=Verb.EXPORT,
        at=at,
        obj=obj,
        label=label,
        detail={"format": file_format, "files": files, "members": members, "sha256": sha256},
    )
