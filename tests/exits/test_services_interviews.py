"""Interviews from arrangement to follow-up: each act once, in order, by those it is for."""

from datetime import date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import RoleCode
from accounts.services import ReasonMissingError, StaleRecordError
from exits.choices import InterviewAct, InterviewResult, InterviewStage, InterviewState
from exits.models import Interview
from exits.procedures import INTERVIEW_ACTS
from exits.selectors.interviews import (
    acts_of,
    ended_interviews,
    findings_to_interview,
    interview_board,
    interview_line,
    leader_title,
    leaders_offered,
    stage_of,
    told_moment,
)
from exits.services.interview_acts import InterviewActNotAllowedError
from exits.services.interviews import (
    ArrangedAlreadyError,
    FindingNotForInterviewError,
    InterviewOutOfOrderError,
    NoCommitteeError,
    NotLeaderError,
    OwnInterviewError,
    cancel_interview,
    close_interview,
    hold_interview,
    note_follow_up,
    notify_interview,
    record_signed_copy,
    reschedule_interview,
    sign_minutes,
)
from members.choices import Post
from members.models import Member, Notice
from tests.accounts.people import make_user
from tests.building import make_member, make_tenure, make_term, suspend
from tests.exits.interviews import (
    AFTER,
    AT,
    HOUR,
    MEETING,
    Scene,
    arranged,
    closed,
    held,
    make_finding,
    make_scene,
    notified,
    signed,
)

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 signed"


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def test_interview_is_arranged_with_the_members_committee_and_tells_nobody(scene):
    interview = arranged(scene)
    assert interview.committee == scene.member.committee
    assert (interview.state, interview.recorded_at) == (InterviewState.ARRANGED, AT)
    assert not Notice.objects.exists()
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.object_type) == ("create", "exits.interview")


def test_interview_without_a_committee_says_why(scene):
    """19号 三（三）: the leader in charge and the member's special committee."""
    committee, scene.member.committee = scene.member.committee, None
    scene.member.save()
    with pytest.raises(NoCommitteeError):
        arranged(scene, without_committee=" ")
    alone = arranged(scene, without_committee="未编入专门委员会")
    assert (alone.committee, alone.without_committee) == (None, "未编入专门委员会")
    other = arranged(scene, committee=committee, without_committee="x", scheduled_at=MEETING + HOUR)
    assert (other.committee, other.without_committee) == (committee, "")
    with pytest.raises(IntegrityError), transaction.atomic():
        Interview.objects.filter(pk=alone.pk).update(without_committee="")


@pytest.mark.parametrize("maker", [arranged, notified])
def test_interview_is_moved_with_the_former_time_kept(maker, scene):
    interview, clerk = maker(scene), scene.users["registrar"]
    state, later = interview.state, MEETING + timedelta(days=1)

    def move(**fields):
        values = {"scheduled_at": later, "place": "二楼", "reason": "出差", "actor": clerk}
        return reschedule_interview(interview=interview, **(values | {"at": AFTER} | fields))

    moved = move()
    assert (moved.state, moved.scheduled_at, moved.place) == (state, later, "二楼")
    assert moved.rescheduled == (
        "2024-06-10 原定2024年6月10日（周一）下午3:00，三楼会议室；"
        "改为2024年6月11日（周二）下午3:00，二楼。事由：出差"
    )
    assert move(place="一楼", reason="改\n地点").rescheduled.splitlines()[1].endswith("改 地点")
    entry = AuditEntry.objects.filter(object_type="exits.interview").latest("pk")
    assert (entry.verb, entry.detail["act"], entry.reason) == ("update", "reschedule", "改\n地点")
    refused = (
        ({"reason": " "}, ReasonMissingError),
        ({"place": " "}, ReasonMissingError),
        ({"place": "一楼"}, InterviewOutOfOrderError),
        ({"at": later + timedelta(minutes=1), "place": "五楼"}, InterviewOutOfOrderError),
        ({"actor": scene.users["member"]}, OwnInterviewError),
        ({"seen_version": 1, "place": "五楼"}, StaleRecordError),
    )
    for fields, refusal in refused:
        with pytest.raises(refusal):
            move(**fields)
    arranged(scene, scheduled_at=later + HOUR)
    with pytest.raises(ArrangedAlreadyError):
        move(scheduled_at=later + HOUR)
    scene.leader.tenures.update(end_date=date(2024, 6, 12))
    with pytest.raises(NotLeaderError):
        move(scheduled_at=later + timedelta(days=1))


