"""Telling people of interviews and cases: who is told what, and nothing beyond it.

Units and groups are told the decision; grounds, minutes and opinions are told to nobody here.
Members are told even while suspended: it is about them.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.roles import RoleCode
from core.dates import planned
from exits.choices import Act, CaseKind, CaseState, InterviewKind, Partner
from exits.models import Case, Interview
from exits.procedures import PROCEDURES, partners_of
from exits.querysets import ROLE_OF
from exits.selectors.interviews import leader_title, told_moment
from members.choices import NoticeKind
from members.models import Member, Notice, SpecialCommittee
from members.services.notices import read_notice, send_notice

CALL = "确有特殊情况不能参加的，请提前与委员联络科联系。"
#: The decision in words; {} is the member.
DECISIONS = {
    CaseKind.RESIGNATION: "同意{}辞去委员",
    CaseKind.ORDER_RESIGN: "责令{}辞去委员",
    CaseKind.REVOKE: "撤销{}的委员资格",
    CaseKind.ADVISE_RESIGN_STANDING: "同意{}辞去常委职务",
    CaseKind.ORDER_RESIGN_STANDING: "责令{}辞去常委职务",
    CaseKind.SUSPENSION: "暂停{}履行委员职责",
    CaseKind.REINSTATEMENT: "恢复{}履行委员职责",
}


def tell_of_interview(interview: Interview, *, actor: User | None, at: datetime) -> None:
    """The member, the leader who conducts, and the committee that takes part."""
    when, leader = told_moment(interview.scheduled_at), leader_title(interview)
    joined = f"，{interview.committee}参加" if interview.committee else ""
    name, kind = interview.member.person.name, interview.get_kind_display()
    _tell_interviewed(
        interview,
        "约谈通知",
        f"{name}委员：\n定于{when}在{interview.place}与您{_talk(interview)}，由{leader}主持{joined}。"
        f"请安排好时间，准时参加。\n事由见“我的事项”。{CALL}",
        actor=actor,
        at=at,
    )
    _tell_leader(
        interview,
        f"约谈安排：{name}",
        f"定于{when}在{interview.place}对{name}委员进行{kind}，请您主持{joined}。"
        "事由和约谈记录见办理页面。",
        actor=actor,
        at=at,
    )
    _tell_committee(
        interview,
        "约谈安排",
        f"定于{when}在{interview.place}对{name}委员进行{kind}，由{leader}主持，"
        f"请{interview.committee}派员参加。",
        actor=actor,
        at=at,
    )


def tell_of_minutes(interview: Interview, *, actor: User | None, at: datetime) -> None:
    """Asks the member to confirm the minutes."""
    held = told_moment(interview.held_at or at)
    _tell_interviewed(
        interview,
        "约谈记录请您确认",
        f"{held}的约谈记录已整理好，请阅读并确认。有不同意见或需要补充的，确认时一并写明。",
        actor=actor,
        at=at,
    )


def tell_of_cancelled_interview(interview: Interview, *, actor: User | None, at: datetime) -> None:
    """Those who were told of it."""
    when, name = told_moment(interview.scheduled_at), interview.member.person.name
    _tell_interviewed(
        interview, "约谈取消", f"原定{when}的约谈取消，请不必前往。", actor=actor, at=at
    )
    told = f"原定{when}对{name}委员的约谈取消。"
    _tell_leader(interview, f"约谈取消：{name}", told, actor=actor, at=at)
    _tell_committee(interview, "约谈取消", told, actor=actor, at=at)


def tell_of_rescheduled_interview(
    interview: Interview, *, former: tuple[datetime, str], actor: User | None, at: datetime
) -> None:
    """Those who were told of the former time and place."""
    name, when = interview.member.person.name, told_moment(interview.scheduled_at)
    told = f"改为{when}在{interview.place}进行。"
    was = f"原定{told_moment(former[0])}在{former[1]}"
    _tell_interviewed(
        interview,
        "约谈改期",
        f"{name}委员：\n{was}的约谈{told}请安排好时间，准时参加。\n{CALL}",
        actor=actor,
        at=at,
    )
    others = f"{was}对{name}委员的约谈{told}"
    _tell_leader(interview, f"约谈改期：{name}", others, actor=actor, at=at)
    _tell_committee(interview, "约谈改期", others, actor=actor, at=at)


def tell_departments(case: Case, *, actor: User | None, at: datetime) -> None:
    """Asks the departments that are to agree for their opinions (19号 一（三）1)."""
    roles = [ROLE_OF[partner] for partner in partners_of(case)]
    users = _others(User.objects.filter(groups__role__code__in=roles), case.member)
    if not users:
        return
    name, until = case.member.person.name, _until(case.due_date)
    send_notice(
        term=case.member.term,
        kind=NoticeKind.EXIT,
        title=f"请提出会商意见：{name}　{case.get_kind_display()}",
        body=f"关于{name}委员“{case.get_kind_display()}”事项，请研究并{until}提出会商意见。"
        "有关情况见办理页面。",
        users=users,
        subject=_subject(case),
        path=reverse("exits:case-detail", args=[case.pk]),
        reply_by=case.due_date,
        actor=actor,
        at=at,
    )


def tell_of_application(case: Case, *, actor: User | None, at: datetime) -> None:
    """委员联络科 that the member has applied; of a resignation also the department of their side, to
    which the application is addressed as well (19号 一（三）1（1）). It reads the case once informed.
    """
    name, side = case.member.person.name, Partner(case.side)
    _tell_office(case, f"委员提交书面申请：{name}　{case.get_kind_display()}", actor=actor, at=at)
    if case.kind != CaseKind.RESIGNATION:
        return
    on = planned(case.applied_date) if case.applied_date else ""
    role = ROLE_OF[side]
    users = _others(User.objects.filter(groups__role__code=role), case.member)
    send_notice(
        term=case.member.term,
        kind=NoticeKind.EXIT,
        title=f"委员申请辞去委员：{name}",
        body=f"{name}委员于{on}向市政协申请辞去委员，同时向市委{side.label}提出。"
        "有关情况由市政协办公室通报后，请在“会商意见”中研究提出意见。",
        users=users,
        parties=[] if users else [f"市委{side.label}"],
        subject=_subject(case),
        actor=actor,
        at=at,
    )


def tell_of_answer(case: Case, *, actor: User | None, at: datetime) -> None:
    """委员联络科, that the member has said something to the matter."""
    title = f"委员新说明：{case.member.person.name}　{case.get_kind_display()}"
    _tell_office(case, title, actor=actor, at=at)


def read_what_was_asked(case: Case, *, user: User, at: datetime) -> None:
    """Who has given the opinion has read what asked for it."""
    asked = Notice.objects.filter(
        subject=_subject(case), recipients__user=user, recipients__read_at__isnull=True
    )
    for notice in asked.distinct().order_by("pk"):
        read_notice(notice=notice, user=user, at=at)


def tell_of_effort(case: Case, act: Act, *, on: date, actor: User | None, at: datetime) -> None:
    """The member, that they were reminded or persuaded; the office's record of it stays inside."""
    done = "提醒您" if act == Act.REMIND else "就此与您谈话"
    _tell_concerned(
        case,
        f"{act.label}：{case.get_kind_display()}",
        f"关于“{case.get_kind_display()}”事项，市政协于{planned(on)}{done}。"
        f"请{_until(case.answer_by)}提交书面申请；有情况需要说明的，请在“我的事项”中写明。",
        actor=actor,
        at=at,
    )


