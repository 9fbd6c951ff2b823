"""A member's own matters on the phone, and the departments' list of opinions."""

import hashlib
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exits.choices import Act, CaseKind, CaseState, PaperKind
from exits.models import Case, CaseStep, Interview, OfficialPaper
from exits.services import answer_case
from members.models import Member
from tests.accounts.people import make_user
from tests.building import suspend
from tests.exits.cases import (
    AT,
    Desk,
    decide,
    deliver_all,
    informed,
    opened,
    opine,
    pressed,
    to_decided,
    to_proposed,
    to_submitted,
)
from tests.exits.interviews import Scene, held, make_scene, notified

pytestmark = pytest.mark.django_db
LIST, RESIGN = reverse("exits:own-list"), reverse("exits:own-resign")
OPINIONS = reverse("exits:opinion-list")
#: What the office and the departments say among themselves.
INSIDE = "内部意见不外传"
LETTER = b"%PDF-1.4 letter"


@pytest.fixture
def scene() -> Scene:
    scene = make_scene()
    today = timezone.localdate()
    scene.term.end_date = today.replace(year=today.year + 2, day=1)
    scene.term.save()
    make_user("second", "registrar")
    User.objects.update(password_changed_at=timezone.now())
    return scene


@pytest.fixture
def desk(scene) -> Desk:
    users = scene.users
    return Desk(
        term=scene.term,
        registrar=users["registrar"],
        second=User.objects.get(username="second"),
        leader=users["leader"],
        organization=users["organization"],
        united_front=users["united"],
    )


def own(case: Case, *act: str) -> str:
    return reverse("exits:own-case-act" if act else "exits:own-case", args=[case.pk, *act])


def talk(interview: Interview) -> str:
    return reverse("exits:own-interview", args=[interview.pk])


