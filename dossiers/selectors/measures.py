"""What each measure counts: its table and its filter, written once.

The same definition counts for all members at once and lists the records behind one number.
Attendance and speeches, which depend on who was a standing member on the day, are told apart in
`event_groups` and `speech_measures`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat

from attendance.choices import (
    STANDING_COMMITTEE_KINDS,
    MeetingKind,
    SpeechManner,
    SpeechOccasion,
)
from attendance.models import OutsideInvitation
from core.bulk import among
from dossiers.choices import HandInKind
from dossiers.facts import BY_DEADLINE, TermFrame
from dossiers.models import HandIn
from members.choices import ConductKind, SanctionKind
from members.models import Commendation, ConductFinding, Sanction
from proposals.choices import HandlingResult, ResearchKind
from proposals.models import (
    Article,
    CoSponsorship,
    OpinionAdoption,
    OpinionAuthorship,
    OpinionInstruction,
    Proposal,
    ResearchParticipation,
)

#: Rows fetched together while many are read one after another.
ROWS_AT_ONCE = 5000
#: The most parts a record's key has.
KEY_PARTS = 4


@dataclass(frozen=True)
class Frame:
    """The stretch of time facts are gathered for."""

    term: TermFrame
    year: int
    on: date
    deadline: date

    @property
    def year_start(self) -> date:
        return date(self.year, 1, 1)

    @property
    def year_end(self) -> date:
        """The year's last day, or the as-of date where that is earlier."""
        return min(date(self.year, 12, 31), self.on)


@dataclass(frozen=True)
class WorkSource:
    """Rows that count for a measure, one row one.

    `split` names a field whose value is appended to the measure's name. `sheet` and `key` name
    the record as the import workbook does: paths, or words after "="; `labels` turn codes in the
    key into the sheet's words.
    """

    measure: str
    model: type[Model]
    member: str
    on: str
    term: str
    sheet: str
    key: tuple[str, ...]
    condition: Q = field(default_factory=Q)
    split: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def scope(self) -> str:
        if self.measure in BY_DEADLINE:
            return "deadline"
        return "term" if self.measure.startswith("term.") else "year"

    @property
    def scan(self) -> tuple[object, ...]:
        """Sources that agree in this are counted in one pass over their table."""
        return self.model, self.member, self.on, self.term, self.scope, self.split

    def scanned(self, frame: Frame, members: Collection[int] | None = None) -> QuerySet:
        """The rows in time, of everybody or of these members (primary keys)."""
        rows = self.model._default_manager.order_by().filter(**{self.term: frame.term.pk})
        if members is not None:
            rows = rows.filter(**{f"{self.member}__in": among(members)})
        if self.scope == "deadline":
            last = min(frame.on, frame.deadline)
            return rows.filter(**{"year": frame.year, f"{self.on}__lte": last})
        if self.scope == "term":
            return rows.filter(**{f"{self.on}__lte": frame.on})
        return rows.filter(**{f"{self.on}__range": (frame.year_start, frame.year_end)})

    def rows(self, frame: Frame, members: Collection[int] | None = None) -> QuerySet:
        """The rows that count."""
        return self.scanned(frame, members).filter(self.condition)

    def keys(self, frame: Frame, members: Collection[int]) -> QuerySet:
        """(source, measure, member, day, the parts of the key as text) for each row."""
        parts = [_key_part(path) for path in (*self.key, *["="] * KEY_PARTS)][:KEY_PARTS]
        return self.rows(frame, members).values_list(
            Value(WORK_SOURCES.index(self)),
            Cast(self._name(), TextField()),
            F(self.member),
            Cast(F(self.on), TextField()),
            *parts,
        )

    def record(self, parts: Sequence[str]) -> str:
        """The record's name as `sheet:key`."""
        shown = [self.labels.get(part, part) for part in parts[: len(self.key)]]
        return f"{self.sheet}:{'|'.join(shown)}"

    def _name(self) -> Combinable:
        if self.split:
            return Concat(Value(f"{self.measure}."), F(self.split), output_field=TextField())
        return Value(self.measure, output_field=TextField())

    def counts_for(self, measure: str) -> bool:
        return measure == self.measure or (
            bool(self.split) and measure.rpartition(".")[0] == self.measure
        )


def _key_part(path: str) -> Combinable:
    if path.startswith("="):
        return Value(path[1:], output_field=TextField())
    return Cast(F(path), TextField())


