"""What the two official forms say of each member: gathered here, laid out elsewhere.

`duty_forms` costs the same number of queries for one member and for all.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from accounts.models import User
from accounts.roles import RoleCode
from attendance.choices import MeetingKind
from core.pictures import Picture
from core.refusals import RefusalError
from members.choices import AssemblyLevel, Party
from members.models import Member, Term
from members.permissions import shown_phone
from members.querysets import MemberQuerySet
from reporting.selectors import records
from reporting.selectors.counts import FormCounts, form_counts
from reporting.selectors.own_words import Declared, OwnWords, declared, own_words

#: Shown in the survey block of the form although they are meetings with attendance.
FIELDWORK_KINDS = (MeetingKind.RESEARCH, MeetingKind.INSPECTION_TOUR)
NO_WORDS = OwnWords("", "", None)


class YearOutsideTermError(RefusalError):
    """The term has no day in the year asked for."""


@dataclass(frozen=True)
class MemberHead:
    """The title block. `seat` is the assembly in short: 市政协, 县政协, 区政协."""

    code: str
    name: str
    party: str
    sector: str
    employer_post: str
    phone: str
    assembly: str
    seat: str
    year: int


@dataclass(frozen=True)
class MeetingTotals:
    """Counted over the meetings listed; absent = throughout and not on leave."""

    expected: int
    attended: int
    on_leave: int
    absent: int


@dataclass(frozen=True)
class AnnualReturnData:
    """委员履职情况登记表 (萍协字〔2022〕8号 附件), one tuple a block.

    `hides_sanctions`: the reader is not entitled to know whether there are any. `declared` are
    the member's own additions, which stand after the records of their block.
    """

    head: MemberHead
    meetings: tuple[records.EventLine, ...]
    totals: MeetingTotals
    proposals: tuple[records.ProposalLine, ...]
    fieldwork: tuple[records.EventLine, ...]
    research: tuple[records.ResearchLine, ...]
    opinions: tuple[records.OpinionLine, ...]
    articles: tuple[records.ArticleLine, ...]
    speeches: tuple[records.SpeechLine, ...]
    themed: tuple[records.EventLine, ...]
    duty_reports: tuple[records.HandInLine, ...]
    conduct: tuple[records.ConductLine, ...]
    hides_sanctions: bool
    declared: Declared = field(default_factory=dict)


@dataclass(frozen=True)
class PerformanceFormData:
    """市政协常委述职表 (萍协办字〔2022〕31号 附件).

    The two texts and the signature are the member's own; empty ones leave room for a pen.
    """

    head: MemberHead
    counts: FormCounts
    conduct: tuple[records.ConductLine, ...]
    hides_sanctions: bool
    political_discipline: str = ""
    suggestions: str = ""
    signature: Picture | None = None


@dataclass(frozen=True)
class DutyForms:
    """A member's forms of one year; the second only for a standing member."""

    member_id: int
    annual_return: AnnualReturnData
    performance_form: PerformanceFormData | None


def form_date(*, term: Term, year: int, today: date) -> date:
    """The day a year's forms are looked at from: 31 December, today in a running year.

    Raises YearOutsideTermError where the term has no day in the year up to today.
    """
    years = range(term.start_date.year, min(term.end_date.year, today.year) + 1)
    if year not in years:
        raise YearOutsideTermError(f"{year}年不在{term.name}已经开始的任期之内，没有表册可以导出。")
    return min(date(year, 12, 31), today)


def form_years(*, term: Term, today: date) -> list[int]:
    """Years that have forms, the latest first."""
    last = min(today.year, term.end_date.year)
    return list(range(last, term.start_date.year - 1, -1))


def members_with_forms(*, term: Term, on: date) -> MemberQuerySet:
    """Those the forms of the year are made for: serving on the date."""
    return Member.objects.filter(term=term).serving(on).select_related("person").order_by("code")


def served_in_year(*, term: Term, year: int, on: date) -> MemberQuerySet:
    """Also those who left in the course of the year; their forms are made when asked for."""
    return Member.objects.filter(
        Q(exited_date__isnull=True) | Q(exited_date__gt=date(year, 1, 1)),
        term=term,
        joined_date__lte=on,
    ).order_by("code")


def printable_to(viewer: User) -> MemberQuerySet:
    """Members whose whole forms the account may read: the office's and the leaders' all, of a
    department its side, else one's own.

    A collector sees the register in order to enter records, a group its members' activity: neither
    the forms, whatever right another role of the account brings.
    """
    if viewer.reads_everything:
        return Member.objects.visible_to(viewer)
    printable = Q(person__user=viewer)
    if not viewer.has_role(RoleCode.COLLECTOR):
        if viewer.has_role(RoleCode.ORGANIZATION_DEPARTMENT):
            printable |= Q(party=Party.CPC)
        if viewer.has_role(RoleCode.UNITED_FRONT_DEPARTMENT):
            printable |= ~Q(party=Party.CPC)
    return Member.objects.visible_to(viewer).filter(printable)


