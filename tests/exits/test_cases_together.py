"""Several cases of one member at once, and what else a decision touches."""

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.roles import RoleCode
from accounts.services import ReasonMissingError
from accounts.services.roles import assign_roles
from exits.choices import Act, CaseKind, CaseState, Ground, InterviewState
from exits.forms.cases import DecideForm
from exits.models import Case, Interview
from exits.selectors.cases import kinds_for, others_open
from exits.services import CaseNotPossibleError, UnseenCaseError, drop_case
from exits.services.interviews import arrange_interview, notify_interview
from members.choices import Post
from members.models import Member, NoticeRecipient
from tests.building import make_member, make_tenure
from tests.exits import lawful
from tests.exits.cases import (
    AT,
    TODAY,
    day,
    decide,
    informed,
    make_desk,
    make_seat,
    opened,
    opine,
    pressed,
    refused,
    to_decided,
    to_proposed,
    to_submitted,
)

pytestmark = pytest.mark.django_db
REVOKE = CaseKind.REVOKE


@pytest.fixture
def desk(db):
    return make_desk()


@pytest.fixture
def member(desk):
    return make_seat(desk, "own", name="李明")


def drop(desk, case):
    return drop_case(case=case, date=day(9), reason="情况有变", actor=desk.registrar, at=AT)


# Suspending, clearing and revoking


def test_nobody_is_cleared_while_a_revoke_case_runs(desk, member):
    to_decided(desk, member, CaseKind.SUSPENSION)
    clearing = to_submitted(desk, member, CaseKind.REINSTATEMENT, opened_date=day(8))
    revoke = opened(desk, member, REVOKE, opened_date=day(16))
    with pytest.raises(CaseNotPossibleError, match="请先办结或终止撤销事项"):
        decide(desk, clearing, date=day(17))
    assert member.suspensions.get().end_date is None
    drop_case(case=revoke, date=day(17), reason="查清", actor=desk.registrar, at=AT)
    assert decide(desk, clearing, date=day(17)).state == CaseState.DECIDED


def test_clearing_is_not_passed_while_a_revoke_case_runs(desk, member):
    to_decided(desk, member, CaseKind.SUSPENSION)
    clearing = to_submitted(desk, member, CaseKind.REINSTATEMENT, opened_date=day(8))
    opened(desk, member, REVOKE, opened_date=day(16))
    assert decide(desk, clearing, approved=False, date=day(17)).state == CaseState.REJECTED


@pytest.mark.parametrize("kind", [CaseKind.SUSPENSION, CaseKind.REINSTATEMENT])
def test_suspending_and_clearing_are_not_begun_beside_a_revoke_case(desk, member, kind):
    if kind == CaseKind.REINSTATEMENT:
        to_decided(desk, member, CaseKind.SUSPENSION)
    revoke = opened(desk, member, REVOKE, opened_date=day(8))
    begin = {"opened_date": day(9)}
    with pytest.raises(CaseNotPossibleError, match="撤销委员资格事项正在办理"):
        opened(desk, member, kind, **begin)
    refusals = {one.kind: one.refused for one in kinds_for(member, TODAY)}
    assert "撤销委员资格事项正在办理" in refusals[kind]
    drop(desk, revoke)
    assert opened(desk, member, kind, **begin).state == CaseState.OPENED


def test_suspension_begun_before_is_still_decided(desk, member):
    suspension = to_submitted(desk, member, CaseKind.SUSPENSION)
    opened(desk, member, REVOKE)
    assert decide(desk, suspension).state == CaseState.DECIDED


def test_the_rules_judge_a_member_s_cases_together():
    begun = [(1, "suspension", "opened", ""), (1, "suspension", "decided", "approved")]
    revoke, clearing = (2, "revoke", "opened", ""), (3, "reinstatement", "opened", "")
    cleared = (3, "reinstatement", "decided", "approved")
    lawful.assert_lawful_together([*begun, clearing, cleared, revoke])
    lawful.assert_lawful_together([*begun, clearing, revoke, (2, "revoke", "dropped", ""), cleared])
    for unlawful in ([*begun, clearing, revoke, cleared], [*begun, revoke, clearing]):
        with pytest.raises(AssertionError):
            lawful.assert_lawful_together(unlawful)


