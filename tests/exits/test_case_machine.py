"""Whoever does what, in whatever order and on whatever day: no case leaves the rules.

The services run as they are, on the database; only what tells people is left out, and the checks
on a row before it is saved, so that the database's own constraints have the last word.
CASE_SEQUENCES in the environment says how many random sequences are tried; by hand, thousands.
"""

import os
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry, User
from core.refusals import RefusalError
from exits.choices import Act, CaseKind, CaseState, Ground
from exits.models import Case, CaseDelivery, CaseOpinion, CaseStep
from exits.models.constraints import MILESTONES
from exits.procedures import allowed
from exits.services import (
    answer_case,
    apply_resignation,
    cases,
    decide_case,
    decisions,
    drop_case,
    give_opinion,
    hand_in_application,
    inform_departments,
    open_case,
    opening,
    propose_case,
    publish_case,
    record_delivery,
    record_effort,
    record_refusal,
    submit_case,
)
from members.choices import Party
from members.models import Member, SuspensionPeriod, Tenure
from tests.exits import lawful
from tests.exits.cases import GROUND_OF, START, Desk, make_desk, make_seat

pytestmark = pytest.mark.django_db
SEQUENCES = int(os.environ.get("CASE_SEQUENCES", "100"))
ATTEMPTS = 24
TELLING = (
    (cases, "tell_departments"),
    (cases, "tell_of_effort"),
    (cases, "tell_of_application"),
    (cases, "tell_of_answer"),
    (opening, "tell_of_application"),
    (decisions, "tell_of_decision"),
    (decisions, "tell_of_end"),
    (decisions, "tell_of_cancelled_interview"),
)
UNCHECKED = (Case, CaseStep, CaseOpinion, CaseDelivery, SuspensionPeriod)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for module, name in TELLING:
        monkeypatch.setattr(module, name, lambda *args, **kwargs: None)
    for model in UNCHECKED:
        monkeypatch.setattr(model, "full_clean", lambda self, *args, **kwargs: None)


@contextmanager
def undone():
    """What the block writes is taken back; without a savepoint left behind."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


@dataclass
class Office:
    """The accounts by name; `own` is the member's."""

    desk: Desk
    member: Member
    own: User
    kinds: list[str]
    oddly: float  # how often something odd is tried
    today: date = START

    @property
    def at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.today, time(12)))

    def account(self, name: str) -> User:
        return self.own if name == "own" else getattr(self.desk, name)


NAMES = ("registrar", "second", "leader", "organization", "united_front", "own")
#: What leads nowhere is tried less often.
AVOIDED = (
    {Act.DROP, Act.ANSWER},
    {Act.DROP, Act.ANSWER, Act.APPLY},
    {Act.DROP, Act.ANSWER, Act.APPLY},
    {Act.DROP},
    set(),
)
#: Who usually does it; anybody may try.
USUAL = {
    Act.APPLY: ("own", "registrar"),
    Act.ANSWER: ("own",),
    Act.DECIDE: ("second", "leader", "registrar"),
}


SERVICES = {
    Act.INFORM: (inform_departments, {"note": "通报"}),
    Act.PROPOSE: (propose_case, {"proposal": "建议"}),
    Act.REMIND: (record_effort, {"act": Act.REMIND, "note": "面谈"}),
    Act.PERSUADE: (record_effort, {"act": Act.PERSUADE, "note": "面谈"}),
    Act.APPLY: (hand_in_application, {"note": "申请"}),
    Act.REFUSE: (record_refusal, {"note": "拒绝"}),
    Act.SUBMIT: (submit_case, {"note": "提请"}),
    Act.PUBLISH: (publish_case, {"place": "网站", "note": "公布"}),
    Act.ANSWER: (answer_case, {"text": "说明"}),
    Act.DROP: (drop_case, {"reason": "终止"}),
}


def tried_day(office: Office, chance: Random) -> date:
    if chance.random() >= office.oddly:
        return office.today
    return office.today - timedelta(days=chance.choice([1, 1, 2, 9, -1]))


