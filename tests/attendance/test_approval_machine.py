"""Whatever is tried in whatever order, a chain of approval stays one."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from accounts.models import AuditEntry
from attendance.choices import RequestState, Verdict
from attendance.models import Approval, LeaveRequest, NonVotingSeat
from attendance.services.approvals import decide_approval
from attendance.services.leave import file_leave, withdraw_leave
from attendance.services.seats import propose_seat, withdraw_seat
from core.refusals import RefusalError
from tests.attendance.leaving import AT, COUNCIL, DAY, PLENARY, make_office, moment

pytestmark = pytest.mark.django_db
NAMES = ("主席", "秘书长", "副主席甲", "副主席乙", "委员甲", "联络科", "联络员")
STEP = strategies.tuples(
    strategies.sampled_from(["decide", "decide", "decide", "withdraw"]),
    strategies.integers(min_value=0, max_value=2),
    strategies.sampled_from(NAMES),
    strategies.sampled_from([Verdict.APPROVED, Verdict.APPROVED, Verdict.REFUSED, "waiting", ""]),
    strategies.sampled_from(["", "批语"]),
    strategies.booleans(),
    strategies.sampled_from([AT, moment(DAY, 8), moment(DAY, 9)]),
)
BOUNDED = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def attempt(office, request, step):
    """Whether the act was done."""
    act, place, name, verdict, note, on_behalf, at = step
    actor = office.users[name]
    chain = list(request.approvals.all())
    try:
        if act == "decide":
            decide_approval(
                approval=chain[place % len(chain)],
                verdict=verdict,
                note=note,
                on_behalf=on_behalf,
                actor=actor,
                at=at,
            )
        elif isinstance(request, LeaveRequest):
            withdraw_leave(request=request, actor=actor, at=at)
        else:
            withdraw_seat(seat=request, reason=note, actor=actor, at=at)
    except RefusalError:
        return False
    return True


def proposer_of(request):
    if isinstance(request, LeaveRequest):
        return request.member.person.user
    return request.recorded_by


def check(request):
    """The state says what the chain says, and nobody decided their own."""
    request.refresh_from_db()
    chain = list(request.approvals.order_by("sequence"))
    verdicts = [step.verdict for step in chain]
    decided = [verdict for verdict in verdicts if verdict != Verdict.WAITING]
    assert verdicts[: len(decided)] == decided  # in order, no gaps
    assert Verdict.REFUSED not in decided[:-1]  # a refusal is the last word
    match request.state:
        case RequestState.PENDING:
            assert Verdict.REFUSED not in decided
            assert len(decided) < len(chain)
        case RequestState.APPROVED:
            assert set(verdicts) == {Verdict.APPROVED}
        case RequestState.REFUSED:
            assert decided[-1] == Verdict.REFUSED
    for step in chain:
        if step.verdict != Verdict.WAITING:
            assert step.decided_by != proposer_of(request)
            assert step.note or not (step.on_behalf or step.verdict == Verdict.REFUSED)


@pytest.mark.parametrize("model", [LeaveRequest, NonVotingSeat])
def test_no_order_of_acts_breaks_the_chain(model):
    office = make_office()
    council = office.meeting(COUNCIL)

    @BOUNDED
    @given(strategies.lists(STEP, min_size=1, max_size=6))
    def play(steps):
        Approval.objects.all().delete()
        model.objects.all().delete()
        if model is LeaveRequest:
            meeting = office.meeting(PLENARY, office.members["委员甲"])
            request = file_leave(
                meeting=meeting,
                member=office.members["委员甲"],
                reason="出差",
                actor=office.users["委员甲"],
                at=AT - timedelta(days=1),
            )
        else:
            request = propose_seat(
                meeting=council,
                name="来宾",
                agenda_item="议题",
                reason="理由",
                actor=office.users["联络员"],
                at=AT - timedelta(days=1),
            )
        entries = AuditEntry.objects.filter(
            object_type=model._meta.label_lower, object_id=str(request.pk)
        )
        told = entries.count()
        for step in steps:
            before = list(request.approvals.values_list("pk", "verdict")), request.state
            done = attempt(office, request, step)
            check(request)
            now = list(request.approvals.values_list("pk", "verdict")), request.state
            assert (before != now) == done
            told += done
            assert entries.count() == told  # one entry an act, none for a refusal

    play()
