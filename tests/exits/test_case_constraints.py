"""The database refuses what the procedure does not allow, whoever writes past the services."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from exits.choices import Addressee, CaseKind, CaseState, Ground, Partner
from exits.models import Case, CaseDelivery, CaseOpinion
from exits.models.constraints import CASE_CONSTRAINTS
from members.models import SuspensionPeriod
from tests.building import make_member, suspend
from tests.exits.cases import AT, day, make_desk

pytestmark = pytest.mark.django_db

OPENED = {
    "kind": CaseKind.REVOKE,
    "ground": Ground.CRIMINAL,
    "grounds": "情况",
    "side": Partner.ORGANIZATION,
    "state": CaseState.OPENED,
    "opened_date": day(0),
}
CONSULTING = OPENED | {"state": CaseState.CONSULTING, "informed_date": day(1)}
PROPOSED = CONSULTING | {
    "state": CaseState.PROPOSED,
    "organization_opinion": "agree",
    "proposed_date": day(2),
    "proposal": "建议",
    "proposed_by": "registrar",
}
SUBMITTED = PROPOSED | {"state": CaseState.SUBMITTED, "submitted_date": day(3)}
DECIDED = SUBMITTED | {
    "state": CaseState.DECIDED,
    "deciding_body": "standing_committee",
    "decision_date": day(4),
    "decision_number": "1号",
    "decision_meeting": "会议",
    "decided_by": "second",
}
REJECTED = DECIDED | {"state": CaseState.REJECTED, "closed_date": day(4)}
NOTIFIED = DECIDED | {"state": CaseState.NOTIFIED, "notified_date": day(5)}
PUBLISHED = NOTIFIED | {
    "state": CaseState.PUBLISHED,
    "published_date": day(6),
    "published_in": "网站",
    "closed_date": day(6),
}
DROPPED = PROPOSED | {"state": CaseState.DROPPED, "closed_date": day(3)}
ORDER = {"kind": CaseKind.ORDER_RESIGN, "ground": Ground.SANCTIONED}
ORDERED = PROPOSED | ORDER
APPLIED = SUBMITTED | ORDER | {"applied_date": day(3)}
RESIGNATION = {
    "kind": CaseKind.RESIGNATION,
    "ground": Ground.HEALTH,
    "united_front_opinion": "disagree",
}
RESIGNED = PROPOSED | RESIGNATION
NOT_AGREED = REJECTED | RESIGNATION | {"applied_date": day(1), "closed_date": None}
ANSWERED = NOT_AGREED | {"notified_date": day(5), "closed_date": day(5)}
ADVISED = RESIGNED | {"ground": Ground.ADVISED, "united_front_opinion": ""}
OWN = CONSULTING | RESIGNATION | {"ground": Ground.OWN_APPLICATION, "applied_date": day(1)}
REFUSED = ORDERED | {"state": CaseState.REFUSED, "refused_date": day(3)}
SUSPENSION = {
    "kind": CaseKind.SUSPENSION,
    "ground": Ground.SUSPECTED,
    "united_front_opinion": "agree",
}
SUSPENDED = DECIDED | SUSPENSION | {"deciding_body": "chairpersons_council", "suspension": "period"}
TOLD = SUSPENDED | {"state": CaseState.NOTIFIED, "notified_date": day(5), "closed_date": day(5)}
LAWFUL = {
    "opened": OPENED,
    "consulting": CONSULTING,
    "proposed": PROPOSED,
    "submitted": SUBMITTED,
    "decided": DECIDED,
    "rejected": REJECTED,
    "notified": NOTIFIED,
    "published": PUBLISHED,
    "dropped": DROPPED,
    "dropped at once": OPENED | {"state": CaseState.DROPPED, "closed_date": day(0)},
    "order proposed": ORDERED,
    "order applied": APPLIED,
    "order refused": REFUSED,
    "order refused and dropped": REFUSED | {"state": CaseState.DROPPED, "closed_date": day(9)},
    "revoke out of an order": OPENED | {"ground": Ground.REFUSED_ORDER, "origin": "order"},
    "order joined to a revoke case": PROPOSED | {"origin": "order"},
    "resignation advised against": RESIGNED,
    "resignation refused": NOT_AGREED,
    "refused resignation told": ANSWERED,
    "advised resignation": ADVISED,
    "own application": OWN,
    "own application not there yet": OPENED
    | {"kind": CaseKind.RESIGNATION, "ground": Ground.OWN_APPLICATION},
    "suspension decided": SUSPENDED,
    "suspension told": TOLD,
    "reinstatement decided": SUSPENDED | {"kind": CaseKind.REINSTATEMENT, "ground": Ground.CLEARED},
    "others' side": PROPOSED
    | {
        "side": Partner.UNITED_FRONT,
        "organization_opinion": "",
        "united_front_opinion": "agree",
    },
    "a day for everything": PUBLISHED
    | {f"{name}_date": day(0) for name in ("informed", "proposed", "submitted", "decision")}
    | {f"{name}_date": day(0) for name in ("notified", "published", "closed")},
}
#: (constraint, lawful row, what makes it unlawful)
UNLAWFUL = [
    ("case_has_grounds", OPENED, {"grounds": ""}),
    ("case_state_and_side_known", OPENED, {"state": "waiting"}),
    ("case_state_and_side_known", OPENED, {"side": "other"}),
    ("case_ground_fits_kind", OPENED, {"ground": Ground.SANCTIONED}),
    ("case_ground_fits_kind", OPENED, {"kind": "fine"}),
    ("case_milestones_in_order", CONSULTING, {"informed_date": day(-1)}),
    ("case_milestones_in_order", PROPOSED, {"proposed_date": day(0)}),
    ("case_milestones_in_order", SUBMITTED, {"submitted_date": day(1)}),
    ("case_milestones_in_order", DECIDED, {"decision_date": day(2)}),
    ("case_milestones_in_order", NOTIFIED, {"notified_date": day(3)}),
    ("case_milestones_in_order", PUBLISHED, {"published_date": day(4)}),
    ("case_informed_before_consulting", CONSULTING, {"informed_date": None}),
    ("case_informed_before_consulting", PROPOSED, {"informed_date": None}),
    ("case_proposal_is_made_by_somebody", PROPOSED, {"proposed_date": None}),
    ("case_proposal_is_made_by_somebody", PROPOSED, {"proposal": ""}),
    ("case_proposal_is_made_by_somebody", PROPOSED, {"proposed_by": None}),
    ("case_departments_consulted", PROPOSED, {"organization_opinion": ""}),
    ("case_departments_consulted", PROPOSED, {"organization_opinion": "disagree"}),
    ("case_departments_consulted", PROPOSED, {"side": Partner.UNITED_FRONT}),
    ("case_departments_consulted", SUSPENDED, {"united_front_opinion": ""}),
    ("case_departments_consulted", SUSPENDED, {"organization_opinion": "disagree"}),
    ("case_departments_consulted", RESIGNED, {"united_front_opinion": ""}),
    ("case_departments_consulted", RESIGNED, {"organization_opinion": ""}),
    ("case_departments_consulted", ADVISED, {"organization_opinion": "disagree"}),
    ("case_departments_consulted", ADVISED, {"side": Partner.UNITED_FRONT}),
    ("case_own_application_before_consulting", OWN, {"applied_date": None}),
    ("case_own_application_before_consulting", OWN, {"applied_date": day(2)}),
    ("case_closed_when_ended", NOT_AGREED, {"closed_date": day(5)}),
    ("case_closed_when_ended", ANSWERED, {"closed_date": None}),
    ("case_closed_when_ended", REJECTED, {"closed_date": None}),
    ("case_no_milestone_ahead", REJECTED, {"notified_date": day(5)}),
    ("case_applied_before_submission", APPLIED, {"applied_date": None}),
    ("case_submitted_after_application", APPLIED, {"applied_date": day(4)}),
    ("case_submitted_has_date", SUBMITTED, {"submitted_date": None}),
    ("case_refused_by_order_only", REFUSED, {"kind": CaseKind.REVOKE, "ground": "criminal"}),
    ("case_refused_by_order_only", REFUSED, {"applied_date": day(2)}),
    ("case_refused_by_order_only", REFUSED, {"state": CaseState.PROPOSED}),
    ("case_refused_has_date", REFUSED, {"refused_date": None}),
    ("case_refused_after_proposal", REFUSED, {"refused_date": day(1)}),
    ("case_decision_is_documented", DECIDED, {"decision_number": ""}),
    ("case_decision_is_documented", DECIDED, {"decision_meeting": ""}),
    ("case_decision_is_documented", DECIDED, {"decided_by": None}),
    ("case_decision_is_documented", DECIDED, {"decision_date": None, "deciding_body": ""}),
    ("case_decision_is_documented", REJECTED, {"decision_number": ""}),
    ("case_undecided_has_no_decision", DECIDED, {"state": CaseState.SUBMITTED}),
    ("case_nobody_decides_own_proposal", DECIDED, {"decided_by": "registrar"}),
    ("case_decided_by_its_body", DECIDED, {"deciding_body": "chairpersons_council"}),
    ("case_decided_by_its_body", DECIDED, {"deciding_body": ""}),
    ("case_decided_by_its_body", SUSPENDED, {"deciding_body": "standing_committee"}),
    ("case_notified_has_date", NOTIFIED, {"notified_date": None}),
    ("case_published_somewhere", PUBLISHED, {"published_in": ""}),
    ("case_published_somewhere", PUBLISHED, {"published_date": None}),
    ("case_published_somewhere", TOLD,
     {"state": CaseState.PUBLISHED, "published_date": day(6), "published_in": "网站"}),
    ("case_closed_when_ended", PUBLISHED, {"closed_date": None}),
    ("case_closed_when_ended", NOTIFIED, {"closed_date": day(5)}),
    ("case_closed_when_ended", TOLD, {"closed_date": None}),
    ("case_closed_when_ended", DROPPED, {"closed_date": None}),
    ("case_closes_after_opening", DROPPED, {"closed_date": day(-1)}),
    ("case_no_milestone_ahead", OPENED, {"informed_date": day(1)}),
    ("case_no_milestone_ahead", CONSULTING, {"proposed_date": day(2)}),
    ("case_no_milestone_ahead", PROPOSED, {"submitted_date": day(3)}),
    ("case_no_milestone_ahead", DECIDED, {"notified_date": day(5)}),
    ("case_no_milestone_ahead", NOTIFIED, {"published_date": day(6)}),
    ("case_origin_leads_to_revoke", OPENED | ORDER, {"origin": "order"}),
    ("case_suspension_by_decision", SUSPENDED, {"suspension": None}),
    ("case_suspension_by_decision", DECIDED, {"suspension": "period"}),
]  # fmt: skip


@pytest.fixture
def known(db):
    """What a row refers to, by the words used above."""
    desk = make_desk()
    member = make_member(desk.term)
    order = Case(member=make_member(desk.term), **(OPENED | ORDER))
    order.save()
    return {
        "member": member,
        "registrar": desk.registrar,
        "second": desk.second,
        "period": suspend(member, date(2024, 5, 6)),
        "order": order,
    }


def build(known, row, model=Case, **fields):
    named = {
        name: known[value] if isinstance(value, str) and value in known else value
        for name, value in (row | fields).items()
    }
    return model(**({"member": known["member"]} | named))


def is_refused(row, by):
    """Whether the database refuses the row by the constraint named."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as refusal:
        return by in str(refusal)
    return False