@pytest.mark.parametrize("field", ["reason", "place"])
def test_interview_without_reason_or_place_is_refused(field, scene):
    with pytest.raises(ReasonMissingError):
        arranged(scene, **{field: " "})
    assert not Interview.objects.exists()


@pytest.mark.parametrize(("late", "ok"), [(timedelta(), True), (timedelta(minutes=1), False)])
def test_interview_is_not_arranged_for_a_time_gone_by(late, ok, scene):
    if ok:
        assert arranged(scene, at=MEETING + late).pk
    else:
        with pytest.raises(InterviewOutOfOrderError):
            arranged(scene, at=MEETING + late)


@pytest.mark.parametrize(
    ("post", "until", "ok"),
    [
        (Post.CHAIRPERSON, None, True),
        (Post.VICE_CHAIRPERSON, date(2024, 6, 11), True),
        (Post.SECRETARY_GENERAL, date(2024, 6, 10), False),
        (Post.STANDING_MEMBER, None, False),
    ],
)
def test_only_a_leader_in_office_on_the_day_conducts(post, until, ok, scene):
    leader = make_member(scene.term)
    make_tenure(leader, scene.term.start_date, until, post=post)
    if ok:
        assert arranged(scene, leader=leader).leader == leader
    else:
        with pytest.raises(NotLeaderError):
            arranged(scene, leader=leader)


def test_suspended_leader_or_one_of_another_term_does_not_conduct(scene):
    other = make_member(make_term("other", assembly="另一政协"))
    make_tenure(other, other.term.start_date, post=Post.CHAIRPERSON)
    with pytest.raises(NotLeaderError):
        arranged(scene, leader=other)
    suspend(scene.leader, date(2024, 6, 1))
    with pytest.raises(NotLeaderError):
        arranged(scene)


def test_nobody_interviews_or_handles_themself(scene):
    with pytest.raises(OwnInterviewError):
        arranged(scene, member=scene.leader)
    with pytest.raises(OwnInterviewError):
        arranged(scene, actor=scene.users["member"])
    interview = arranged(scene)
    with pytest.raises(OwnInterviewError):
        notify_interview(interview=interview, actor=scene.users["member"], at=AT)


def test_suspended_member_is_interviewed_and_told(scene):
    suspend(scene.member, date(2024, 6, 1))
    interview = notified(scene)
    assert Notice.objects.get(title="约谈通知").recipients.get().member == interview.member


def test_former_member_is_not_interviewed(scene):
    scene.member.exited_date = date(2024, 6, 10)
    scene.member.save()
    with pytest.raises(InterviewOutOfOrderError):
        arranged(scene)


@pytest.mark.parametrize(
    ("outcome", "state", "ok"),
    [
        ("interview", "confirmed", True),
        ("revoke", "confirmed", True),
        ("remind", "confirmed", False),
        ("interview", "open", False),
        ("interview", "dismissed", False),
    ],
)
def test_confirmed_finding_leads_to_an_interview(outcome, state, ok, scene):
    finding = make_finding(scene.member, outcome=outcome, state=state)
    if ok:
        assert arranged(scene, finding=finding).finding == finding
    else:
        with pytest.raises(FindingNotForInterviewError):
            arranged(scene, finding=finding)


def test_finding_on_another_member_is_refused(scene):
    finding = make_finding(make_member(scene.term))
    with pytest.raises(FindingNotForInterviewError):
        arranged(scene, finding=finding)


def test_finding_has_one_open_interview_and_one_hour_one_only(scene):
    finding = make_finding(scene.member)
    first = arranged(scene, finding=finding)
    with pytest.raises(ArrangedAlreadyError):
        arranged(scene, finding=finding, scheduled_at=MEETING + HOUR)
    with pytest.raises(ArrangedAlreadyError):
        arranged(scene)
    cancel_interview(interview=first, reason="改期", actor=scene.users["registrar"], at=AT + HOUR)
    assert arranged(scene, finding=finding).finding == finding