def tell_of_decision(case: Case, *, approved: bool, actor: User | None, at: datetime) -> None:
    """The member; with them the committee, the sector group and the county group, if approved or
    where either answer is told (19号 一（三）3).

    Another matter the member never heard of and that was not approved stays untold.
    """
    kind = CaseKind(case.kind)
    if not approved and not PROCEDURES[kind].decides_either_way:
        if case.told_date is not None:
            _tell_concerned(
                case,
                f"审议结果：{kind.label}",
                f"{_by(case)}审议，未通过“{kind.label}”事项（{case.decision_number}）。",
                actor=actor,
                at=at,
            )
        return
    word = "决定通知" if approved else "审议结果"
    _tell_concerned(
        case,
        f"{word}：{kind.label}",
        f"{in_words(case, '您')}书面通知另行送达。",
        actor=actor,
        at=at,
    )
    units = _others(_unit_accounts(case), case.member)
    if units:
        send_notice(
            term=case.member.term,
            kind=NoticeKind.EXIT,
            title=f"{word}：{case.member.person.name}　{kind.label}",
            body=in_words(case, f"{case.member.person.name}委员"),
            users=units,
            subject=_subject(case),
            actor=actor,
            at=at,
        )


def in_words(case: Case, who: str) -> str:
    """The decision and what follows from it, without grounds."""
    kind = CaseKind(case.kind)
    if case.state == CaseState.REJECTED:
        decision = f"{_by(case)}审议，不{DECISIONS[kind].format(who)}（{case.decision_number}）。"
        return f"{decision}委员职务不变。"
    decision = f"{_by(case)}决定{DECISIONS[kind].format(who)}（{case.decision_number}）。"
    return decision + _consequence(kind, _decided(case))


def _by(case: Case) -> str:
    return f"{_decided(case)}，{case.decision_meeting}"


def _decided(case: Case) -> str:
    return planned(case.decision_date) if case.decision_date else ""