def read(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def paper_of(case: Case, kind: str, number: int) -> OfficialPaper:
    return OfficialPaper.objects.create(
        term=case.member.term,
        kind=kind,
        case=case,
        series="萍协办字",
        year=2024,
        sequence=number,
        title=f"公文{number}",
        body="正文",
        issuer="政协办公室",
        issued_date=date(2024, 6, 20),
        file=ContentFile(LETTER, name=f"{number}.pdf"),
        sha256=hashlib.sha256(LETTER).hexdigest(),
    )


def test_interview_is_shown_from_its_notice_on_and_to_the_member_alone(client, scene):
    interview = notified(scene)
    codes = {}
    for name in ("member", "other-member", "leader", "registrar", "county", "admin"):
        client.force_login(scene.users[name])
        codes[name] = client.get(talk(interview)).status_code
    # the office holds every right of the app, and sees nothing of others here
    assert codes == {
        "member": 200,
        "other-member": 404,
        "leader": 404,
        "registrar": 404,
        "county": 403,
        "admin": 403,
    }
    Interview.objects.update(notified_at=None, state="arranged")
    client.force_login(scene.users["member"])
    assert client.get(talk(interview)).status_code == 404
    assert "三楼会议室" not in read(client, LIST)


def test_member_confirms_the_minutes_once(client, scene):
    interview = held(scene)
    client.force_login(scene.users["member"])
    assert "记录待您确认" in read(client, LIST)
    assert "谈话要点" in read(client, talk(interview))
    values = {"version": interview.version, "remark": "时间应为上午"}
    assert client.post(talk(interview), values).status_code == 302
    answer = client.post(talk(interview), values | {"remark": "改"})
    assert "没有重复保存" in answer.content.decode()
    assert Interview.objects.get().remark == "时间应为上午"
    assert "时间应为上午" in read(client, talk(interview))


def test_suspended_member_reads_and_confirms_too(client, scene, desk):
    interview = held(scene)
    suspend(scene.member, date(2024, 6, 1))
    client.force_login(scene.users["member"])
    assert "约谈" in read(client, LIST)
    values = {"version": interview.version, "remark": ""}
    assert client.post(talk(interview), values).status_code == 302
    assert Interview.objects.get().is_signed


def test_matter_is_hidden_until_the_member_is_told(client, scene, desk):
    case = to_proposed(desk, scene.member, CaseKind.ORDER_RESIGN, grounds=INSIDE)
    client.force_login(scene.users["member"])
    assert client.get(own(case)).status_code == 404
    assert client.post(own(case, "apply"), {"note": "x"}).status_code == 404
    assert "责令辞去" not in read(client, LIST)
    pressed(desk, case)
    assert "责令辞去委员" in read(client, LIST)
    client.force_login(scene.users["other-member"])
    assert client.get(own(case)).status_code == 404
    assert "责令辞去" not in read(client, LIST)


def test_member_reads_what_was_told_and_nothing_said_inside(client, scene, desk):
    case = opened(desk, scene.member, CaseKind.ORDER_RESIGN, grounds=INSIDE)
    opine(desk, informed(desk, case), "organization", text=INSIDE)
    case.refresh_from_db()
    Case.objects.update(
        state=CaseState.PROPOSED,
        proposal=INSIDE,
        proposed_date=date(2024, 6, 6),
        proposed_by=desk.registrar,
    )
    CaseStep.objects.create(
        case=case, kind=Act.REMIND, date=date(2024, 6, 7), note=INSIDE, entered_at=AT
    )
    Case.objects.update(told_date=date(2024, 6, 7))
    client.force_login(scene.users["member"])
    text = read(client, own(case))
    assert "市政协提醒您" in text
    assert case.get_ground_display() in text
    assert INSIDE not in text
    assert "组织部" not in text


def test_member_answers_and_hands_in_the_application(client, scene, desk):
    case = pressed(desk, to_proposed(desk, scene.member, CaseKind.ORDER_RESIGN))
    client.force_login(scene.users["member"])
    proof = SimpleUploadedFile("证明.pdf", b"%PDF-1.4 proof")
    values = {"text": "当时在外地学习", "attachment": proof}
    assert client.post(own(case, "answer"), values).status_code == 302
    step = CaseStep.objects.get(kind=Act.ANSWER)
    path = reverse("exits:own-step-attachment", args=[step.pk])
    assert b"".join(client.get(path).streaming_content) == b"%PDF-1.4 proof"
    again = client.post(own(case, "answer"), {"text": "当时在外地学习"})
    assert again.status_code == 200
    assert CaseStep.objects.filter(kind=Act.ANSWER).count() == 1
    assert client.post(own(case, "apply"), {"note": "本人申请辞去"}).status_code == 302
    case.refresh_from_db()
    assert case.applied_date == timezone.localdate()
    text = read(client, own(case))
    assert "当时在外地学习" in text
    assert "提交书面申请</button>" not in text
    assert client.post(own(case, "apply"), {"note": "再次"}).status_code == 200
    client.force_login(scene.users["other-member"])
    assert client.get(path).status_code == 404


def test_attachments_of_the_office_are_not_the_members(client, scene, desk):
    case = pressed(desk, to_proposed(desk, scene.member, CaseKind.ORDER_RESIGN))
    step = CaseStep.objects.get(kind=Act.REMIND)
    step.attachment = ContentFile(b"%PDF-1.4 inside", name="内部.pdf")
    step.save()
    client.force_login(scene.users["member"])
    path = reverse("exits:own-step-attachment", args=[step.pk])
    assert client.get(path).status_code == 404
    assert path not in read(client, own(case))


def test_member_resigns_and_takes_it_back(client, scene):
    client.force_login(scene.users["member"])
    assert "市委组织部" in read(client, RESIGN)
    answer = client.post(RESIGN, {"reason": "健康原因"})
    case = Case.objects.get()
    assert answer["Location"] == own(case)
    assert (case.kind, case.recorded_by) == (CaseKind.RESIGNATION, scene.users["member"])
    text = read(client, own(case))
    assert "健康原因" in text
    assert "撤回辞去委员的申请" in text
    assert "不用再次申请" in read(client, RESIGN)
    assert "不用再次申请" in client.post(RESIGN, {"reason": "再次"}).content.decode()
    assert Case.objects.count() == 1
    assert client.post(own(case, "withdraw"), {"reason": "身体好转"}).status_code == 302
    case.refresh_from_db()
    assert case.state == CaseState.DROPPED
    assert Member.objects.get(pk=scene.member.pk).exited_date is None
    assert client.post(own(case, "withdraw"), {"reason": "再撤"}).status_code == 200


def test_the_other_sides_application_names_its_department(client, scene):
    client.force_login(scene.users["other-member"])
    assert "同时向市委统战部提出" in read(client, RESIGN)


def test_member_does_not_take_back_what_the_office_opened(client, scene, desk):
    case = opened(desk, scene.member, CaseKind.RESIGNATION, applied_date=date(2024, 6, 3))
    client.force_login(scene.users["member"])
    assert "撤回" not in read(client, own(case))
    assert client.post(own(case, "withdraw"), {"reason": "x"}).status_code == 200
    case.refresh_from_db()
    assert case.state == CaseState.OPENED


def test_decision_is_shown_with_its_delivery(client, scene, desk):
    case = to_decided(desk, scene.member, CaseKind.REVOKE, grounds=INSIDE)
    client.force_login(scene.users["member"])
    text = read(client, own(case))
    assert "决定撤销您的委员资格（萍协〔2024〕8号）" in text
    assert "书面通知另行送达" in text
    deliver_all(desk, case)
    text = read(client, own(case))
    assert "直接送达" in text
    assert INSIDE not in text
    assert client.get(RESIGN).status_code == 404


def test_rejected_application_is_told_as_such(client, scene, desk):
    case = decide(desk, to_submitted(desk, scene.member, CaseKind.RESIGNATION), approved=False)
    client.force_login(scene.users["member"])
    text = read(client, own(case))
    assert "审议未通过" in text
    assert "不同意您辞去委员（萍协〔2024〕8号）。委员职务不变。" in text
    deliver_all(desk, case)
    assert "直接送达" in read(client, own(case))


def test_letters_to_the_member_open_for_them_alone(client, scene, desk):
    case = pressed(desk, to_proposed(desk, scene.member, CaseKind.ORDER_RESIGN))
    letters = {
        kind: paper_of(case, kind, number)
        for number, kind in enumerate(
            (PaperKind.REMINDER, PaperKind.CONSULTATION, PaperKind.PROPOSAL), start=1
        )
    }
    paths = {
        kind: reverse("exits:own-paper-file", args=[paper.pk]) for kind, paper in letters.items()
    }
    client.force_login(scene.users["member"])
    codes = [client.get(path).status_code for path in paths.values()]
    assert codes == [200, 404, 404]
    text = read(client, own(case))
    assert ("公文1" in text, "公文2" in text, "公文3" in text) == (True, False, False)
    for name in ("other-member", "leader"):
        client.force_login(scene.users[name])
        assert client.get(paths[PaperKind.REMINDER]).status_code == 404


def test_answer_before_the_case_is_told_is_nobodys(scene, desk):
    case = to_proposed(desk, scene.member, CaseKind.ORDER_RESIGN)
    with pytest.raises(Exception, match="没有等待您本人办理"):
        answer_case(case=case, text="x", actor=scene.users["member"], at=AT, on=AT.date())


def test_menu_leads_members_to_their_matters(client, scene):
    client.force_login(scene.users["member"])
    assert f'href="{LIST}"' in read(client, reverse("members:notice-list"))


def test_departments_see_what_waits_for_them_and_what_they_said(client, scene, desk):
    other = scene.users["other-member"].person.memberships.get()
    mine = informed(desk, opened(desk, scene.member, CaseKind.ORDER_RESIGN))
    theirs = informed(desk, opened(desk, other, CaseKind.ORDER_RESIGN))
    opened(desk, scene.member, CaseKind.REVOKE)
    seen = {}
    for name in ("organization", "united", "registrar", "leader", "member", "county"):
        client.force_login(scene.users[name])
        answer = client.get(OPINIONS)
        is_open = answer.status_code == 200
        waiting = [case.pk for case, _ in answer.context["waiting"]] if is_open else []
        seen[name] = (answer.status_code, waiting)
    assert seen == {
        "organization": (200, [mine.pk]),
        "united": (200, [theirs.pk]),
        "registrar": (403, []),
        "leader": (403, []),
        "member": (403, []),
        "county": (403, []),
    }
    opine(desk, mine, "organization", text="同意提出建议")
    client.force_login(scene.users["organization"])
    text = read(client, OPINIONS)
    assert "没有待提出意见的事项" in text
    assert "同意提出建议" in text