def test_interview_runs_from_arrangement_to_follow_up(scene):
    interview = closed(scene, follow_up_date=date(2024, 9, 1))
    done = note_follow_up(
        interview=interview, note="按时参会", actor=scene.users["registrar"], at=AFTER
    )
    assert (done.state, done.result) == (InterviewState.CLOSED, InterviewResult.ACCEPTED)
    assert (done.minutes, done.statement, done.remark) == ("谈话要点", "今后改正", "无异议")
    assert (done.follow_up_note, done.signed_on_paper) == ("按时参会", False)
    acts = AuditEntry.objects.filter(object_type="exits.interview").order_by("pk")
    assert [entry.detail.get("act") for entry in acts] == [
        None,
        "notify",
        "hold",
        "sign",
        "close",
        "follow_up",
    ]


def test_interview_is_told_of_before_its_time(scene):
    interview = arranged(scene)
    with pytest.raises(InterviewOutOfOrderError):
        notify_interview(interview=interview, actor=None, at=MEETING + timedelta(minutes=1))
    assert notify_interview(interview=interview, actor=None, at=MEETING).notified_at == MEETING


@pytest.mark.parametrize(
    ("held_at", "ok"),
    [
        (AT + HOUR, True),
        (AT + HOUR - timedelta(minutes=1), False),
        (AFTER, True),
        (AFTER + timedelta(minutes=1), False),
    ],
)
def test_interview_is_held_after_the_notice_and_not_tomorrow(held_at, ok, scene):
    if ok:
        assert held(scene, held_at=held_at).held_at == held_at
    else:
        with pytest.raises(InterviewOutOfOrderError):
            held(scene, held_at=held_at)


def test_interview_without_minutes_is_refused(scene):
    with pytest.raises(ReasonMissingError):
        held(scene, minutes=" ")


def test_member_alone_signs_and_once(scene):
    interview = held(scene)
    for name in ("registrar", "leader", "other-member"):
        with pytest.raises(OwnInterviewError):
            sign_minutes(interview=interview, remark="", actor=scene.users[name], at=AFTER)
    done = sign_minutes(interview=interview, remark="", actor=scene.users["member"], at=AFTER)
    with pytest.raises(InterviewActNotAllowedError):
        sign_minutes(interview=done, remark="改", actor=scene.users["member"], at=AFTER)
    assert Interview.objects.get().remark == ""


def test_minutes_signed_on_paper_need_the_copy(scene):
    interview, clerk = held(scene), scene.users["registrar"]
    with pytest.raises(ReasonMissingError):
        record_signed_copy(interview=interview, file=None, actor=clerk, at=AFTER)
    copy = ContentFile(PDF, name="签字.pdf")
    done = record_signed_copy(interview=interview, file=copy, actor=clerk, at=AFTER)
    assert (done.signed_on_paper, done.signed_at) == (True, AFTER)
    assert done.signed_copy.read() == PDF
    with pytest.raises(InterviewActNotAllowedError):
        record_signed_copy(
            interview=done, file=ContentFile(PDF, name="b.pdf"), actor=clerk, at=AFTER
        )


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"closed_date": date(2024, 6, 9)}, InterviewOutOfOrderError),
        ({"closed_date": date(2024, 6, 10)}, None),
        ({"closed_date": date(2024, 6, 12)}, None),
        ({"closed_date": date(2024, 6, 13)}, InterviewOutOfOrderError),
        ({"follow_up_date": date(2024, 6, 10)}, InterviewOutOfOrderError),
        ({"follow_up_date": date(2024, 6, 11)}, None),
        ({"result": InterviewResult.OTHER}, ReasonMissingError),
        ({"result": InterviewResult.OTHER, "note": "移交"}, None),
    ],
)
def test_closing_is_dated_and_explained(values, refusal, scene):
    if refusal is None:
        assert closed(scene, **values).state == InterviewState.CLOSED
    else:
        with pytest.raises(refusal):
            closed(scene, **values)