# A refusal beside a revoke case


def test_refusal_joins_the_revoke_case_that_is_open(desk, member):
    order = pressed(desk, to_proposed(desk, member, CaseKind.ORDER_RESIGN))
    revoke = to_submitted(desk, member, REVOKE)
    entries = AuditEntry.objects.count()
    assert refused(desk, order) == revoke
    assert AuditEntry.objects.count() == entries + 1
    order.refresh_from_db()
    revoke.refresh_from_db()
    assert (order.state, order.refused_date, order.closed_date) == (
        CaseState.REFUSED, day(6), None,
    )  # fmt: skip
    assert (revoke.origin, revoke.ground, revoke.state) == (
        order, Ground.CRIMINAL, CaseState.SUBMITTED,
    )  # fmt: skip
    step = revoke.steps.get(kind=Act.JOIN)
    assert (step.date, step.note) == (day(6), "明确表示不提交")
    assert Case.objects.filter(kind=REVOKE).count() == 1


@pytest.mark.parametrize("end", ["approved", "rejected", "dropped"])
def test_joined_refusal_ends_with_the_revoke_case(desk, member, end):
    order = pressed(desk, to_proposed(desk, member, CaseKind.ORDER_RESIGN))
    revoke = to_submitted(desk, member, REVOKE)
    refused(desk, order)
    if end == "dropped":
        drop(desk, revoke)
    else:
        decide(desk, revoke, approved=end == "approved")
    order.refresh_from_db()
    assert order.state == CaseState.DROPPED


# What falls away


def decision_form(desk, case, actor, data=None):
    return DecideForm(data, case=case, actor=actor, today=TODAY)


def test_revoke_case_falls_away_with_a_reason_only(desk, member):
    resignation = to_submitted(desk, member, CaseKind.RESIGNATION)
    revoke = informed(desk, opened(desk, member, REVOKE))
    with pytest.raises(ReasonMissingError, match="请写明不再办理的理由"):
        decide(desk, resignation)
    assert decide(desk, resignation, approved=False).state == CaseState.REJECTED
    revoke.refresh_from_db()
    assert revoke.state == CaseState.CONSULTING


def test_reason_is_kept_with_the_revoke_case(desk, member):
    resignation = to_submitted(desk, member, CaseKind.RESIGNATION)
    revoke = informed(desk, opened(desk, member, REVOKE))
    decide(desk, resignation, falls_away="经商有关机关，不再追究。")
    revoke.refresh_from_db()
    assert revoke.state == CaseState.DROPPED
    assert revoke.steps.get(kind=Act.DROP).note.endswith("经商有关机关，不再追究。")


def test_who_does_not_see_the_revoke_case_does_not_end_it(desk, member):
    resignation = to_submitted(desk, member, CaseKind.RESIGNATION)
    opened(desk, member, REVOKE)
    with pytest.raises(UnseenCaseError) as refusal:
        decide(desk, resignation, actor=desk.leader, falls_away="不再追究")
    assert "撤销" not in str(refusal.value)


def test_other_cases_are_named_to_whom_they_concern(desk, member):
    resignation = to_submitted(desk, member, CaseKind.RESIGNATION)
    revoke = opened(desk, member, REVOKE)
    opened(desk, make_seat(desk), REVOKE)
    assert others_open(resignation, user=desk.second) == [revoke]
    assert others_open(resignation, user=desk.leader) == []
    forms = [decision_form(desk, resignation, user) for user in (desk.second, desk.leader)]
    assert ["falls_away" in form.fields for form in forms] == [True, False]
    assert ["撤销委员资格" in form.consequence for form in forms] == [True, False]