def attempt(office: Office, chance: Random) -> str:
    """One try at something; what was done, empty where it was refused."""
    cases_open = list(Case.objects.filter(closed_date=None).order_by("pk"))
    if not cases_open or chance.random() < 0.05:
        return attempt_opening(office, chance)
    case = chance.choice([*cases_open, *cases_open, *Case.objects.order_by("pk")[:1]])
    open_to = sorted(allowed(case) - chance.choice(AVOIDED))
    odd = chance.random() < office.oddly
    act = Act(chance.choice(Act.values if odd or not open_to else open_to))
    odd = chance.random() < office.oddly
    name = chance.choice(NAMES if odd else USUAL.get(act, ("registrar",)))
    return do(office, chance, case, act, name)


def attempt_opening(office: Office, chance: Random) -> str:
    kind = chance.choice(office.kinds)
    on, at = tried_day(office, chance), office.at
    if kind == CaseKind.RESIGNATION and chance.random() < 0.5:
        actor = office.account(chance.choice(["own", "own", "registrar"]))
        apply_resignation(member=office.member, reason="申请", actor=actor, at=at, on=on)
    else:
        grounds = [GROUND_OF[kind]] * 9 + [GROUND_OF[CaseKind.REVOKE]]
        if kind == CaseKind.RESIGNATION:
            grounds += [Ground.ADVISED] * 5 + [Ground.OWN_APPLICATION] * 3
        ground = chance.choice(grounds)
        actor = office.account(chance.choice([*["registrar"] * 9, "own"]))
        open_case(
            member=office.member,
            kind=kind,
            ground=ground,
            grounds="情况",
            opened_date=on,
            actor=actor,
            at=at,
        )
    return "opened"


def do(office: Office, chance: Random, case: Case, act: Act, name: str) -> str:
    on, actor = tried_day(office, chance), office.account(name)
    shared = {"case": case, "actor": actor, "at": office.at}
    by_member = {"by_member": chance.random() < 0.9} if name == "own" else {}
    if act == Act.OPINE:
        speak(office, chance, case, on)
    elif act == Act.DECIDE:
        decide(chance, shared, on)
    elif act == Act.DELIVER:
        delivery = chance.choice(list(case.deliveries.order_by("pk")) or [None])
        if delivery is None:
            return ""
        record_delivery(delivery=delivery, date=on, manner="送达", actor=actor, at=office.at)
    elif act in SERVICES:
        service, words = SERVICES[act]
        day = {"on" if act == Act.ANSWER else "date": on}
        own = by_member if act in {Act.APPLY, Act.DROP} else {}
        service(**shared, **day, **words, **own)
    else:
        return ""
    return act.value


def decide(chance: Random, shared: dict, on: date) -> None:
    decide_case(
        **shared,
        approved=chance.random() < 0.7,
        date=on,
        meeting="会议",
        number=chance.choice([*["1号"] * 9, " "]),
        falls_away=chance.choice(["已辞去", " "]),
        unit=chance.choice([*["某单位"] * 9, " "]),
        note="通过",
    )


def speak(office: Office, chance: Random, case: Case, on: date) -> None:
    silent = [name for name in ("organization", "united_front") if not case.opinion_of(name)]
    partner = chance.choice(silent or ["organization", "united_front"])
    if len(about(case).asked) == 1 and chance.random() >= office.oddly:
        partner = case.side
    name = chance.choice(NAMES) if chance.random() < office.oddly else partner
    give_opinion(
        case=case,
        partner=partner,
        verdict=chance.choice(["agree"] * 5 + ["disagree"] * (2 if case.has_applied else 1)),
        text=chance.choice(["意见甲", "意见乙", "意见丙"]),
        date=on,
        actor=office.account(name),
        at=office.at,
        on_behalf=name not in {"organization", "united_front"},
        document_number=chance.choice(["组字1号", "组字1号", " "]),
    )