def test_unsigned_minutes_are_closed_with_the_reason_why(scene):
    interview = held(scene)
    values = {
        "interview": interview,
        "result": InterviewResult.UNMOVED,
        "closed_date": date(2024, 6, 10),
        "actor": scene.users["leader"],
        "at": AFTER,
    }
    with pytest.raises(ReasonMissingError):
        close_interview(note=" ", **values)
    assert close_interview(note="拒绝签字", **values).result_note == "拒绝签字"
    with pytest.raises(InterviewActNotAllowedError):
        sign_minutes(interview=interview, remark="", actor=scene.users["member"], at=AFTER)


def test_follow_up_is_noted_once_and_only_where_one_was_planned(scene):
    done = closed(scene)
    with pytest.raises(InterviewActNotAllowedError):
        note_follow_up(interview=done, note="已改进", actor=None, at=AFTER)
    Interview.objects.update(follow_up_date=date(2024, 7, 1))
    note_follow_up(interview=done, note="已改进", actor=None, at=AFTER)
    with pytest.raises(InterviewActNotAllowedError):
        note_follow_up(interview=done, note="又改进", actor=None, at=AFTER)


def test_interview_that_was_held_is_not_called_off(scene):
    with pytest.raises(InterviewActNotAllowedError):
        cancel_interview(interview=held(scene), reason="改期", actor=None, at=AFTER)


def test_page_out_of_date_is_refused(scene):
    interview = arranged(scene)
    with pytest.raises(StaleRecordError):
        notify_interview(interview=interview, actor=None, at=AT, seen_version=2)
    assert notify_interview(interview=interview, actor=None, at=AT, seen_version=1).version == 2


MAKERS = {
    InterviewState.ARRANGED: arranged,
    InterviewState.NOTIFIED: notified,
    InterviewState.HELD: held,
    InterviewState.CLOSED: closed,
}


def attempts(scene: Scene, interview: Interview):
    """Every act, with values that are in order."""
    clerk, later = scene.users["registrar"], AFTER + timedelta(days=3)
    common = {"interview": interview, "at": later}
    return {
        InterviewAct.HOLD: lambda: hold_interview(
            held_at=AFTER, minutes="x", statement="", actor=clerk, **common
        ),
        InterviewAct.SIGN: lambda: sign_minutes(remark="", actor=scene.users["member"], **common),
        InterviewAct.SIGN_ON_PAPER: lambda: record_signed_copy(
            file=ContentFile(PDF, name="a.pdf"), actor=clerk, **common
        ),
        InterviewAct.CLOSE: lambda: close_interview(
            result="accepted", note="x", closed_date=date(2024, 6, 13), actor=clerk, **common
        ),
        InterviewAct.FOLLOW_UP: lambda: note_follow_up(note="x", actor=clerk, **common),
        InterviewAct.RESCHEDULE: lambda: reschedule_interview(
            scheduled_at=later, place="x", reason="x", actor=clerk, **common
        ),
        InterviewAct.CANCEL: lambda: cancel_interview(reason="x", actor=clerk, **common),
    }


@pytest.mark.parametrize("state", MAKERS)
def test_acts_are_open_in_the_states_of_the_table_only(state, scene):
    interview = MAKERS[state](scene)
    for act, attempt in attempts(scene, interview).items():
        if act in acts_of(interview):
            with transaction.atomic():
                attempt()
                transaction.set_rollback(True)
        else:
            with pytest.raises(InterviewActNotAllowedError):
                attempt()
    assert Interview.objects.get().state == state


def test_nothing_is_done_with_an_interview_called_off(scene):
    interview = cancel_interview(
        interview=arranged(scene), reason="不需约谈", actor=None, at=AT + HOUR
    )
    assert INTERVIEW_ACTS[InterviewState.CANCELLED] == frozenset()
    for attempt in attempts(scene, interview).values():
        with pytest.raises(InterviewActNotAllowedError):
            attempt()
    with pytest.raises(InterviewActNotAllowedError):
        notify_interview(interview=interview, actor=None, at=AT + HOUR)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"state": "held"},
        {"state": "notified"},
        {"state": "closed"},
        {"state": "cancelled"},
        {"closed_date": date(2024, 6, 11)},
        {"reason": ""},
    ],
)
def test_database_refuses_illegal_rows(values, scene):
    arranged(scene)
    with pytest.raises(IntegrityError), transaction.atomic():
        Interview.objects.update(**values)