def tell_of_end(case: Case, *, actor: User | None, at: datetime) -> None:
    """The member, if they had been told of the matter, that it is not carried on."""
    if case.told_date is not None:
        _tell_concerned(
            case,
            f"事项终止：{case.get_kind_display()}",
            f"“{case.get_kind_display()}”事项不再办理。",
            actor=actor,
            at=at,
        )


def _consequence(kind: CaseKind, on: str) -> str:
    if PROCEDURES[kind].ends_membership:
        return f"自{on}起不再担任委员。"
    if kind == CaseKind.SUSPENSION:
        return "暂停履行职责期间，不通知参加政协的履职活动。"
    if kind == CaseKind.REINSTATEMENT:
        return f"自{on}起恢复通知参加政协的履职活动。"
    return f"自{on}起不再担任常委，委员职务不变。"


def _tell_office(case: Case, title: str, *, actor: User | None, at: datetime) -> None:
    registrars = User.objects.filter(groups__role__code=RoleCode.REGISTRAR)
    send_notice(
        term=case.member.term,
        kind=NoticeKind.EXIT,
        title=title,
        body="内容见办理页面。",
        users=_others(registrars, case.member),
        subject=_subject(case),
        path=reverse("exits:case-detail", args=[case.pk]),
        actor=actor,
        at=at,
    )


def _tell_concerned(case: Case, title: str, body: str, *, actor: User | None, at: datetime) -> None:
    send_notice(
        term=case.member.term,
        kind=NoticeKind.EXIT,
        title=title,
        body=body,
        members=[case.member],
        subject=_subject(case),
        path=reverse("exits:own-case", args=[case.pk]),
        actor=actor,
        at=at,
        even_suspended=True,
    )


def _tell_interviewed(
    interview: Interview, title: str, body: str, *, actor: User | None, at: datetime
) -> None:
    send_notice(
        term=interview.member.term,
        kind=NoticeKind.INTERVIEW,
        title=title,
        body=body,
        members=[interview.member],
        subject=_subject(interview),
        path=reverse("exits:own-interview", args=[interview.pk]),
        actor=actor,
        at=at,
        even_suspended=True,
    )


def _tell_leader(
    interview: Interview, title: str, body: str, *, actor: User | None, at: datetime
) -> None:
    send_notice(
        term=interview.member.term,
        kind=NoticeKind.INTERVIEW,
        title=title,
        body=body,
        members=[interview.leader],
        subject=_subject(interview),
        path=reverse("exits:interview-detail", args=[interview.pk]),
        actor=actor,
        at=at,
    )


def _tell_committee(
    interview: Interview, title: str, body: str, *, actor: User | None, at: datetime
) -> None:
    """Its department's accounts; without any, the committee is to be told on paper."""
    if interview.committee is None:
        return
    users = _others(_committee_accounts(interview.committee), interview.member)
    send_notice(
        term=interview.member.term,
        kind=NoticeKind.INTERVIEW,
        title=title,
        body=body,
        users=users,
        parties=[] if users else [interview.committee.name],
        subject=_subject(interview),
        actor=actor,
        at=at,
    )


def _committee_accounts(committee: SpecialCommittee) -> Iterable[User]:
    return User.objects.filter(
        affiliations__department__committee=committee, groups__role__code=RoleCode.COLLECTOR
    )


def _unit_accounts(case: Case) -> Iterable[User]:
    """Of the committee's department, the sector group and the county group (19号 一（三）3); of a
    reinstatement every county group (二（四）).
    """
    member = case.member
    units = Q(
        affiliations__sector_group__sector=member.sector_id,
        groups__role__code=RoleCode.SECTOR_GROUP,
    )
    if member.committee_id is not None:
        units |= Q(
            affiliations__department__committee=member.committee_id,
            groups__role__code=RoleCode.COLLECTOR,
        )
    if case.kind == CaseKind.REINSTATEMENT:
        units |= Q(
            affiliations__liaison_group__term=member.term_id,
            groups__role__code=RoleCode.COUNTY_GROUP,
        )
    elif member.liaison_group_id is not None:
        units |= Q(
            affiliations__liaison_group=member.liaison_group_id,
            groups__role__code=RoleCode.COUNTY_GROUP,
        )
    return User.objects.filter(units)


def _others(users: Iterable[User], member: Member) -> list[User]:
    """Active accounts, each once, without the member's own."""
    own = member.person.user_id
    found = {user.pk: user for user in users if user.is_active and user.pk != own}
    return [found[key] for key in sorted(found)]


def _talk(interview: Interview) -> str:
    return "进行约谈提醒" if interview.kind == InterviewKind.REMINDER_TALK else "约谈"


def _until(due: date | None) -> str:
    return f"于{planned(due)}前" if due else ""


def _subject(row: Case | Interview) -> str:
    return f"{row._meta.label_lower}:{row.pk}"