def _led(measure: str, **condition: object) -> WorkSource:
    return WorkSource(
        measure, Proposal, "lead_sponsor_id", "submitted_date", "term_id",
        "提案", ("number",), Q(**condition),
    )  # fmt: skip


def _cosigned(measure: str, **condition: object) -> WorkSource:
    return WorkSource(
        measure, CoSponsorship, "member_id", "proposal__submitted_date", "proposal__term_id",
        "提案", ("proposal__number",),
        Q(**{f"proposal__{name}": value for name, value in condition.items()}),
    )  # fmt: skip


def _opinions(measure: str, levels: type[Model] | None = None) -> WorkSource:
    told = Q(Exists(levels._default_manager.filter(report=OuterRef("report")))) if levels else Q()
    return WorkSource(
        measure, OpinionAuthorship, "member_id", "report__reported_date", "report__term_id",
        "社情民意", ("report__number",), told,
    )  # fmt: skip


def _unconverted(measure: str) -> WorkSource:
    """Reports that did not come from a proposal of the term the author led or co-signed."""
    source = {
        "number": OuterRef("report__source_proposal_number"),
        "term": OuterRef("report__term"),
    }
    led = Proposal.objects.filter(lead_sponsor=OuterRef("member"), **source)
    cosigned = CoSponsorship.objects.filter(
        member=OuterRef("member"), **{f"proposal__{name}": of for name, of in source.items()}
    )
    return replace(_opinions(measure), condition=~Q(Exists(led)) & ~Q(Exists(cosigned)))


def _research(measure: str, *kinds: ResearchKind) -> WorkSource:
    return WorkSource(
        measure, ResearchParticipation, "member_id", "research__completed_date",
        "research__term_id", "调研视察", ("research__number",), Q(research__kind__in=kinds),
    )  # fmt: skip


def _invitations(measure: str) -> WorkSource:
    return WorkSource(
        measure, OutsideInvitation, "member_id", "date", "member__term_id",
        "外单位活动", ("member__code", "date", "title"),
    )  # fmt: skip


def _conduct(
    measure: str,
    model: type[Model],
    sort: str,
    labels: Mapping[str, str] | None = None,
    split: str = "",
) -> WorkSource:
    return WorkSource(
        measure, model, "member_id", "date", "member__term_id",
        "奖惩", ("member__code", "date", f"={sort}", "kind"), split=split, labels=labels or {},
    )  # fmt: skip


def _hand_ins(measure: str, kind: HandInKind) -> WorkSource:
    return WorkSource(
        measure, HandIn, "member_id", "submitted_date", "member__term_id",
        "材料提交", ("member__code", "year", "kind"), Q(kind=kind),
        labels=dict(HandInKind.choices),
    )  # fmt: skip


DONE_WELL = [HandlingResult.ADOPTED, HandlingResult.SOLVED]

WORK_SOURCES: tuple[WorkSource, ...] = (
    _led("proposals.first"),
    _cosigned("proposals.cosigned"),
    _led("proposals.adopted", handling_result__in=DONE_WELL),
    _cosigned("proposals.adopted", handling_result__in=DONE_WELL),
    _led("proposals.excellent", is_outstanding=True),
    _cosigned("proposals.excellent", is_outstanding=True),
    _opinions("opinions.submitted"),
    _unconverted("opinions.unconverted"),
    _opinions("opinions.adopted", OpinionAdoption),
    _opinions("opinions.instructed", OpinionInstruction),
    _research("research.own", ResearchKind.SELF_DIRECTED),
    _research("research.topics", ResearchKind.TOPIC),
    _research("research.inspections", ResearchKind.INSPECTION_TOUR, ResearchKind.STUDY_TOUR),
    _research("term.research.topics", ResearchKind.TOPIC),
    _invitations("external.attended"),
    _invitations("activities.attended"),
    WorkSource(
        "articles", Article, "member_id", "published_date", "term_id", "发表文章", ("number",)
    ),
    _conduct("awards", Commendation, "奖励"),
    _conduct("penalties", Sanction, "惩处", dict(SanctionKind.choices)),
    _conduct("term.sanctions", Sanction, "惩处", dict(SanctionKind.choices), split="kind"),
    _conduct("term.conduct", ConductFinding, "行为认定", dict(ConductKind.choices), split="kind"),
    _hand_ins("hand_ins.annual_return", HandInKind.ANNUAL_RETURN),
    _hand_ins("hand_ins.performance_report", HandInKind.PERFORMANCE_REPORT),
    _hand_ins("hand_ins.performance_form", HandInKind.PERFORMANCE_FORM),
    _hand_ins("hand_ins.annual_duty_report", HandInKind.ANNUAL_DUTY_REPORT),
    _hand_ins("term.hand_ins.term_duty_report", HandInKind.TERM_DUTY_REPORT),
)


