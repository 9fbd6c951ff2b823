"""The records behind the numbers: for a number, which rows; for a row's name, what it says."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from attendance.models import Attendance, Speech
from core.bulk import among
from dossiers.facts import DutyFacts, MemberFacts, Presence, is_event_measure
from dossiers.selectors.duty import PRESENCE_OF
from dossiers.selectors.measures import (
    SPEECH_MEASURES,
    WORK_SOURCES,
    Frame,
    WorkSource,
    speech_measures,
)

#: (member, measure)
Counted = tuple[int, str]
Records = dict[Counted, tuple[str, ...]]


def records_behind(
    facts: DutyFacts, *, wanted: Mapping[int, Collection[str]], measures: Collection[str]
) -> Records:
    """The records a measure counted, named `sheet:key`, by member and measure, in date order.

    `wanted` lists the measures by member (primary key); `measures` every measure that might be
    wanted, so that the number of queries does not depend on who was hit. An event that is counted
    once stands for all its attendance rows of that member.
    """
    frame = Frame(facts.term, facts.year, facts.on, facts.deadline)
    members = {person.subject.pk: person for person in facts.members if person.subject.pk in wanted}
    counted = {
        pk: [name for name in wanted[pk] if member.value(name)] for pk, member in members.items()
    }
    found: dict[Counted, list[tuple[str, str]]] = defaultdict(list)
    _find_attendance(facts, members, counted, measures, found)
    _find_speeches(facts, members, frame, measures, found)
    _find_works(frame, counted, measures, found)
    records: Records = {}
    for pk, names in wanted.items():
        for name in names:
            supplied = members[pk].sources.get(name, ()) if pk in members else ()
            rows = sorted(found.get((pk, name), []), key=lambda row: row[0])
            records[pk, name] = (*supplied, *(record for _, record in rows))
    return records


Found = dict[Counted, list[tuple[str, str]]]


def _find_attendance(
    facts: DutyFacts,
    members: Mapping[int, MemberFacts],
    wanted: Mapping[int, Collection[str]],
    measures: Collection[str],
    found: Found,
) -> None:
    if not any(is_event_measure(name) for name in measures):
        return
    counted: dict[tuple[int, int], list[str]] = defaultdict(list)
    for pk, member in members.items():
        for name in filter(is_event_measure, wanted[pk]):
            for meeting in facts.events_behind(member, name):
                counted[pk, meeting].append(name)
    rows = Attendance.objects.filter(
        member_id__in=among({pk for pk, _ in counted}),
        sitting__meeting_id__in=among({meeting for _, meeting in counted}),
    ).order_by("sitting__number")
    for pk, meeting, sitting, code, status in rows.values_list(
        "member_id", "sitting__meeting_id", "sitting__number", "member__code", "status"
    ):
        event = facts.events.get(meeting)
        for name in counted.get((pk, meeting), ()):
            if event and not (name.endswith(".attended") and not _attended(status)):
                found[pk, name].append(
                    (f"{event.order:09}", f"考勤:{event.number}|{sitting}|{code}")
                )


def _attended(status: str) -> bool:
    return PRESENCE_OF[status] == Presence.ATTENDED


def _find_speeches(
    facts: DutyFacts,
    members: Mapping[int, MemberFacts],
    frame: Frame,
    measures: Collection[str],
    found: Found,
) -> None:
    if SPEECH_MEASURES.isdisjoint(measures):
        return
    rows = Speech.objects.filter(
        member_id__in=among(members),
        meeting__start_date__range=(frame.year_start, frame.year_end),
    ).order_by("title")
    for pk, meeting, manner, occasion, code, title in rows.values_list(
        "member_id", "meeting_id", "manner", "occasion", "member__code", "title"
    ):
        event = facts.events[meeting]
        groups = event.non_voting_groups if meeting in members[pk].non_voting else event.groups
        for name in speech_measures(groups, manner, occasion):
            record = f"会议发言:{event.number}|{code}|{title}"
            found[pk, name].append((f"{event.order:09}", record))


def _find_works(
    frame: Frame, wanted: Mapping[int, Collection[str]], measures: Collection[str], found: Found
) -> None:
    sources = [
        source for source in WORK_SOURCES if any(source.counts_for(name) for name in measures)
    ]
    if not sources:
        return
    wanting = {source.measure: _members_wanting(source, wanted) for source in sources}
    asked = [source for source in sources if wanting[source.measure]] or sources[:1]
    first, *others = [source.keys(frame, wanting[source.measure]) for source in asked]
    rows = first.union(*others, all=True) if others else first
    for index, name, pk, day, *parts in rows:
        found[pk, name].append((day, WORK_SOURCES[index].record(parts)))


def _members_wanting(source: WorkSource, wanted: Mapping[int, Collection[str]]) -> list[int]:
    return [pk for pk, names in wanted.items() if any(source.counts_for(name) for name in names)]
