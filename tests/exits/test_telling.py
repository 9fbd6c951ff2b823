"""Who is told of interviews and cases, of what, and nobody else."""

from datetime import date

import pytest
from django.urls import reverse

from exits.choices import CaseKind, InterviewKind
from exits.models import Case, Interview
from exits.services import answer_case, apply_resignation, drop_case, hand_in_application
from exits.services.interviews import (
    cancel_interview,
    notify_interview,
    reschedule_interview,
)
from members.models import Affiliation, Notice, NoticeRecipient
from tests.accounts.people import make_user
from tests.building import suspend
from tests.exits.cases import (
    AT,
    TODAY,
    Desk,
    applied,
    decide,
    informed,
    opened,
    opine,
    pressed,
    proposed,
    to_decided,
    to_proposed,
    to_submitted,
)
from tests.exits.interviews import AT as EARLY
from tests.exits.interviews import HOUR, Scene, arranged, held, make_scene, notified

pytestmark = pytest.mark.django_db
#: Words of the office's own that may stand in no notice of a case.
INSIDE = "内部讨论的情况"


@pytest.fixture
def scene() -> Scene:
    return make_scene()


@pytest.fixture
def desk(scene) -> Desk:
    users = scene.users
    return Desk(
        term=scene.term,
        registrar=users["registrar"],
        second=make_user("second", "registrar"),
        leader=users["leader"],
        organization=users["organization"],
        united_front=users["united"],
    )


def told(**narrowing) -> dict[str, set[str]]:
    """Names of the recipients by title."""
    found: dict[str, set[str]] = {}
    for row in NoticeRecipient.objects.filter(**narrowing).order_by("pk"):
        name = row.user.username if row.user else str(row)
        found.setdefault(row.notice.title, set()).add(name)
    return found


def words() -> str:
    return "\n".join(
        f"{title}\n{body}" for title, body in Notice.objects.values_list("title", "body")
    )


def test_interview_is_told_to_the_member_the_leader_and_the_committee(scene):
    interview = notified(scene, reason=INSIDE)
    assert told() == {
        "约谈通知": {"张青"},
        "约谈安排：张青": {"王建国"},
        "约谈安排": {"committee"},
    }
    assert INSIDE not in words()
    paths = dict(Notice.objects.values_list("title", "path"))
    assert paths == {
        "约谈通知": f"/exits/own/interviews/{interview.pk}/",
        "约谈安排：张青": f"/exits/interviews/{interview.pk}/",
        "约谈安排": "",
    }


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (InterviewKind.INTERVIEW, "在三楼会议室与您约谈，由"),
        (InterviewKind.REMINDER_TALK, "在三楼会议室与您进行约谈提醒，由"),
    ],
)
def test_notice_says_what_kind_of_talk_it_is(kind, said, scene, monkeypatch):
    monkeypatch.setattr(Interview, "get_kind_display", lambda interview: "谈话")
    notified(scene, kind=kind)
    assert said in Notice.objects.get(title="约谈通知").body


def test_committee_without_accounts_is_told_on_paper(scene):
    Affiliation.objects.filter(user=scene.users["committee"]).delete()
    notified(scene)
    row = NoticeRecipient.objects.get(notice__title="约谈安排")
    assert (row.user, row.party) == (None, "经济委员会")


def test_member_who_works_for_the_committee_is_not_told_of_their_own_interview(scene):
    scene.users["committee"].person = scene.member.person
    scene.member.person.user = scene.users["committee"]
    scene.member.person.save()
    notified(scene)
    assert told(notice__title="约谈安排") == {"约谈安排": {"经济委员会"}}


def test_member_without_committee_is_interviewed_by_the_leader_alone(scene):
    scene.member.committee = None
    scene.member.save()
    notified(scene, without_committee="未编入专门委员会")
    assert set(told()) == {"约谈通知", "约谈安排：张青"}
    assert "，参加" not in words()


def test_minutes_go_to_the_member_alone(scene):
    held(scene, minutes=INSIDE)
    assert told(notice__title="约谈记录请您确认") == {"约谈记录请您确认": {"张青"}}
    assert INSIDE not in words()


