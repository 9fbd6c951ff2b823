"""What a case is open to, tried in thousands of random orders against the rules' own words."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

import pytest

from exits.choices import Act, CaseKind, CaseState, Ground, Partner, Verdict
from exits.procedures import PROCEDURES, all_agree, allowed, has_ended, partners_of
from tests.exits import lawful

SEQUENCES = 5000
STEPS = 40
PARTIES_TOLD = 3
EFFORTS = (Act.REMIND, Act.PERSUADE)
TELLING = {(Act.REMIND, ""), (Act.PERSUADE, ""), (Act.APPLY, ""), (Act.DECIDE, "approved")}
STATE_AFTER = {
    (Act.INFORM, ""): CaseState.CONSULTING,
    (Act.PROPOSE, ""): CaseState.PROPOSED,
    (Act.REFUSE, ""): CaseState.REFUSED,
    (Act.SUBMIT, ""): CaseState.SUBMITTED,
    (Act.DECIDE, "approved"): CaseState.DECIDED,
    (Act.DECIDE, "rejected"): CaseState.REJECTED,
    (Act.DELIVER, "last"): CaseState.NOTIFIED,
    (Act.PUBLISH, ""): CaseState.PUBLISHED,
    (Act.DROP, ""): CaseState.DROPPED,
}


@dataclass
class Sketch:
    """A case in memory, moved on as the services move one."""

    kind: str
    side: str
    state: str = CaseState.OPENED
    has_applied: bool = False
    was_told: bool = False
    efforts: set[str] = field(default_factory=set)
    opinions: dict[str, str] = field(default_factory=dict)
    told: int = 0

    def opinion_of(self, partner: Partner) -> str:
        return self.opinions.get(partner, "")

    def move(self, act: str, detail: str) -> None:
        self.state = STATE_AFTER.get((act, detail), self.state)
        if act == Act.OPINE:
            partner, verdict = detail.split(":")
            self.opinions[partner] = verdict
        if act in EFFORTS:
            self.efforts.add(act)
        self.has_applied = self.has_applied or act == Act.APPLY
        self.was_told = self.was_told or (act, detail) in TELLING

    def detail_of(self, act: str, chance: Random) -> str:
        match act:
            case Act.OPINE:
                partner = chance.choice(sorted(partners_of(self.kind, self.side)))
                return f"{partner}:{chance.choice(['agree', 'agree', 'agree', 'disagree'])}"
            case Act.DECIDE:
                return chance.choice(["approved", "approved", "rejected"])
            case Act.DELIVER:
                self.told += 1
                return "last" if self.told == PARTIES_TOLD else ""
        return ""


def play(chance: Random) -> tuple[Sketch, list[tuple[str, str]]]:
    """Whatever the case is open to, at random, until it is open to nothing."""
    case = Sketch(chance.choice(CaseKind.values), chance.choice(Partner.values))
    history = [(Act.OPEN.value, "")]
    eager = chance.random() < 0.8  # most go far, some end early
    for _ in range(STEPS):
        open_to = sorted(allowed(case) - ({Act.DROP} if eager else set()))
        if not open_to:
            break
        act = chance.choice(open_to)
        detail = case.detail_of(act, chance)
        case.move(act, detail)
        history.append((act.value, detail))
        lawful.assert_lawful(case.kind, case.side, history)
        assert has_ended(case.kind, case.state) == lawful.has_ended(case.kind, history)
    return case, history


def test_no_order_of_acts_leaves_the_rules():
    reached = Counter()
    for seed in range(SEQUENCES):
        case, _ = play(Random(seed))  # noqa: S311 -- the same each time
        reached[case.kind, case.state] += 1
    ends = {(kind, CaseState.DROPPED) for kind in CaseKind} | {
        (kind, CaseState.REJECTED) for kind in CaseKind
    }
    ends |= {(kind, CaseState.NOTIFIED) for kind in lawful.SUSPENDING}
    ends |= {(kind, CaseState.PUBLISHED) for kind in set(CaseKind.values) - lawful.SUSPENDING}
    ends |= {(kind, CaseState.REFUSED) for kind in lawful.REFUSABLE}
    assert ends <= set(reached)


@pytest.mark.parametrize("kind", CaseKind)
@pytest.mark.parametrize("side", Partner)
def test_partners_are_those_of_the_rules(kind, side):
    asked = {"organization", "united_front"} if kind in lawful.THREE_PARTIES else {side}
    assert partners_of(kind, side) == asked


def test_one_disagreement_is_no_agreement():
    case = Sketch(CaseKind.RESIGNATION, Partner.ORGANIZATION)
    case.opinions = {Partner.ORGANIZATION: Verdict.AGREE}
    assert not all_agree(case)
    case.opinions[Partner.UNITED_FRONT] = Verdict.DISAGREE
    assert not all_agree(case)
    case.opinions[Partner.UNITED_FRONT] = Verdict.AGREE
    assert all_agree(case)


def test_every_ground_but_other_belongs_to_one_kind():
    grounds = Counter(ground for row in PROCEDURES.values() for ground in row.grounds)
    assert {ground for ground, number in grounds.items() if number > 1} == {Ground.OTHER}
    assert set(grounds) == set(Ground)
