"""Which acts an account may do in a case it sees: the role's right and how the case stands."""

from accounts.models import User
from exits.choices import Act, Partner
from exits.models import Case
from exits.procedures import allowed, partners_of
from exits.querysets import partners_for

CARRY_ON, DECIDE, OPINE = "exits.carry_on_case", "exits.decide_case", "exits.give_opinion"
#: The right each act of the office's needs; the member's own acts are not among them.
NEEDED = {
    Act.INFORM: CARRY_ON,
    Act.OPINE: OPINE,
    Act.PROPOSE: CARRY_ON,
    Act.REMIND: CARRY_ON,
    Act.PERSUADE: CARRY_ON,
    Act.APPLY: CARRY_ON,
    Act.REFUSE: CARRY_ON,
    Act.SUBMIT: CARRY_ON,
    Act.DECIDE: DECIDE,
    Act.DELIVER: CARRY_ON,
    Act.PUBLISH: CARRY_ON,
    Act.DROP: CARRY_ON,
}


def is_about(user: User, case: Case) -> bool:
    return case.member.person.user_id == user.pk


def sees_conductors(user: User, case: Case) -> bool:
    """Who conducts the case, and whether its member knows, is for those who carry it on."""
    return user.has_perm(CARRY_ON) or case.conductors.filter(pk=user.pk).exists()


def may_ever(user: User, act: Act) -> bool:
    """Whether the account's roles do this act at all."""
    return act in NEEDED and user.has_perm(NEEDED[act])


def open_acts(user: User, case: Case) -> list[Act]:
    """What the account may do in the case now, in the order of the procedure.

    Who made the proposal is not offered its decision.
    """
    if is_about(user, case):
        return []
    now = allowed(case)
    return [
        act
        for act in NEEDED
        if act in now
        and may_ever(user, act)
        and not (act == Act.OPINE and not speaks_for(user, case))
        and not (act == Act.DECIDE and case.proposed_by_id == user.pk)
    ]


def speaks_for(user: User, case: Case) -> list[Partner]:
    """The departments whose opinion the account gives, or, for 委员联络科, enters from paper."""
    asked = [partner for partner in Partner if partner in partners_of(case)]
    if user.has_perm(CARRY_ON):
        return asked
    return [partner for partner in asked if partner in partners_for(user)]