def event_groups(kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The groups an event of this kind belongs to: for who is expected, for the non-voting."""
    if kind == MeetingKind.PLENARY_SESSION:
        groups: tuple[str, ...] = ("plenary", "events")
    elif kind == MeetingKind.THEMED_ACTIVITY:
        groups = ("themed", "events")
    elif kind in STANDING_COMMITTEE_KINDS:
        return ("standing", "events"), ("activities", "events")
    elif kind == MeetingKind.TRAINING:
        groups = ("activities", "training", "events")
    else:
        groups = ("activities", "events")
    return groups, groups


def speech_measures(groups: tuple[str, ...], manner: str, occasion: str) -> tuple[str, ...]:
    """The measures one speech counts for, by the groups its event belongs to for the speaker."""
    if "plenary" in groups and occasion not in {"", SpeechOccasion.PLENARY_FLOOR}:
        return ()
    for group in ("plenary", "standing"):
        if group in groups:
            used = () if manner == SpeechManner.UNUSED else (f"speeches.{group}.{manner}",)
            return (f"speeches.{group}.submitted", *used)
    if "activities" in groups and manner == SpeechManner.ORAL:
        return ("activities.spoken",)
    return ()


#: What `speech_measures` may name.
SPEECH_MEASURES = frozenset(
    {
        "activities.spoken",
        *(
            f"speeches.{group}.{manner}"
            for group in ("plenary", "standing")
            for manner in ("submitted", "oral", "written")
        ),
    }
)
#: Measures one pass over a table counts at most.
COUNTS_A_PASS = 4
Pass = tuple[WorkSource, ...]


@cache
def _passes(measures: frozenset[str] | None) -> tuple[Pass, ...]:
    """Sources counted together; with `measures`, only those that count for one of them."""
    alike: dict[tuple[object, ...], list[WorkSource]] = defaultdict(list)
    for source in WORK_SOURCES:
        if measures is None or any(map(source.counts_for, measures)):
            alike[source.scan].append(source)
    return tuple(
        tuple(sources[first : first + COUNTS_A_PASS])
        for sources in alike.values()
        for first in range(0, len(sources), COUNTS_A_PASS)
    )


def work_counts(
    frame: Frame,
    members: Collection[int] | None = None,
    measures: Collection[str] | None = None,
) -> Iterator[tuple[str, int, int]]:
    """(measure, member, number) of all written work and other records, in one statement; with
    `measures`, of what counts for these.
    """
    passes = _passes(None if measures is None else frozenset(measures))
    if not passes:
        return
    first, *others = [_pass(place, sources, frame, members) for place, sources in enumerate(passes)]
    rows = first.union(*others, all=True) if others else first
    for place, split, member, *numbers in rows.iterator(ROWS_AT_ONCE):
        for source, number in zip(passes[place], numbers, strict=False):
            if number:
                yield f"{source.measure}.{split}" if split else source.measure, member, number


def _pass(place: int, sources: Pass, frame: Frame, members: Collection[int] | None) -> QuerySet:
    """(place, split, member, numbers …) of one pass; numbers not needed are nought."""
    lead = sources[0]
    rows = lead.rows(frame, members) if len(sources) == 1 else lead.scanned(frame, members)
    counts = [
        Count("pk", filter=source.condition) if len(sources) > 1 else Count("pk")
        for source in sources
    ]
    names = [f"number_{column}" for column in range(COUNTS_A_PASS)]
    return (
        rows.annotate(
            place=Value(place),
            part=F(lead.split) if lead.split else Value("", output_field=TextField()),
            holder=F(lead.member),
        )
        .values("place", "part", "holder")
        .annotate(
            **dict(zip(names, [*counts, *[Value(0)] * (COUNTS_A_PASS - len(counts))], strict=True))
        )
        .values_list("place", "part", "holder", *names)
    )