def is_unchangeable(known, change, by):
    values = build(known, change)
    named = {name: getattr(values, name) for name in change}
    try:
        with transaction.atomic():
            Case.objects.filter(member=known["member"]).update(**named)
    except IntegrityError as refusal:
        return by in str(refusal)
    return False


def test_lawful_rows_are_taken(known):
    for row in LAWFUL.values():
        point = transaction.savepoint()
        build(known, row).save(force_insert=True)
        transaction.savepoint_rollback(point)


def test_unlawful_rows_are_refused_beside_lawful_ones(known):
    taken = []
    for constraint, row, change in UNLAWFUL:
        point = transaction.savepoint()
        refused = is_refused(build(known, row | change), constraint)
        build(known, row).save(force_insert=True)
        if not refused or not is_unchangeable(known, change, constraint):
            taken.append((constraint, change))
        transaction.savepoint_rollback(point)
    assert taken == []


def test_every_constraint_is_tried():
    tried = {constraint for constraint, _, _ in UNLAWFUL}
    assert tried | {"case_one_open"} == {constraint.name for constraint in CASE_CONSTRAINTS}


def unique(name, columns):
    """What the database says of a unique constraint."""
    return name if connection.vendor == "postgresql" else columns


def test_one_case_of_a_kind_is_open(known):
    twice = unique("case_one_open", "exits_case.member_id, exits_case.kind")
    build(known, DROPPED).save()
    build(known, OPENED).save()
    assert is_refused(build(known, CONSULTING), twice)
    build(known, PUBLISHED).save()
    build(known, OPENED | ORDER).save()


