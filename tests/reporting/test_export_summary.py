import io
from datetime import date
from time import process_time

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import RoleCode
from assessments.choices import FindingState
from assessments.models import Finding
from members.models import Member
from reporting.exporters.summary import summary_workbook
from reporting.selectors.forms import members_with_forms
from reporting.selectors.summary import (
    MEASURES,
    NO_COMMITTEE,
    Subtotal,
    Summary,
    SummaryRow,
    year_summary,
)
from tests.building import attend, make_meeting, make_member, make_term, publish
from tests.reporting.forms import ON, busy_member
from tests.world import build_world

pytestmark = pytest.mark.django_db


def summary_of(term, viewer=None) -> Summary:
    return year_summary(
        term=term, year=2023, on=ON, members=members_with_forms(term=term, on=ON), viewer=viewer
    )


def count(counts, measure):
    return counts[MEASURES.index(measure)]


def test_row_holds_every_count_of_a_member():
    term = make_term()
    member = busy_member(term)
    row = next(row for row in summary_of(term).rows if row.code == member.code)
    assert row.is_standing
    assert count(row.counts, "plenary.attended") == 1
    assert count(row.counts, "proposals.first") == 1
    assert count(row.counts, "opinions.submitted") == 1
    assert count(row.counts, "penalties") == 1
    assert count(row.counts, "score") is None


def test_subtotals_add_up_by_sector_and_committee():
    term = make_term()
    first, second = term.sector_set.order_by("sequence")
    committee = term.specialcommittee_set.get()
    for sector, works in ((second, 1), (first, 2), (first, 3)):
        member = make_member(term, sector=sector, committee=committee if works == 3 else None)
        for _ in range(works):
            publish(member, date(2023, 5, 1))
    summary = summary_of(term)
    articles = [
        (part.name, part.members, count(part.counts, "articles")) for part in summary.sectors
    ]
    assert articles == [(first.name, 2, 5), (second.name, 1, 1)]
    articles = [
        (part.name, part.members, count(part.counts, "articles")) for part in summary.committees
    ]
    assert articles == [(committee.name, 1, 3), (NO_COMMITTEE, 2, 3)]
    assert count(summary.total.counts, "articles") == 6
    assert count(summary.total.counts, "score") is None


def test_findings_are_those_the_reader_may_see():
    world = build_world()
    registrar, group = world.users[RoleCode.REGISTRAR], world.users[RoleCode.COUNTY_GROUP]
    shown = {row.subject for row in summary_of(world.term, registrar).findings}
    kept = Finding.objects.exclude(state=FindingState.WITHDRAWN).filter(member__isnull=False)
    assert {f"{finding.subject_key} {finding.subject_name}" for finding in kept} <= shown
    assert shown
    assert summary_of(world.term, group).findings == ()


def test_findings_of_bodies_are_left_out_of_a_part():
    world = build_world()
    members = Member.objects.filter(pk=world.members[0].pk)
    part = year_summary(term=world.term, year=2023, on=ON, members=members, viewer=None)
    assert {row.subject_kind for row in part.findings} <= {"委员"}
    assert not [row for row in part.findings if world.members[1].person.name in row.subject]


def test_penalties_are_not_counted_for_those_who_may_not_know():
    world = build_world()
    summary = summary_of(world.term, world.users[RoleCode.COUNTY_GROUP])
    assert {count(row.counts, "penalties") for row in summary.rows} == {None}
    assert count(summary.total.counts, "penalties") is None


def test_summary_costs_the_same_queries_for_few_and_many():
    term = make_term()

    def queries():
        with CaptureQueriesContext(connection) as captured:
            summary = summary_of(term)
        return len(captured), len(summary.rows)

    def trained():
        attend(make_member(term), make_meeting(term, "training", date(2023, 3, 1)))

    trained()
    few = queries()
    for _ in range(4):
        trained()
    many = queries()
    assert (few[0], few[1], many[1]) == (many[0], 1, 5)


def test_workbook_has_its_four_sheets_and_inert_text():
    term = make_term()
    make_member(term, name="=1+1", employer_post="@SUM(A1)")
    book = openpyxl.load_workbook(io.BytesIO(summary_workbook(summary_of(term))))
    assert book.sheetnames == ["汇总表", "界别小计", "专委会小计", "考核发现"]
    page = book["汇总表"]
    assert page["B4"].value == "=1+1"
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {
        "s",
        "n",
        "inlineStr",
    }
    assert page["A5"].value in {"", None}
    assert page["B5"].value == "合计"
    assert page.max_column == 7 + len(MEASURES)
    assert page.print_title_rows == "$2:$3"


def seconds_of_work(act) -> float:
    """Of this process alone, whatever else the machine does."""
    began = process_time()
    act()
    return process_time() - began


def plain_workbook(rows: int, columns: int) -> None:
    book = openpyxl.Workbook()
    for _ in range(rows):
        book.active.append(range(columns))
    book.save(io.BytesIO())


def test_workbook_of_2200_members_takes_hardly_longer_than_its_bare_cells():
    """About two seconds on a small machine; measured against the same machine's pace."""
    counts = tuple(range(len(MEASURES)))
    row = SummaryRow("0001", "张三", "中共", "中共界", "提案委员会", "某单位主任", True, counts)
    subtotal = Subtotal("中共界", 88, counts)
    summary = Summary(
        "政协试验市委员会", 2023, ON, (row,) * 2200, (subtotal,) * 25, (subtotal,) * 9, subtotal, ()
    )
    assert len(summary_workbook(summary)) > 10_000
    bare = seconds_of_work(lambda: plain_workbook(2236, 7 + len(MEASURES)))
    assert seconds_of_work(lambda: summary_workbook(summary)) < 4 * bare