def test_stages_tell_what_is_waited_for(scene):
    before, later = MEETING - HOUR, MEETING
    one = arranged(scene)
    assert stage_of(one, at=before) == InterviewStage.NOTICE
    assert not interview_line(one, at=before).is_overdue
    assert interview_line(one, at=later).is_overdue
    two = notify_interview(interview=one, actor=None, at=AT)
    assert stage_of(two, at=before) == InterviewStage.MEETING
    assert stage_of(two, at=later) == InterviewStage.MINUTES


@pytest.mark.parametrize(
    ("on", "stage", "overdue"),
    [
        (date(2024, 8, 31), InterviewStage.LATER, False),
        (date(2024, 9, 1), InterviewStage.FOLLOW_UP, False),
        (date(2024, 9, 2), InterviewStage.FOLLOW_UP, True),
    ],
)
def test_follow_up_waits_for_its_day(on, stage, overdue, scene):
    interview = closed(scene, follow_up_date=date(2024, 9, 1))
    at = timezone.make_aware(datetime.combine(on, datetime.min.time()))
    line = interview_line(interview, at=at)
    assert (line.stage, line.is_overdue) == (stage, overdue)
    board = interview_board(user=scene.users["registrar"], at=at)
    ended = ended_interviews(user=scene.users["registrar"], on=on)
    assert [found for found, _ in board] == ([] if stage == InterviewStage.LATER else [stage])
    assert ended.count() == (1 if stage == InterviewStage.LATER else 0)


def test_signed_minutes_wait_for_closing(scene):
    assert stage_of(signed(scene), at=AFTER) == InterviewStage.CLOSING
    Interview.objects.update(signed_at=None)
    assert stage_of(Interview.objects.get(), at=AFTER) == InterviewStage.SIGNATURE


def test_leader_is_named_with_the_post_of_the_day(scene):
    interview = arranged(scene)
    assert leader_title(interview) == "王建国副主席"
    make_tenure(scene.leader, date(2024, 6, 10), post=Post.CHAIRPERSON)
    assert leader_title(interview) == "王建国主席"


def test_leader_offers_only_themself(scene):
    offered = {
        name: [
            leader.person.name
            for leader in leaders_offered(
                user=scene.users[name], term=scene.term, on=date(2024, 6, 3)
            )
        ]
        for name in ("registrar", "leader", "other-leader")
    }
    assert offered == {
        "registrar": ["王建国", "赵立"],
        "leader": ["王建国"],
        "other-leader": ["赵立"],
    }


@pytest.mark.parametrize(
    ("hour", "told"), [(9, "上午9:05"), (12, "下午12:05"), (15, "下午3:05"), (0, "上午0:05")]
)
def test_moment_is_told_as_offices_do(hour, told):
    moment = datetime(2024, 6, 10, hour, 5, tzinfo=timezone.get_default_timezone())
    assert told_moment(moment) == f"2024年6月10日（周一）{told}"


def test_confirmed_findings_wait_for_an_interview(scene):
    clerk = make_user("second", RoleCode.REGISTRAR)

    def waiting(on=date(2024, 6, 3)):
        return list(findings_to_interview(user=clerk, term=scene.term, on=on))

    due = make_finding(scene.member)
    make_finding(scene.member, rule="px-two", outcome="remind")
    make_finding(scene.member, rule="px-three", state="open")
    assert waiting() == [due]
    interview = arranged(scene, finding=due)
    assert waiting() == []
    cancel_interview(interview=interview, reason="改期", actor=clerk, at=AT + HOUR)
    assert waiting() == [due]
    Member.objects.filter(pk=scene.member.pk).update(exited_date=date(2024, 6, 3))
    assert (waiting(date(2024, 6, 2)), waiting()) == ([due], [])
