"""Facts of a term's year: plain numbers about members, sectors, committees and the assembly.

Nothing here reads a database. A *measure* is one countable thing under one name; what it counts
(table and filter) is written once, in `dossiers.selectors.measures`.
"""

from dossiers.facts.catalogue import (
    BY_DEADLINE,
    CONDUCT_LABELS,
    EVENT_GROUPS,
    MEASURES,
    RUNNING_GROUPS,
    RUNNING_STATES,
    SANCTION_LABELS,
    TERM_GROUPS,
    Holder,
    Measure,
    Number,
    Span,
    leave_note,
)
from dossiers.facts.duty import (
    YEAR_SUMMARY,
    AskedValues,
    DutyFacts,
    MemberFacts,
    Occasion,
    OrganFacts,
    Subject,
    TermFrame,
    year_summary,
)
from dossiers.facts.events import (
    EventFacts,
    Presence,
    event_states,
    is_event_measure,
    longest_run,
)

__all__ = [
    "BY_DEADLINE",
    "CONDUCT_LABELS",
    "EVENT_GROUPS",
    "MEASURES",
    "RUNNING_GROUPS",
    "RUNNING_STATES",
    "SANCTION_LABELS",
    "TERM_GROUPS",
    "YEAR_SUMMARY",
    "AskedValues",
    "DutyFacts",
    "EventFacts",
    "Holder",
    "Measure",
    "MemberFacts",
    "Number",
    "Occasion",
    "OrganFacts",
    "Presence",
    "Span",
    "Subject",
    "TermFrame",
    "event_states",
    "is_event_measure",
    "leave_note",
    "longest_run",
    "year_summary",
]
