"""An older list that leaves an end blank does not take it back unnoticed."""

from datetime import UTC, date, datetime

import pytest

from accounts.services import save_record
from members.models import Member, SuspensionPeriod, Tenure
from tests.building import make_member, make_tenure, make_term, suspend
from tests.dossiers.workbooks import ROSTER, faults, load, look, person

pytestmark = pytest.mark.django_db

SUSPENSIONS = ("委员编号", "开始日期", "结束日期")
TENURES = ("委员编号", "职务", "开始日期", "结束日期")
BEGAN, ENDED = date(2022, 1, 1), date(2023, 1, 1)
AT = datetime(2023, 1, 1, 4, tzinfo=UTC)

#: By the sheet: the row with its end, and the column the end stands in.
ENDS = {
    "退出": ("委员名册", ROSTER, person("0001", "张三", exited=str(ENDED)), "退出日期"),
    "常委": (
        "委员名册",
        ROSTER,
        person("0001", "张三", standing=str(BEGAN), until=str(ENDED)),
        "常委卸任日期",
    ),
    "职务": ("职务任期", TENURES, ("0001", "副主席", str(BEGAN), str(ENDED)), "结束日期"),
    "暂停": ("暂停履职", SUSPENSIONS, ("0001", str(BEGAN), str(ENDED)), "结束日期"),
}


@pytest.fixture
def term():
    return make_term()


def sheets(kind, *, ended):
    name, headers, row, column = ENDS[kind]
    place = headers.index(column)
    return {name: [headers, row if ended else (*row[:place], None, *row[place + 1 :])]}


def ends():
    return {
        *Member.objects.values_list("exited_date", flat=True),
        *Tenure.objects.values_list("end_date", flat=True),
        *SuspensionPeriod.objects.values_list("end_date", flat=True),
    } - {None}


def store(term, kind, end=None):
    member = make_member(term, "0001", name="张三", exited=end if kind == "退出" else None)
    match kind:
        case "常委":
            return make_tenure(member, BEGAN, end)
        case "职务":
            return make_tenure(member, BEGAN, end, post="vice_chairperson")
        case "暂停":
            return suspend(member, BEGAN, end)
    return member


@pytest.mark.parametrize("kind", ENDS)
def test_end_an_import_told_is_taken_back_with_a_warning(term, tmp_path, kind):
    store(term, kind)
    assert load(term, tmp_path, sheets(kind, ended=True)).faults == []
    assert ends() == {ENDED}

    plan = load(term, tmp_path, sheets(kind, ended=False))

    assert faults(plan) == []
    assert [warning.column for warning in plan.log.warnings] == [ENDS[kind][3]]
    assert ends() == set()


@pytest.mark.parametrize("kind", ENDS)
def test_end_decided_elsewhere_is_not_taken_back(term, tmp_path, kind):
    row = store(term, kind)
    setattr(row, "exited_date" if kind == "退出" else "end_date", ENDED)
    save_record(obj=row, actor=None, at=AT)

    plan = load(term, tmp_path, sheets(kind, ended=False))

    assert faults(plan) == [(ENDS[kind][0], 2, ENDS[kind][3])]
    assert "须按程序办理" in plan.faults[0].remedy
    assert ends() == {ENDED}
    same = load(term, tmp_path, sheets(kind, ended=True))
    assert (same.faults, same.log.warnings, same.changes_nothing) == ([], [], True)


@pytest.mark.parametrize("kind", ["常委", "职务", "暂停"])
def test_end_that_came_with_the_exit_need_not_be_repeated(term, tmp_path, kind):
    store(term, kind, ENDED)
    Member.objects.update(exited_date=ENDED)
    roster = [ROSTER, person("0001", "张三", exited=str(ENDED))]
    file = {"委员名册": roster} | sheets(kind, ended=False)
    if kind == "常委":
        file = {
            "委员名册": [
                ROSTER,
                person("0001", "张三", exited=str(ENDED), standing=str(BEGAN)),
            ],
            "职务任期": [TENURES, ("0001", "常委", str(BEGAN), None)],
        }

    plan = load(term, tmp_path, file)

    assert (faults(plan), plan.log.warnings, plan.changes_nothing) == ([], [], True)


def test_ends_are_looked_up_in_as_many_queries_for_three(
    term, tmp_path, django_assert_max_num_queries
):
    for code in ("0001", "0002", "0003"):
        make_member(term, code, name=code, exited=ENDED)
    rows = [person(code, code) for code in ("0001", "0002", "0003")]

    with django_assert_max_num_queries(30):
        plan = look(term, tmp_path, {"委员名册": [ROSTER, *rows]})

    assert len(plan.faults) == 3
