"""A collector's workbook touches what the department collects, and says where it does not."""

from datetime import date

import pytest

from accounts.services import jobs
from members.choices import RecordKind
from members.models import Commendation, Sanction
from proposals.models import Research
from tests.building import do_research, make_member, make_term, sanction
from tests.dossiers.test_views import collector, upload

pytestmark = pytest.mark.django_db

CONDUCT = ["委员编号", "类型", "种类", "日期"]
RESEARCH = ["编号", "题目", "类型", "参加人", "完成日期", "承办部门"]


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(jobs, "send", lambda job: None)


@pytest.fixture
def term():
    return make_term()


def faults(job):
    return [(fault["sheet"], fault["row"], fault["problem"]) for fault in job.result["errors"]]


def test_disciplinary_rows_are_not_a_collectors(client, term):
    member = make_member(term, "0001")
    sanction(member, date(2022, 3, 1), "warning")
    collector(client, term, own_only=False, kind=RecordKind.CONDUCT)
    rows = [
        CONDUCT,
        ("0001", "奖励", "优秀委员", "2022-05-01"),
        ("0001", "惩处", "警告", "2022-03-01"),
        ("0001", "行为认定", "违反政治纪律政治规矩", "2022-03-02"),
    ]
    job = upload(client, term, {"奖惩": rows})
    assert faults(job) == [
        ("奖惩", 3, "惩处和行为认定只由委员联络科登记"),
        ("奖惩", 4, "惩处和行为认定只由委员联络科登记"),
    ]
    assert job.result["sheets"]["奖惩"]["unchanged"] == 0
    assert (Commendation.objects.count(), Sanction.objects.count()) == (0, 1)


def test_rows_of_another_department_are_refused_by_row(client, term):
    member = make_member(term, "0001")
    do_research(date(2022, 3, 1), member, number="D3", organiser="经济委", title="别委的")
    collector(client, term, own_only=True, kind=RecordKind.RESEARCH)
    rows = [
        RESEARCH,
        ("D1", "本委的", "自主调研", "0001", "2022-05-01", "学习委"),
        ("D2", "别委的", "自主调研", "0001", "2022-05-01", "经济委"),
        ("D3", "拿过来", "自主调研", "0001", "2022-03-01", "学习委"),
    ]
    job = upload(client, term, {"调研视察": rows})
    assert faults(job) == [
        ("调研视察", 3, "不是本部门负责采集的记录"),
        ("调研视察", 4, "已登记的此项由其他部门承办"),
    ]
    assert Research.objects.get().organiser == "经济委"


def test_sheets_of_another_department_are_refused_whole(client, term):
    make_member(term, "0001")
    collector(client, term, own_only=False, kind=RecordKind.OPINION)
    rows = [RESEARCH, ("D1", "题目", "自主调研", "0001", "2022-05-01", "学习委")]
    job = upload(client, term, {"调研视察": rows})
    assert faults(job) == [("调研视察", 1, "本部门不负责采集此表")]
