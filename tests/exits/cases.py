"""Cases for tests: a member of each side, the accounts that act, and a case brought to a state."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from accounts.roles import RoleCode
from exits.choices import Act, CaseKind, Ground
from exits.models import Case
from exits.services import (
    decide_case,
    give_opinion,
    hand_in_application,
    inform_departments,
    open_case,
    propose_case,
    publish_case,
    record_delivery,
    record_effort,
    record_refusal,
    submit_case,
)
from members.choices import Party
from members.models import Member, Term
from tests.accounts.people import make_user
from tests.building import make_member, make_term, suspend

TODAY = date(2024, 6, 28)
AT = timezone.make_aware(datetime.combine(TODAY, time(12)))
START = date(2024, 6, 3)
#: The n-th day of a case; the opening is day 0.
DAYS = [START + timedelta(days=number) for number in range(30)]
#: A ground of each kind that an office may open a case on.
GROUND_OF = {
    CaseKind.RESIGNATION: Ground.HEALTH,
    CaseKind.ORDER_RESIGN: Ground.SANCTIONED,
    CaseKind.REVOKE: Ground.CRIMINAL,
    CaseKind.ADVISE_RESIGN_STANDING: Ground.STANDING_TWO_RUNNING,
    CaseKind.ORDER_RESIGN_STANDING: Ground.STANDING_TWO_IN_YEAR,
    CaseKind.SUSPENSION: Ground.SUSPECTED,
    CaseKind.REINSTATEMENT: Ground.CLEARED,
}


@dataclass
class Desk:
    """Who acts in a case."""

    term: Term
    registrar: User
    second: User
    leader: User
    organization: User
    united_front: User


def make_desk() -> Desk:
    return Desk(
        term=make_term("cases"),
        registrar=make_user("registrar", RoleCode.REGISTRAR, name="联络科甲"),
        second=make_user("second", RoleCode.REGISTRAR, name="联络科乙"),
        leader=make_user("leader", RoleCode.LEADER, name="分管领导"),
        organization=make_user("organization", RoleCode.ORGANIZATION_DEPARTMENT),
        united_front=make_user("united-front", RoleCode.UNITED_FRONT_DEPARTMENT),
    )


def make_seat(desk: Desk, username: str = "", party: str = Party.CPC, **fields) -> Member:
    """A standing member with an account where a name for it is given."""
    member = make_member(desk.term, standing_from=desk.term.start_date, party=party, **fields)
    if username:
        member.person.user = make_user(username, RoleCode.MEMBER, name=member.person.name)
        member.person.save()
    return member


def day(number: int) -> date:
    return START + timedelta(days=number)


def opened(desk: Desk, member: Member, kind: str, **fields) -> Case:
    """Of a reinstatement, the member is suspended first."""
    on = fields.pop("opened_date", START)
    if kind == CaseKind.REINSTATEMENT and not member.suspensions.exists():
        suspend(member, date(2024, 5, 6))
    values = {"ground": GROUND_OF[kind], "grounds": "有关情况", "actor": desk.registrar, "at": AT}
    return open_case(member=member, kind=kind, opened_date=on, **(values | fields))


def informed(desk: Desk, case: Case, on: date = DAYS[1]) -> Case:
    return inform_departments(case=case, date=on, note="通报情况", actor=desk.registrar, at=AT)


def opine(desk: Desk, case: Case, partner: str, verdict: str = "agree", **fields):
    """In the department's own account."""
    values = {"text": "经研究，意见如上。", "date": day(2), "at": AT}
    values["actor"] = getattr(desk, partner)
    return give_opinion(case=case, partner=partner, verdict=verdict, **(values | fields))


def consulted(desk: Desk, case: Case, on: date = DAYS[2]) -> Case:
    """Both departments agree where both are asked, else that of the member's side."""
    together = {CaseKind.RESIGNATION, CaseKind.SUSPENSION, CaseKind.REINSTATEMENT}
    both = case.kind in together and case.ground != Ground.ADVISED
    for partner in ("organization", "united_front") if both else (case.side,):
        opine(desk, case, partner, date=on)
    case.refresh_from_db()
    return case


def proposed(desk: Desk, case: Case, **fields) -> Case:
    values = {"date": day(3), "proposal": "建议如上。", "actor": desk.registrar, "at": AT}
    return propose_case(case=case, **(values | fields))


def pressed(desk: Desk, case: Case) -> Case:
    for act, on in ((Act.REMIND, day(4)), (Act.PERSUADE, day(5))):
        case = record_effort(case=case, act=act, date=on, note="面谈", actor=desk.registrar, at=AT)
    return case


def applied(desk: Desk, case: Case, on: date = DAYS[6]) -> Case:
    return hand_in_application(case=case, date=on, note="收到书面申请", actor=desk.registrar, at=AT)


def refused(desk: Desk, case: Case, **fields) -> Case:
    values = {"date": day(6), "note": "明确表示不提交", "actor": desk.registrar, "at": AT}
    return record_refusal(case=case, **(values | fields))


def submitted(desk: Desk, case: Case, on: date = DAYS[7]) -> Case:
    return submit_case(case=case, date=on, note="提请审议", actor=desk.registrar, at=AT)


def decide(desk: Desk, case: Case, *, approved: bool = True, **fields) -> Case:
    values = {
        "date": day(8),
        "meeting": "第十次会议",
        "number": "萍协〔2024〕8号",
        "unit": "某某公司",
        "note": "会议通过",
        "actor": desk.second,
        "at": AT,
    }
    return decide_case(case=case, approved=approved, **(values | fields))


def deliver_all(desk: Desk, case: Case, on: date = DAYS[9]) -> Case:
    for delivery in case.deliveries.order_by("pk"):
        case = record_delivery(
            delivery=delivery, date=on, manner="直接送达", actor=desk.registrar, at=AT
        )
    return case


def published(desk: Desk, case: Case, on: date = DAYS[10]) -> Case:
    return publish_case(
        case=case, date=on, place="政协网站", note="公布", actor=desk.registrar, at=AT
    )


def to_proposed(desk: Desk, member: Member, kind: str, **fields) -> Case:
    case = opened(desk, member, kind, **fields)
    late = (case.opened_date - START).days
    case = consulted(desk, informed(desk, case, day(late + 1)), day(late + 2))
    return proposed(desk, case, date=day(late + 3))


def to_submitted(desk: Desk, member: Member, kind: str, **fields) -> Case:
    """The written application is there where the kind needs one."""
    case = to_proposed(desk, member, kind, **fields)
    late = (case.opened_date - START).days
    if kind in {
        CaseKind.RESIGNATION,
        CaseKind.ORDER_RESIGN,
        CaseKind.ADVISE_RESIGN_STANDING,
        CaseKind.ORDER_RESIGN_STANDING,
    }:
        case = applied(desk, case, day(late + 6))
    return submitted(desk, case, day(late + 7))


def to_decided(desk: Desk, member: Member, kind: str, **fields) -> Case:
    case = to_submitted(desk, member, kind, **fields)
    return decide(desk, case, date=case.submitted_date + timedelta(days=1))
