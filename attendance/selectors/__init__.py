from attendance.selectors.expected import expected_of
from attendance.selectors.leave import leave_covering, leave_places
from attendance.selectors.records import Turnout, meeting_keys, sitting_keys, turnouts

__all__ = [
    "Turnout",
    "expected_of",
    "leave_covering",
    "leave_places",
    "meeting_keys",
    "sitting_keys",
    "turnouts",
]
