"""The procedure of a case as the database holds it, whoever writes (萍协办字〔2022〕19号).

What spans tables (the steps, opinions and deliveries behind a state) is the services' business.
"""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import F, Q

from exits.choices import CaseKind, CaseState, DecidingBody, Ground, Partner, Verdict
from exits.procedures import BEFORE_DECISION, CONSULTED, MEASURES, PROCEDURES, kinds_where

AFTER_DECISION = (CaseState.DECIDED, CaseState.NOTIFIED, CaseState.PUBLISHED)
BEFORE_DECISION_OR_REFUSED = (*BEFORE_DECISION, CaseState.REFUSED)
SUBMITTED_STATES = (CaseState.SUBMITTED, CaseState.REJECTED, *AFTER_DECISION)
SUSPENDING_KINDS = (CaseKind.SUSPENSION, CaseKind.REINSTATEMENT)
#: The milestones in the order they are passed; each falls on or after the ones before.
MILESTONES = (
    "opened_date",
    "informed_date",
    "proposed_date",
    "submitted_date",
    "decision_date",
    "notified_date",
    "published_date",
)


def _opinions_suffice() -> Q:
    """What the departments last said, as far as this kind of case needs them."""
    organization = Q(organization_opinion=Verdict.AGREE)
    united_front = Q(united_front_opinion=Verdict.AGREE)
    is_measure = Q(ground__in=MEASURES)
    asked = Q(kind__in=kinds_where(decides_either_way=True)) & ~is_measure
    spoken = Q(organization_opinion__in=Verdict.values, united_front_opinion__in=Verdict.values)
    both = Q(kind__in=kinds_where(consults_both=True, decides_either_way=False))
    one = Q(kind__in=kinds_where(consults_both=False)) | is_measure
    by_side = (Q(side=Partner.ORGANIZATION) & organization) | (
        Q(side=Partner.UNITED_FRONT) & united_front
    )
    return (asked & spoken) | (both & organization & united_front) | (one & by_side)


def _in_order() -> Q:
    condition = Q()
    for place, later in enumerate(MILESTONES):
        for earlier in MILESTONES[:place]:
            absent = Q(**{f"{earlier}__isnull": True}) | Q(**{f"{later}__isnull": True})
            condition &= absent | Q(**{f"{later}__gte": F(earlier)})
    return condition


def _nothing_ahead() -> Q:
    """A milestone has its date once the case has passed it, not sooner."""
    not_yet = {
        "informed_date": (CaseState.OPENED,),
        "proposed_date": (CaseState.OPENED, CaseState.CONSULTING),
        "submitted_date": (
            CaseState.OPENED,
            CaseState.CONSULTING,
            CaseState.PROPOSED,
            CaseState.REFUSED,
        ),
        "notified_date": (*BEFORE_DECISION_OR_REFUSED, CaseState.DECIDED),
        "published_date": (
            *BEFORE_DECISION_OR_REFUSED,
            CaseState.REJECTED,
            CaseState.DECIDED,
            CaseState.NOTIFIED,
        ),
    }
    condition = Q()
    for name, states in not_yet.items():
        condition &= Q(**{f"{name}__isnull": True}) | ~Q(state__in=states)
    untold = Q(state=CaseState.REJECTED) & ~Q(kind__in=kinds_where(decides_either_way=True))
    return condition & (Q(notified_date__isnull=True) | ~untold)


def _ground_fits() -> Q:
    pairs = [Q(kind=kind, ground__in=row.grounds) for kind, row in PROCEDURES.items()]
    return reduce(or_, pairs)


def _ended() -> Q:
    ended = Q(state__in=[CaseState.PUBLISHED, CaseState.DROPPED])
    told = Q(state=CaseState.NOTIFIED, kind__in=kinds_where(is_published=False))
    untold = Q(kind__in=kinds_where(decides_either_way=True), notified_date__isnull=True)
    return ended | told | (Q(state=CaseState.REJECTED) & ~untold)


