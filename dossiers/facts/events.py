"""A member and the events they were expected at: who attended, who was away, how often running."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dossiers.facts.catalogue import EVENT_GROUPS, EVENT_STATES, RUNNING_STATES


@dataclass(frozen=True, slots=True)
class EventFacts:
    """An event of the term; `order` is its place by date, then number.

    `groups` are the groups it belongs to for who is expected in their own right;
    `non_voting_groups` for members who are there without a vote (列席).
    """

    pk: int
    number: str
    on: date
    order: int
    groups: tuple[str, ...]
    non_voting_groups: tuple[str, ...]


class Presence:
    """What a member's rows for one event say together, over all its sittings: added up bit by
    bit, as plain numbers, for there are very many of them.
    """

    ATTENDED = 1
    LEAVE = 2
    ABSENT = 4


def event_states(presence: int) -> tuple[str, ...]:
    """Every state that is true of an event with these rows."""
    return EVENT_STATES_BY_PRESENCE[presence]


def _states(presence: int) -> tuple[str, ...]:
    if presence & Presence.ATTENDED:
        return ("expected", "attended")
    if presence == Presence.LEAVE:
        return ("expected", "leave")
    if presence & Presence.LEAVE:
        return ("expected", "unexcused", "partly_on_leave")
    return ("expected", "unexcused")


EVENT_STATES_BY_PRESENCE = {presence: _states(presence) for presence in range(1, 8)}


def longest_run(
    events: Iterable[EventFacts],
    presences: Mapping[int, int],
    state: str,
    *,
    ends_in: int | None,
) -> tuple[int, ...]:
    """The longest run of consecutive absences among the events, which must be in order.

    `unexcused_running` counts absences throughout without leave, `missed_running` with leave or
    not. With `ends_in`, only runs up to an event of that year count. Of equal runs the first.
    """
    best: tuple[int, ...] = ()
    run: tuple[int, ...] = ()
    for event in events:
        presence = presences[event.pk]
        missed = not presence & Presence.ATTENDED
        if state == "unexcused_running":
            missed = missed and presence != Presence.LEAVE
        run = (*run, event.pk) if missed else ()
        if len(run) > len(best) and ends_in in {None, event.on.year}:
            best = run
    return best


def is_event_measure(measure: str) -> bool:
    stem, _, state = measure.rpartition(".")
    return stem.removeprefix("term.") in EVENT_GROUPS and (
        state in EVENT_STATES or state in RUNNING_STATES
    )
