"""An invented term, told as the workbooks an office would have imported year after year.

Pure functions of (number of members, years of full records, seed): the same arguments give the same
rows on any day. Benchmarks and tests use them too.
"""

from exits.management.demo.cast import GAPS, PARTS, Gaps, Part
from exits.management.demo.people import DemoMember, invite_members
from exits.management.demo.workbooks import (
    PREVIOUS_TERM,
    TERM,
    DemoTerm,
    DemoWorkbook,
    TermOutline,
    invent_previous_term,
    invent_term,
    write_workbook,
)

__all__ = [
    "GAPS",
    "PARTS",
    "PREVIOUS_TERM",
    "TERM",
    "DemoMember",
    "DemoTerm",
    "DemoWorkbook",
    "Gaps",
    "Part",
    "TermOutline",
    "invent_previous_term",
    "invent_term",
    "invite_members",
    "write_workbook",
]
