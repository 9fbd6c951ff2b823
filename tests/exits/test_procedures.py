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
    ground: str
    side: str
    state: str = CaseState.OPENED
    has_applied: bool = False
    was_told: bool = False
    efforts: set[str] = field(default_factory=set)
    opinions: dict[str, str] = field(default_factory=dict)
    told: int = 0
    was_notified: bool = False

    @property
    def about(self) -> lawful.About:
        return lawful.About(self.kind, self.ground, self.side)

    def opinion_of(self, partner: Partner) -> str:
        return self.opinions.get(partner, "")

    def move(self, act: str, detail: str) -> None:
        if (act, detail) == (Act.DELIVER, "last"):
            self.was_notified = True
        if self.state != CaseState.REJECTED:
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
                partner = chance.choice(sorted(partners_of(self)))
                return f"{partner}:{chance.choice(['agree', 'agree', 'agree', 'disagree'])}"
            case Act.DECIDE:
                return chance.choice(["approved", "approved", "rejected"])
            case Act.DELIVER:
                self.told += 1
                return "last" if self.told == PARTIES_TOLD else ""
        return ""


def play(chance: Random) -> tuple[Sketch, list[tuple[str, str]]]:
    """Whatever the case is open to, at random, until it is open to nothing."""
    kind = chance.choice(list(CaseKind))
    ground = chance.choice(PROCEDURES[kind].grounds)
    case = Sketch(kind.value, ground.value, chance.choice(Partner.values))
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
        lawful.assert_lawful(case.about, history)
        assert has_ended(case) == lawful.has_ended(case.about, history)
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
    for ground in PROCEDURES[kind].grounds:
        case = Sketch(kind, ground, side)
        assert partners_of(case) == case.about.asked


def test_who_is_advised_to_resign_is_the_matter_of_their_side():
    asked = [
        partners_of(Sketch(CaseKind.RESIGNATION, ground, Partner.UNITED_FRONT))
        for ground in (Ground.ADVISED, Ground.HEALTH)
    ]
    assert asked == [{Partner.UNITED_FRONT}, set(Partner)]


def consulting(kind, ground, *opinions):
    case = Sketch(kind, ground, Partner.ORGANIZATION, CaseState.CONSULTING, has_applied=True)
    case.opinions = dict(zip(Partner, opinions, strict=False))
    return case


@pytest.mark.parametrize(
    ("kind", "ground", "opinions", "is_open"),
    [
        (CaseKind.RESIGNATION, Ground.HEALTH, ["disagree", "disagree"], True),
        (CaseKind.RESIGNATION, Ground.HEALTH, ["agree", "disagree"], True),
        (CaseKind.RESIGNATION, Ground.HEALTH, ["disagree"], False),
        (CaseKind.RESIGNATION, Ground.OTHER, ["agree", "disagree"], True),
        (CaseKind.RESIGNATION, Ground.ADVISED, ["disagree"], False),
        (CaseKind.RESIGNATION, Ground.ADVISED, ["agree"], True),
        (CaseKind.REVOKE, Ground.CRIMINAL, ["disagree"], False),
        (CaseKind.SUSPENSION, Ground.SUSPECTED, ["agree", "disagree"], False),
    ],
)
def test_only_a_resignation_is_proposed_against_advice(kind, ground, opinions, is_open):
    assert (Act.PROPOSE in allowed(consulting(kind, ground, *opinions))) == is_open


def test_nobody_is_pressed_to_resign_against_advice():
    case = consulting(CaseKind.RESIGNATION, Ground.HEALTH, "agree", "disagree")
    case.state, case.has_applied = CaseState.PROPOSED, False
    assert allowed(case) == {Act.DROP, Act.APPLY}
    case.opinions[Partner.UNITED_FRONT] = Verdict.AGREE
    assert allowed(case) == {Act.DROP, Act.APPLY, Act.REMIND, Act.PERSUADE}


@pytest.mark.parametrize("ground", PROCEDURES[CaseKind.RESIGNATION].grounds)
def test_own_application_is_there_before_the_departments_are_asked(ground):
    case = Sketch(CaseKind.RESIGNATION, ground, Partner.ORGANIZATION)
    assert (Act.INFORM in allowed(case)) == (ground != Ground.OWN_APPLICATION)
    case.has_applied = True
    assert Act.INFORM in allowed(case)


@pytest.mark.parametrize("kind", CaseKind)
def test_refused_resignation_is_told_in_writing(kind):
    case = Sketch(kind, PROCEDURES[kind].grounds[0], Partner.ORGANIZATION, CaseState.REJECTED)
    told = {Act.DELIVER} if kind == CaseKind.RESIGNATION else set()
    assert (allowed(case), has_ended(case)) == (told, not told)
    case.was_notified = True
    assert (allowed(case), has_ended(case)) == (set(), True)


def test_one_disagreement_is_no_agreement():
    case = Sketch(CaseKind.RESIGNATION, Ground.HEALTH, Partner.ORGANIZATION)
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
