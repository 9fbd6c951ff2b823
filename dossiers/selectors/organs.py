"""What the organs held: the sectors, the special committees and the assembly."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from attendance.choices import MAJOR_CONSULTATION_KINDS, MeetingKind
from dossiers.facts import Holder, Occasion, OrganFacts, Subject
from members.models import Sector, SpecialCommittee, Term

OrganOccasions = Mapping[tuple[Holder, int], dict[str, tuple[Occasion, ...]]]
#: Key, number, first day, kind, sector, committee and topic of a meeting.
MeetingRow = tuple[int, str, date, str, int | None, int | None, str]


def occasions(meetings: Iterable[MeetingRow], term: Term) -> OrganOccasions:
    """Which of the meetings count for an organ."""
    organs: dict[tuple[Holder, int], dict[str, tuple[Occasion, ...]]] = defaultdict(
        lambda: defaultdict(tuple)
    )
    for _, number, on, kind, sector, committee, topic in meetings:
        for holder, holder_pk, measure in _organ_measures(kind, sector, committee, term.pk):
            told = " ".join(topic.split()) if measure == "assembly.oversight_topics" else ""
            occasion = Occasion(on, f"会议活动:{number}", told)
            organs[holder, holder_pk][measure] += (occasion,)
    return organs


def _organ_measures(
    kind: str, sector: int | None, committee: int | None, term: int
) -> Iterable[tuple[Holder, int, str]]:
    if kind == MeetingKind.SECTOR_ACTIVITY and sector:
        yield Holder.SECTOR, sector, "sector.activities"
    if kind == MeetingKind.STUDY_SEMINAR and committee:
        yield Holder.COMMITTEE, committee, "committee.study_seminars"
    if kind in ASSEMBLY_MEASURES:
        yield Holder.ASSEMBLY, term, ASSEMBLY_MEASURES[kind]


ASSEMBLY_MEASURES: Mapping[str, str] = {
    MeetingKind.THEMATIC_STANDING_COMMITTEE_MEETING: "assembly.thematic_standing_meetings",
    **dict.fromkeys(MAJOR_CONSULTATION_KINDS, "assembly.major_consultations"),
    MeetingKind.DEMOCRATIC_OVERSIGHT: "assembly.oversight_topics",
    MeetingKind.SECRETARIES_MEETING: "assembly.secretaries_meetings",
    MeetingKind.PARTY_BUILDING_SEMINAR: "assembly.party_building_seminars",
}


def sector_facts(term: Term, organs: OrganOccasions) -> tuple[OrganFacts, ...]:
    rows = Sector.objects.filter(term=term).values_list(
        "pk", "name", "liaison__committee_id", "liaison__committee__name"
    )
    return tuple(
        OrganFacts(
            Subject(Holder.SECTOR, pk, name, name),
            organs.get((Holder.SECTOR, pk), {}),
            Subject(Holder.COMMITTEE, committee, title, title) if committee else None,
        )
        for pk, name, committee, title in rows
    )


def committee_facts(term: Term, organs: OrganOccasions) -> tuple[OrganFacts, ...]:
    rows = SpecialCommittee.objects.filter(term=term).values_list("pk", "name")
    return tuple(
        OrganFacts(
            Subject(Holder.COMMITTEE, pk, name, name), organs.get((Holder.COMMITTEE, pk), {})
        )
        for pk, name in rows
    )