def about(case: Case) -> lawful.About:
    return lawful.About(case.kind, case.ground, case.side)


def history_of(case: Case) -> list[tuple[str, str]]:
    said = iter(case.opinions.order_by("pk").values_list("partner", "verdict"))
    waiting = case.deliveries.count()
    history = []
    for step in case.steps.order_by("pk"):
        detail = ""
        if step.kind == Act.OPINE:
            detail = ":".join(next(said))
        elif step.kind == Act.DECIDE:
            detail = "rejected" if case.state == CaseState.REJECTED else "approved"
        elif step.kind == Act.DELIVER:
            waiting -= 1
            detail = "" if waiting else "last"
        elif step.kind == Act.DROP:
            detail = "with" if ended_with_another(case) else ""
        history.append((step.kind, detail))
        if step.kind == Act.OPEN and opens_by_application(case):
            history.append((Act.APPLY.value, ""))
    return history


def opens_by_application(case: Case) -> bool:
    """The member's own application opened it, or lay there when it was opened."""
    steps = [step.kind for step in case.steps.all()]
    return case.applied_date is not None and Act.APPLY not in steps


def together(everything: list[Case]) -> list[tuple[object, str, str, str]]:
    """All that was done about the member, in the order it was entered."""
    details = {case.pk: iter(history_of(case)) for case in everything}
    of = {case.pk: case for case in everything}
    events = []
    for step in CaseStep.objects.filter(case__in=of).order_by("pk"):
        act, detail = next(details[step.case_id])
        events.append((step.case_id, of[step.case_id].kind, act, detail))
        if act == Act.OPEN and opens_by_application(of[step.case_id]):
            next(details[step.case_id])
    return events


def ended_with_another(case: Case) -> bool:
    after = Case.objects.filter(origin=case).exclude(closed_date=None, decision_date=None)
    member = case.member
    return after.exists() or member.exited_date is not None


def check(office: Office) -> None:
    """一、二 of 19号, on everything that stands."""
    office.member.refresh_from_db()
    everything = list(Case.objects.prefetch_related("steps", "deliveries"))
    for case in everything:
        lawful.assert_lawful(about(case), history_of(case))
        check_dates(case)
        check_people(office, case)
        check_told(case)
    lawful.assert_lawful_together(together(everything))
    check_register(office, everything)
    undecided = [case.kind for case in everything if case.closed_date is None]
    assert len(undecided) == len(set(undecided))


def check_dates(case: Case) -> None:
    passed = [day for day in (getattr(case, name) for name in MILESTONES) if day is not None]
    assert passed == sorted(passed)
    if case.submitted_date and case.applied_date:
        assert case.applied_date <= case.submitted_date
    if case.proposed_date:
        for said in case.opinions.filter(superseded_at=None):
            assert case.informed_date <= said.date <= case.proposed_date


def check_people(office: Office, case: Case) -> None:
    """Nobody approves their own proposal or acts on a case of their own."""
    own = {Act.APPLY, Act.ANSWER}
    if case.ground == Ground.OWN_APPLICATION:
        own |= {Act.OPEN, Act.DROP}
    for step in case.steps.all():
        assert step.entered_by_id != office.own.pk or step.kind in own
        assert step.kind != Act.ANSWER or step.entered_by_id == office.own.pk
    if case.decision_date is not None:
        assert case.decided_by_id != case.proposed_by_id
        assert case.decision_number.strip()
        assert case.decision_meeting.strip()
        assert (case.deciding_body == "chairpersons_council") == (case.kind in lawful.SUSPENDING)
    for said in case.opinions.all():
        speaker = office.account(said.partner)
        assert said.entered_by_id == speaker.pk or (said.on_behalf and said.document_number)