def duty_forms(
    *, term: Term, year: int, on: date, today: date, members: MemberQuerySet, viewer: User | None
) -> Sequence[DutyForms]:
    """The forms of these members as they stand on the date, in the order of their codes.

    `today` is the day of looking, which of a finished year is later than `on`. `viewer` None is
    the office's own command and sees everything.
    """
    members = members.order_by()
    scope = records.Scope(
        term=term, year=year, until=on, today=today, members=members, viewer=viewer
    )
    blocks = _Blocks(scope)
    standing = set(members.serving(on).standing(on).values_list("pk", flat=True))
    counts = form_counts(term=term, year=year, on=on, members=standing)
    rows = members.select_related("person", "sector").order_by("code")
    return [blocks.forms_of(member, counts.get(member.pk)) for member in rows]


class _Blocks:
    """Every block of a year's forms, one query each."""

    def __init__(self, scope: records.Scope) -> None:
        self.scope = scope
        self.seat = seat_name(scope.term)
        self.hides_sanctions = scope.viewer is not None and not reads_sanctions(scope.viewer)
        self.events = records.events(scope)
        self.proposals = records.proposals(scope)
        self.research = records.research(scope)
        self.opinions = records.opinions(scope)
        self.articles = records.articles(scope)
        self.speeches = records.speeches(scope)
        self.duty_reports = records.duty_reports(scope)
        self.conduct = records.conduct(scope)
        self.own_words = own_words(scope)
        self.declared = declared(scope)

    def forms_of(self, member: Member, counts: FormCounts | None) -> DutyForms:
        head = self._head(member)
        annual_return = self._annual_return(member, head)
        performance_form = None
        if counts is not None:
            words = self.own_words.get(member.pk, NO_WORDS)
            performance_form = PerformanceFormData(
                head=head,
                counts=counts,
                conduct=annual_return.conduct,
                hides_sanctions=annual_return.hides_sanctions,
                political_discipline=words.political_discipline,
                suggestions=words.suggestions,
                signature=words.signature,
            )
        return DutyForms(member.pk, annual_return, performance_form)

    def _head(self, member: Member) -> MemberHead:
        viewer, person = self.scope.viewer, member.person
        return MemberHead(
            code=member.code,
            name=person.name,
            party=str(Party(member.party).label),
            sector=member.sector.name,
            employer_post=member.employer_post,
            phone=person.phone if viewer is None else shown_phone(user=viewer, person=person),
            assembly=self.scope.term.name,
            seat=self.seat,
            year=self.scope.year,
        )

    def _annual_return(self, member: Member, head: MemberHead) -> AnnualReturnData:
        events = self.events.get(member.pk, [])
        apart = (*FIELDWORK_KINDS, MeetingKind.THEMED_ACTIVITY)
        meetings = tuple(event for event in events if event.kind not in apart)
        viewer = self.scope.viewer
        is_own = viewer is not None and member.person.user_id == viewer.pk
        return AnnualReturnData(
            head=head,
            meetings=meetings,
            totals=meeting_totals(meetings),
            proposals=tuple(self.proposals.get(member.pk, ())),
            fieldwork=tuple(event for event in events if event.kind in FIELDWORK_KINDS),
            research=tuple(self.research.get(member.pk, ())),
            opinions=tuple(self.opinions.get(member.pk, ())),
            articles=tuple(self.articles.get(member.pk, ())),
            speeches=tuple(self.speeches.get(member.pk, ())),
            themed=tuple(
                event
                for event in events
                if event.kind == MeetingKind.THEMED_ACTIVITY and event.attended
            ),
            duty_reports=tuple(self.duty_reports.get(member.pk, ())),
            conduct=tuple(self.conduct.get(member.pk, ())),
            hides_sanctions=self.hides_sanctions and not is_own,
            declared=self.declared.get(member.pk, {}),
        )


def meeting_totals(meetings: Sequence[records.EventLine]) -> MeetingTotals:
    attended = sum(1 for meeting in meetings if meeting.attended)
    on_leave = sum(1 for meeting in meetings if meeting.missed_with_leave)
    return MeetingTotals(
        expected=len(meetings),
        attended=attended,
        on_leave=on_leave,
        absent=len(meetings) - attended - on_leave,
    )


def reads_sanctions(viewer: User) -> bool:
    """As `ConductQuerySet.visible_to`: whoever is told, is told of all members they see."""
    return viewer.reads_everything or viewer.has_role(
        RoleCode.ORGANIZATION_DEPARTMENT, RoleCode.UNITED_FRONT_DEPARTMENT
    )


#: 政协萍乡市第十四届委员会, 政协萍乡市委员会 -> 萍乡市
PLACE = re.compile(r"政协(?P<place>.+?)(?:第[一二三四五六七八九十百\d]+届)?委员会")
SHORT_PLACES: Mapping[str, str] = {
    "自治县": "县", "自治旗": "旗", "自治州": "州", "市": "市", "县": "县",
    "区": "区", "旗": "旗", "州": "州", "盟": "盟",
}  # fmt: skip


def seat_name(term: Term) -> str:
    """The assembly as its own papers call it: 市政协, 县政协, 区政协 …"""
    match = PLACE.search(term.name) or PLACE.search(term.assembly.name)
    place = match["place"] if match else ""
    for ending, short in SHORT_PLACES.items():
        if place.endswith(ending):
            return f"{short}政协"
    return "县政协" if term.assembly.level == AssemblyLevel.COUNTY else "市政协"