def test_another_time_is_told_to_those_who_knew_of_the_first(scene):
    actor = scene.users["registrar"]
    other = {"scheduled_at": EARLY + 5 * HOUR, "place": "二楼", "reason": INSIDE, "actor": actor}
    reschedule_interview(interview=arranged(scene), at=EARLY, **other)
    assert told() == {}
    later = arranged(scene, scheduled_at=EARLY + 9 * HOUR)
    interview = notify_interview(interview=later, actor=actor, at=EARLY)
    reschedule_interview(
        interview=interview, at=EARLY + HOUR, **other | {"scheduled_at": EARLY + 7 * HOUR}
    )
    found = {title: names for title, names in told().items() if "改期" in title}
    assert found == {
        "约谈改期": {"张青", "committee"},
        "约谈改期：张青": {"王建国"},
    }
    assert "在三楼会议室的约谈改为" in words()
    assert "在二楼进行" in words()
    assert INSIDE not in words()


def test_cancelled_interview_is_told_to_those_who_knew(scene):
    actor = scene.users["registrar"]
    cancel_interview(interview=arranged(scene), reason=INSIDE, actor=actor, at=EARLY)
    assert told() == {}
    interview = notify_interview(interview=arranged(scene), actor=actor, at=EARLY)
    cancel_interview(interview=interview, reason=INSIDE, actor=actor, at=EARLY + HOUR)
    found = {title: names for title, names in told().items() if "取消" in title}
    assert found == {
        "约谈取消": {"张青", "committee"},
        "约谈取消：张青": {"王建国"},
    }
    assert INSIDE not in words()


@pytest.mark.parametrize(
    ("kind", "name", "departments"),
    [
        (CaseKind.ORDER_RESIGN, "member", {"organization"}),
        (CaseKind.ORDER_RESIGN, "other-member", {"united"}),
        (CaseKind.RESIGNATION, "member", {"organization", "united"}),
        (CaseKind.SUSPENSION, "other-member", {"organization", "united"}),
    ],
)
def test_departments_that_must_agree_are_asked(kind, name, departments, scene, desk):
    member = scene.users[name].person.memberships.get()
    case = informed(desk, opened(desk, member, kind, grounds=INSIDE))
    title = f"请提出会商意见：{member.person.name}　{kind.label}"
    assert told() == {title: departments}
    assert Notice.objects.get().path == f"/exits/cases/{case.pk}/"
    assert INSIDE not in words()


def test_department_clerk_is_not_told_of_their_own_case(scene, desk):
    scene.member.person.user = desk.organization
    scene.member.person.save()
    informed(desk, opened(desk, scene.member, CaseKind.ORDER_RESIGN))
    assert told() == {}


def test_nobody_learns_of_opinions_and_proposals(scene, desk):
    case = informed(desk, opened(desk, scene.member, CaseKind.ORDER_RESIGN))
    before = NoticeRecipient.objects.count()
    opine(desk, case, "organization", text=INSIDE)
    case.refresh_from_db()
    proposed(desk, case, proposal=INSIDE)
    assert NoticeRecipient.objects.count() == before


def test_reminded_member_alone_is_told_even_while_suspended(scene, desk):
    suspend(scene.member, date(2024, 6, 1))
    pressed(desk, to_proposed(desk, scene.member, CaseKind.ORDER_RESIGN))
    assert told(notice__path__startswith="/exits/own/") == {
        "提醒：责令辞去委员": {"张青"},
        "劝说：责令辞去委员": {"张青"},
    }
    assert "面谈" not in words()


def test_decision_is_told_to_the_member_and_the_units_named(scene, desk):
    case = to_decided(desk, scene.member, CaseKind.REVOKE, grounds=INSIDE)
    units, own = "决定通知：张青　撤销委员资格", "决定通知：撤销委员资格"
    found = {title: names for title, names in told().items() if title.startswith("决定")}
    assert found == {own: {"张青"}, units: {"committee", "sector", "county"}}
    for title in (own, units):
        body = Notice.objects.get(title=title).body
        assert "撤销" in body
        assert "萍协〔2024〕8号" in body
        assert INSIDE not in body
        assert case.get_ground_display() not in body
    assert case.told_date == date(2024, 6, 28)


def test_suspended_member_is_told_of_suspension_and_reinstatement(scene, desk):
    to_decided(desk, scene.member, CaseKind.SUSPENSION)
    to_decided(desk, scene.member, CaseKind.REINSTATEMENT, opened_date=date(2024, 6, 12))
    own = told(notice__title__startswith="决定通知：", member=scene.member)
    assert own == {
        "决定通知：暂停履行委员职责": {"张青"},
        "决定通知：恢复履行委员职责": {"张青"},
    }


def test_rejected_matter_the_member_never_heard_of_stays_untold(scene, desk):
    case = decide(desk, to_submitted(desk, scene.member, CaseKind.REVOKE), approved=False)
    assert case.told_date is None
    assert told(member=scene.member) == {}