def test_order_leads_to_one_revoke_case(known):
    row = OPENED | {"ground": Ground.REFUSED_ORDER, "origin": "order"}
    build(known, row).save()
    again = row | {"state": CaseState.DROPPED, "closed_date": day(1)}
    assert is_refused(build(known, again), unique("origin", "origin"))


def opinion(case, **fields):
    values = {"case": case, "partner": "organization", "verdict": "agree", "text": "同意"}
    return CaseOpinion(**(values | {"date": day(1), "entered_at": AT} | fields))


def test_department_has_one_valid_opinion_and_a_document_on_behalf(known):
    case = build(known, CONSULTING)
    case.save()
    by = {"entered_by": known["registrar"]}
    behalf = opinion(case, on_behalf=True, **by)
    assert is_refused(behalf, "case_opinion_on_behalf_has_document")
    opinion(case, on_behalf=True, document_number="1号", superseded_at=AT, **by).save()
    opinion(case, **by).save()
    twice = unique("case_opinion_one_valid", "exits_caseopinion.case_id")
    assert is_refused(opinion(case, verdict="disagree", **by), twice)
    opinion(case, partner="united_front", on_behalf=True, attachment="a.pdf", **by).save()


def delivery(case, **fields):
    return CaseDelivery(**({"case": case, "addressee": Addressee.UNIT, "name": "单位"} | fields))


def test_delivery_has_date_and_manner_and_is_one_a_party(known):
    case = build(known, DECIDED)
    case.save()
    told = {"delivered_date": day(5), "manner": "邮寄", "entered_at": AT}
    for missing in told:
        blank = "" if missing == "manner" else None
        unfinished = delivery(case, **(told | {missing: blank}))
        assert is_refused(unfinished, "case_delivery_has_manner")
    delivery(case, **told).save()
    twice = unique("case_delivery_once", "exits_casedelivery.case_id")
    assert is_refused(delivery(case), twice)
    delivery(case, addressee=Addressee.MEMBER).save()


def test_suspension_does_not_end_before_it_begins(known):
    period = known["period"]
    with pytest.raises(IntegrityError), transaction.atomic():
        SuspensionPeriod.objects.filter(pk=period.pk).update(end_date=date(2024, 5, 5))
    SuspensionPeriod.objects.filter(pk=period.pk).update(end_date=date(2024, 5, 6))
