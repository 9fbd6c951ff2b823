"""Stored records that a changed membership, suspension or meeting date would contradict.

Back-dating is a decision in a case, not an import. Every function asks a fixed number of
questions for each few hundred members, and only of members or meetings that change.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from attendance.models import Attendance, OutsideInvitation, Speech
from dossiers.importers.querying import in_lists
from members.models import Tenure, Term
from proposals.models import (
    Article,
    CoSponsorship,
    OpinionAuthorship,
    Proposal,
    ResearchParticipation,
)

BACK_DATING = "倒签须按退出或暂停履职程序办理，不能导入；如系录错，请先更正已有记录"

#: Where a member's dated records are: model, path to the member, to the date, to a name.
DATED_RECORDS = (
    (Attendance, "考勤", "member", "sitting__meeting__start_date", "sitting__meeting__number"),
    (Speech, "会议发言", "member", "meeting__start_date", "title"),
    (Proposal, "提案", "lead_sponsor", "submitted_date", "number"),
    (CoSponsorship, "联名提案", "member", "proposal__submitted_date", "proposal__number"),
    (OpinionAuthorship, "社情民意", "member", "report__reported_date", "report__number"),
    (ResearchParticipation, "调研视察", "member", "research__completed_date", "research__number"),
    (Article, "发表文章", "member", "published_date", "number"),
    (OutsideInvitation, "外单位活动", "member", "date", "title"),
    (Tenure, "职务任期", "member", "start_date", "post"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A stored record and the date it must be covered on."""

    label: str
    on: date


def entries_of_members(term: Term, codes: Iterable[str]) -> Iterator[tuple[str, Entry]]:
    """Everything recorded of these members that a membership must cover."""
    for some in in_lists(codes):
        for model, noun, member, on, name in DATED_RECORDS:
            rows = model._base_manager.filter(
                **{f"{member}__term": term, f"{member}__code__in": some}
            )
            for code, day, title in rows.values_list(f"{member}__code", on, name).distinct():
                label = noun if model is Tenure else f"{noun} {title}"
                yield code, Entry(label, day)


def attendance_of_members(term: Term, codes: Iterable[str]) -> Iterator[tuple[str, str, date]]:
    """Member, meeting and date of every attendance row of these members."""
    for some in in_lists(codes):
        rows = Attendance.objects.filter(member__term=term, member__code__in=some)
        yield from rows.values_list(
            "member__code", "sitting__meeting__number", "sitting__meeting__start_date"
        ).distinct()


def members_at_meetings(term: Term, numbers: Iterable[str]) -> Iterator[tuple[str, str, bool]]:
    """Meeting, member and whether by attendance, for all who attended or spoke there."""
    for some in in_lists(numbers):
        came = Attendance.objects.filter(
            sitting__meeting__term=term, sitting__meeting__number__in=some
        )
        for number, code in came.values_list("sitting__meeting__number", "member__code").distinct():
            yield number, code, True
        spoke = Speech.objects.filter(meeting__term=term, meeting__number__in=some)
        for number, code in spoke.values_list("meeting__number", "member__code").distinct():
            yield number, code, False