def test_refused_resignation_is_told_to_the_member_and_the_units_named(scene, desk):
    decide(desk, to_submitted(desk, scene.member, CaseKind.RESIGNATION), approved=False)
    found = {title: names for title, names in told().items() if "请提出" not in title}
    own, units = "审议结果：辞去委员", "审议结果：张青　辞去委员"
    assert found == {own: {"张青"}, units: {"committee", "sector", "county"}}
    assert (
        "不同意您辞去委员（萍协〔2024〕8号）。委员职务不变。" in Notice.objects.get(title=own).body
    )


@pytest.mark.parametrize("was_told", [True, False])
def test_end_is_told_where_the_matter_was(was_told, scene, desk):
    case = to_proposed(desk, scene.member, CaseKind.ORDER_RESIGN)
    if was_told:
        case = pressed(desk, case)
    drop_case(case=case, date=date(2024, 6, 20), reason=INSIDE, actor=desk.registrar, at=AT)
    found = told(notice__title="事项终止：责令辞去委员")
    assert found == ({"事项终止：责令辞去委员": {"张青"}} if was_told else {})
    assert INSIDE not in words()


def test_leaders_who_do_not_conduct_read_no_notice_of_it(scene, desk):
    notified(scene)
    to_decided(desk, scene.member, CaseKind.REVOKE)
    seen = {
        name: set(Notice.objects.visible_to(scene.users[name]).values_list("title", flat=True))
        for name in ("leader", "other-leader", "organization", "other-county", "admin")
    }
    assert seen == {
        "leader": {"约谈安排：张青", "约谈取消：张青"},
        "other-leader": set(),
        "organization": {"请提出会商意见：张青　撤销委员资格"},
        "other-county": set(),
        "admin": set(),
    }
    recipients = NoticeRecipient.objects
    assert recipients.visible_to(scene.users["other-leader"]).count() == 0
    assert recipients.visible_to(scene.users["registrar"]).count() == recipients.count()
    assert Notice.objects.visible_to(scene.users["registrar"]).count() == Notice.objects.count()
    assert Case.objects.get().state == "decided"


@pytest.mark.parametrize(
    ("name", "department"), [("member", "organization"), ("other-member", "united")]
)
def test_application_to_resign_reaches_the_office_and_the_side(name, department, scene, desk):
    user = scene.users[name]
    member = user.person.memberships.get()
    apply_resignation(member=member, reason=INSIDE, actor=user, at=AT, on=TODAY)
    assert told() == {
        f"委员提交书面申请：{member.person.name}　辞去委员": {"registrar", "second"},
        f"委员申请辞去委员：{member.person.name}": {department},
    }
    assert INSIDE not in words()
    case = Case.objects.get()
    paths = dict(Notice.objects.values_list("recipients__user__username", "path"))
    assert paths["registrar"] == reverse("exits:case-detail", args=[case.pk])
    assert paths[department] == ""


def test_application_handed_in_to_what_the_office_opened_reaches_the_same(scene, desk):
    opened(desk, scene.member, CaseKind.RESIGNATION)
    assert told() == {}
    apply_resignation(
        member=scene.member, reason=INSIDE, actor=scene.users["member"], at=AT, on=TODAY
    )
    assert told() == {
        "委员提交书面申请：张青　辞去委员": {"registrar", "second"},
        "委员申请辞去委员：张青": {"organization"},
    }


def test_department_without_account_is_told_of_an_application_on_paper(scene, desk):
    desk.organization.groups.clear()
    apply_resignation(
        member=scene.member, reason=INSIDE, actor=scene.users["member"], at=AT, on=TODAY
    )
    assert told()["委员申请辞去委员：张青"] == {"市委组织部"}


def test_answer_and_ordered_application_reach_the_office_alone(scene, desk):
    case = pressed(desk, to_proposed(desk, scene.member, CaseKind.ORDER_RESIGN))
    Notice.objects.all().delete()
    user = scene.users["member"]
    answer_case(case=case, text=INSIDE, actor=user, at=AT, on=TODAY)
    hand_in_application(case=case, date=TODAY, note=INSIDE, actor=user, at=AT, by_member=True)
    assert told() == {
        "委员新说明：张青　责令辞去委员": {"registrar", "second"},
        "委员提交书面申请：张青　责令辞去委员": {"registrar", "second"},
    }
    assert INSIDE not in words()


def test_application_the_office_received_on_paper_is_no_news_to_it(scene, desk):
    case = pressed(desk, to_proposed(desk, scene.member, CaseKind.ORDER_RESIGN))
    Notice.objects.all().delete()
    applied(desk, case)
    assert told() == {}