def check_told(case: Case) -> None:
    """The parties are listed with the decision; notified is when each of them was told."""
    rows = list(case.deliveries.all())
    approved = case.decision_date is not None and case.state != CaseState.REJECTED
    refused = case.state == CaseState.REJECTED and case.kind == CaseKind.RESIGNATION
    assert bool(rows) == (approved or refused)
    if rows:
        told_all = all(row.delivered_date is not None for row in rows)
        assert told_all == (case.notified_date is not None)
        assert refused or told_all == (case.state in {CaseState.NOTIFIED, CaseState.PUBLISHED})
        assert not case.published_date or told_all


def check_register(office: Office, everything: list[Case]) -> None:
    """The register says what was decided, from the dates of the decisions, and nothing else."""
    approved = sorted(
        (case for case in everything if case.decision_date and case.state != CaseState.REJECTED),
        key=lambda case: case.pk,
    )
    exits = [case.decision_date for case in approved if case.kind in lawful.EXITS]
    assert [office.member.exited_date] == (exits or [None])
    begun = {
        case.suspension_id: case.decision_date
        for case in approved
        if case.kind == CaseKind.SUSPENSION
    }
    ended = {
        case.suspension_id: case.decision_date
        for case in approved
        if case.kind == CaseKind.REINSTATEMENT
    }
    periods = {row.pk: row for row in SuspensionPeriod.objects.filter(member=office.member)}
    assert set(ended) <= set(begun) == set(periods)
    for key, row in periods.items():
        ends = [day for day in (ended.get(key), *exits) if day is not None]
        last = min((max(day, row.start_date) for day in ends), default=None)
        assert (row.start_date, row.end_date) == (begun[key], last)
    post = Tenure.objects.get(member=office.member)
    left = [case.decision_date for case in approved if case.kind.endswith("_standing")]
    assert post.end_date == min([*left, *exits], default=None)


def state_of_all() -> list[object]:
    return [
        list(Case.objects.order_by("pk").values_list()),
        CaseStep.objects.count(),
        CaseOpinion.objects.count(),
        list(CaseDelivery.objects.order_by("pk").values_list("delivered_date", flat=True)),
        list(Member.objects.values_list("exited_date", "version")),
        list(SuspensionPeriod.objects.order_by("pk").values_list()),
        AuditEntry.objects.count(),
    ]


def kinds_of(chance: Random) -> list[str]:
    """Suspension and reinstatement come together."""
    kind = chance.choice(CaseKind.values)
    suspending = ["suspension", "reinstatement", "revoke"][: chance.choice([2, 3])]
    joining = ["order_resign", "revoke"]
    return chance.choice([[kind], [kind, "revoke"], suspending, joining, joining])


def play(desk: Desk, chance: Random, reached: Counter) -> None:
    member = make_seat(desk, "own", party=chance.choice([Party.CPC, Party.CDL]))
    office = Office(
        desk, member, member.person.user, kinds_of(chance), chance.choice([0.02, 0.1, 0.4])
    )
    entries = AuditEntry.objects.count()
    for _ in range(ATTEMPTS * len(office.kinds)):
        office.today += timedelta(days=chance.choice([0, 0, 1, 1, 2]))
        before = state_of_all() if chance.random() < 0.05 else None
        try:
            done = attempt(office, chance)
        except RefusalError:
            done = ""
        if done:
            entries += 1
            assert AuditEntry.objects.count() == entries  # one entry an act
            if chance.random() < 0.1:
                check(office)
        elif before is not None:
            assert state_of_all() == before  # a refusal leaves no trace
    check(office)  # of the whole history
    reached.update(Case.objects.values_list("state", flat=True))
    reached.update(CaseStep.objects.values_list("kind", flat=True))


def test_no_order_of_acts_by_anybody_leaves_the_rules():
    desk, reached = make_desk(), Counter()
    for seed in range(SEQUENCES):
        with undone():
            play(desk, Random(seed), reached)  # noqa: S311 -- the same each time
    ended = {CaseState.PUBLISHED, CaseState.NOTIFIED, CaseState.REJECTED, CaseState.DROPPED}
    assert ended | {Act.REFUSE} <= set(reached)