CASE_CONSTRAINTS = [
    models.UniqueConstraint(
        fields=["member", "kind"],
        condition=Q(closed_date__isnull=True),
        name="case_one_open",
        violation_error_message="该委员已有一件同类事项正在办理。",
    ),
    models.CheckConstraint(
        condition=~Q(grounds=""),
        name="case_has_grounds",
        violation_error_message="请写明事由。",
    ),
    models.CheckConstraint(
        condition=_in_order(),
        name="case_milestones_in_order",
        violation_error_message="各环节的日期须依次先后。",
    ),
    models.CheckConstraint(
        condition=~Q(state__in=[*CONSULTED, CaseState.CONSULTING]) | Q(informed_date__isnull=False),
        name="case_informed_before_consulting",
        violation_error_message="会商之前须先通报情况。",
    ),
    models.CheckConstraint(
        condition=~Q(ground=Ground.OWN_APPLICATION)
        | Q(informed_date__isnull=True)
        | Q(applied_date__isnull=False, informed_date__gte=F("applied_date")),
        name="case_own_application_before_consulting",
        violation_error_message="本人主动申请辞去的，须先有书面申请，再向会商部门通报。",
    ),
    models.CheckConstraint(
        condition=~Q(state__in=CONSULTED)
        | (Q(proposed_date__isnull=False, proposed_by__isnull=False) & ~Q(proposal="")),
        name="case_proposal_is_made_by_somebody",
        violation_error_message="提出建议须有日期、内容和提出人。",
    ),
    models.CheckConstraint(
        condition=~Q(state__in=CONSULTED) | _opinions_suffice(),
        name="case_departments_consulted",
        violation_error_message="会商部门的意见尚不足以提出建议。",
    ),
    models.CheckConstraint(
        condition=~Q(state__in=SUBMITTED_STATES, kind__in=kinds_where(by_application=True))
        | Q(applied_date__isnull=False),
        name="case_applied_before_submission",
        violation_error_message="提请审议之前，委员须已提交书面申请。",
    ),
    models.CheckConstraint(
        condition=~Q(state__in=SUBMITTED_STATES) | Q(submitted_date__isnull=False),
        name="case_submitted_has_date",
        violation_error_message="提请审议须有日期。",
    ),
    models.CheckConstraint(
        condition=(
            Q(state=CaseState.REFUSED, refused_date__isnull=False, applied_date=None)
            & Q(kind__in=kinds_where(presses=True))
        )
        | Q(refused_date__isnull=True)
        | Q(state=CaseState.DROPPED, kind__in=kinds_where(presses=True)),
        name="case_refused_by_order_only",
        violation_error_message="只有责令（劝）辞的事项才有拒不提交申请。",
    ),
    models.CheckConstraint(
        condition=~Q(state=CaseState.REFUSED) | Q(refused_date__isnull=False),
        name="case_refused_has_date",
        violation_error_message="拒不提交申请须有日期。",
    ),
    models.CheckConstraint(
        condition=~Q(state__in=[*AFTER_DECISION, CaseState.REJECTED])
        | (
            Q(decision_date__isnull=False, decided_by__isnull=False)
            & ~Q(decision_number="")
            & ~Q(decision_meeting="")
        ),
        name="case_decision_is_documented",
        violation_error_message="决定须有日期、文号和会议。",
    ),
    models.CheckConstraint(
        condition=Q(decision_date__isnull=True)
        | Q(state__in=[*AFTER_DECISION, CaseState.REJECTED]),
        name="case_undecided_has_no_decision",
        violation_error_message="尚未作出决定的事项不能有决定日期。",
    ),
    models.CheckConstraint(
        condition=Q(decided_by__isnull=True)
        | Q(proposed_by__isnull=True)
        | ~Q(decided_by=F("proposed_by")),
        name="case_nobody_decides_own_proposal",
        violation_error_message="提出建议的人不能自己登记决定。",
    ),
    models.CheckConstraint(
        condition=Q(decision_date__isnull=True, deciding_body="")
        | Q(
            deciding_body=DecidingBody.STANDING_COMMITTEE,
            kind__in=kinds_where(body=DecidingBody.STANDING_COMMITTEE),
        )
        | Q(
            deciding_body=DecidingBody.CHAIRPERSONS_COUNCIL,
            kind__in=kinds_where(body=DecidingBody.CHAIRPERSONS_COUNCIL),
        ),
        name="case_decided_by_its_body",
        violation_error_message="退出由常务委员会会议决定，暂停、恢复由主席会议决定。",
    ),
    models.CheckConstraint(
        condition=~Q(state__in=[CaseState.NOTIFIED, CaseState.PUBLISHED])
        | Q(notified_date__isnull=False),
        name="case_notified_has_date",
        violation_error_message="书面通知完毕须有日期。",
    ),
    models.CheckConstraint(
        condition=~Q(state=CaseState.PUBLISHED)
        | (
            Q(published_date__isnull=False, kind__in=kinds_where(is_published=True))
            & ~Q(published_in="")
        ),
        name="case_published_somewhere",
        violation_error_message="公布须有日期和载体；暂停、恢复履职不公布。",
    ),
    models.CheckConstraint(
        condition=(_ended() & Q(closed_date__isnull=False))
        | (~_ended() & Q(closed_date__isnull=True)),
        name="case_closed_when_ended",
        violation_error_message="办结日期只在事项结束时填写。",
    ),
    models.CheckConstraint(
        condition=Q(closed_date__isnull=True) | Q(closed_date__gte=F("opened_date")),
        name="case_closes_after_opening",
        violation_error_message="办结日期不能早于立案日期。",
    ),
    models.CheckConstraint(
        condition=_nothing_ahead(),
        name="case_no_milestone_ahead",
        violation_error_message="尚未到达的环节不能有日期。",
    ),
    models.CheckConstraint(
        condition=_ground_fits(),
        name="case_ground_fits_kind",
        violation_error_message="所选情形不是此类事项的情形。",
    ),
    models.CheckConstraint(
        condition=Q(origin__isnull=True) | Q(kind=CaseKind.REVOKE),
        name="case_origin_leads_to_revoke",
        violation_error_message="拒不提交申请的，只能由撤销委员资格事项办理。",
    ),
    models.CheckConstraint(
        condition=Q(applied_date__isnull=True)
        | Q(submitted_date__isnull=True)
        | Q(submitted_date__gte=F("applied_date")),
        name="case_submitted_after_application",
        violation_error_message="提请审议不能早于委员提交书面申请。",
    ),
    models.CheckConstraint(
        condition=Q(refused_date__isnull=True)
        | Q(proposed_date__isnull=False, refused_date__gte=F("proposed_date")),
        name="case_refused_after_proposal",
        violation_error_message="拒不提交申请不能早于提出建议。",
    ),
    models.CheckConstraint(
        condition=(
            Q(suspension__isnull=True) & ~Q(state__in=AFTER_DECISION, kind__in=SUSPENDING_KINDS)
        )
        | Q(suspension__isnull=False, state__in=AFTER_DECISION, kind__in=SUSPENDING_KINDS),
        name="case_suspension_by_decision",
        violation_error_message="暂停、恢复履职的决定须有暂停期间，其他事项没有。",
    ),
    models.CheckConstraint(
        condition=Q(state__in=CaseState.values, side__in=Partner.values),
        name="case_state_and_side_known",
        violation_error_message="没有这样的状态或会商部门。",
    ),
]