def test_case_page_names_the_other_cases(desk, member, client):
    resignation = to_submitted(desk, member, CaseKind.RESIGNATION)
    opened(desk, member, REVOKE)
    User.objects.update(password_changed_at=timezone.now())
    seen = {}
    for name in ("registrar", "leader"):
        client.force_login(getattr(desk, name))
        page = client.get(f"/exits/cases/{resignation.pk}/")
        seen[name] = "其他在办事项" in page.content.decode()
    assert seen == {"registrar": True, "leader": False}


# Interviews, posts and notices


def interview_with(desk, member, on, state):
    leader = make_member(desk.term)
    make_tenure(leader, desk.term.start_date, post=Post.VICE_CHAIRPERSON)
    when = timezone.make_aware(datetime.combine(on, time(9)))
    early = when - timedelta(days=30)
    shared = {"actor": desk.registrar, "at": early}
    interview = arrange_interview(
        member=member, kind="interview", reason="提醒", leader=leader, scheduled_at=when,
        place="会议室", without_committee="未编入专门委员会", **shared,
    )  # fmt: skip
    if state == InterviewState.NOTIFIED:
        notify_interview(interview=interview, **shared)
    return interview


def test_exit_cancels_interviews_not_yet_held(desk, member):
    asked = {
        state: interview_with(desk, member, TODAY + timedelta(days=days), state)
        for days, state in ((3, InterviewState.ARRANGED), (5, InterviewState.NOTIFIED))
    }
    others = interview_with(desk, make_seat(desk), TODAY, InterviewState.ARRANGED)
    case = to_submitted(desk, member, REVOKE)
    entries = AuditEntry.objects.filter(object_type__startswith="exits.").count()
    case = decide(desk, case)
    assert AuditEntry.objects.filter(object_type__startswith="exits.").count() == entries + 1
    states = dict(Interview.objects.values_list("pk", "state"))
    assert {states[one.pk] for one in asked.values()} == {InterviewState.CANCELLED}
    assert states[others.pk] == InterviewState.ARRANGED
    reasons = set(
        Interview.objects.filter(member=member).values_list("cancelled_reason", flat=True)
    )
    assert reasons == {"委员资格自2024年6月11日（周二）终止，不再约谈。"}
    assert case.steps.filter(kind=Act.CORRECT, note__contains="取消").count() == 2
    told = NoticeRecipient.objects.filter(notice__title="约谈取消", member=member)
    assert told.count() == 1


def test_suspension_leaves_interviews_as_they_are(desk, member):
    interview = interview_with(desk, member, TODAY, InterviewState.ARRANGED)
    to_decided(desk, member, CaseKind.SUSPENSION)
    interview.refresh_from_db()
    assert interview.state == InterviewState.ARRANGED


def test_suspended_leader_s_role_rests_and_is_asked_back(desk, member):
    make_tenure(member, desk.term.start_date, post=Post.VICE_CHAIRPERSON)
    user = member.person.user
    assign_roles(user, [RoleCode.MEMBER, RoleCode.LEADER])
    suspension = to_decided(desk, member, CaseKind.SUSPENSION)
    user = type(user).objects.get(pk=user.pk)
    assert user.role_codes == {RoleCode.MEMBER}
    assert suspension.steps.filter(kind=Act.CORRECT, note__contains="“领导”角色停用").count() == 1
    member = Member.objects.get(pk=member.pk)
    back = to_decided(desk, member, CaseKind.REINSTATEMENT, opened_date=day(8))
    assert back.steps.filter(kind=Act.CORRECT, note__contains="请系统管理员恢复").count() == 1


def test_reinstated_member_without_a_post_gets_no_such_line(desk, member):
    to_decided(desk, member, CaseKind.SUSPENSION)
    back = to_decided(desk, member, CaseKind.REINSTATEMENT, opened_date=day(8))
    assert not back.steps.filter(note__contains="系统管理员").exists()


def test_opinion_has_read_what_asked_for_it(desk, member):
    case = informed(desk, opened(desk, member, CaseKind.RESIGNATION))
    opine(desk, case, "organization")
    read = dict(NoticeRecipient.objects.values_list("user__username", "read_at"))
    assert {name: at is not None for name, at in read.items()} == {
        "organization": True,
        "united-front": False,
    }
