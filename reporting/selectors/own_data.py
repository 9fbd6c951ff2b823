"""Everything held about one person (个人信息保护法第四十五条): where each kind is found.

Every model that leads to a person stands in HELD or, with the reason a reader is told, in
LEFT_OUT; a test names the model that stands in neither.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import FileField, ForeignKey, Model, Q, QuerySet
from django.utils import timezone

from accounts.choices import Verb
from accounts.models import AuditEntry, User
from attendance.models import Approval
from core.files import attachment_name
from exits.choices import Addressee, CaseState
from exits.models import Case, Interview, OfficialPaper
from exits.selectors.own import STANDINGS, own_written_steps, told_findings

#: Bookkeeping of the rows, and keys that mean nothing outside.
UNSAID = frozenset({"id", "version", "record_digest", "evidence_digest", "record_id"})
Extra = tuple[str, Callable[[Any], Any]]


@dataclass(frozen=True)
class Held:
    """A kind of row: paths from it to the person, what narrows it, FKs worth fetching along.

    `told`: of these rows only those the person was told of.
    """

    heading: str
    paths: tuple[str, ...] = ("member__person",)
    only: dict[str, Any] = field(default_factory=dict)
    related: tuple[str, ...] = ()
    extra: tuple[Extra, ...] = ()
    hidden: frozenset[str] = frozenset()
    told: Callable[[User], QuerySet[Any]] | None = None


@dataclass(frozen=True)
class Attached:
    """A file that goes into the package under this name."""

    name: str
    file: Any


@dataclass(frozen=True)
class Sheet:
    """All rows of a kind, values as they are written out."""

    heading: str
    columns: list[str]
    rows: list[list[Any]]
    files: list[Attached]


def told_approvals(user: User) -> QuerySet[Approval]:
    """Of own requests for leave, and of seats the person was invited to: no chain still running."""
    leave = Q(leave_request__member__person__user=user)
    seat = Q(seat__member__person__user=user, seat__invited_at__isnull=False)
    return Approval.objects.filter(leave | seat)


#: Of a case: what the departments and the office said among themselves.
CONSULTATION = frozenset(
    {
        "grounds",
        "finding",
        "origin",
        "side",
        "due_date",
        "informed_date",
        "organization_opinion",
        "united_front_opinion",
        "proposed_date",
        "proposal",
        "proposed_by",
        "submitted_date",
        "decided_by",
        "recorded_by",
        "state",
    }
)
HELD: dict[str, Held] = {
    "members.person": Held("身份", ("pk",)),
    "members.member": Held("各届委员身份", ("person",)),
    "members.tenure": Held("职务"),
    "members.suspensionperiod": Held("暂停履职"),
    "attendance.attendance": Held("会议活动考勤", related=("sitting__meeting",)),
    "attendance.expectation": Held("会议应到与回复"),
    "attendance.leaverequest": Held("请假"),
    "attendance.leavesitting": Held(
        "请假场次", ("request__member__person",), related=("sitting__meeting",)
    ),
    "attendance.approval": Held(
        "请假与列席审批",
        ("leave_request__member__person", "seat__member__person"),
        told=told_approvals,
    ),
    "attendance.nonvotingseat": Held("列席", only={"invited_at__isnull": False}),
    "attendance.speech": Held("会议发言"),
    "attendance.outsideinvitation": Held("外单位活动"),
    "proposals.proposal": Held("提案", ("lead_sponsor__person", "cosponsors__person")),
    "proposals.cosponsorship": Held("提案联名"),
    "proposals.publicopinionreport": Held("社情民意信息", ("authors__person",)),
    "proposals.opinionauthorship": Held("社情民意署名"),
    "proposals.opinionadoption": Held("社情民意采用", ("report__authors__person",)),
    "proposals.opinioninstruction": Held("社情民意批示", ("report__authors__person",)),
    "proposals.research": Held("调研视察", ("participants__person",)),
    "proposals.researchparticipation": Held("调研视察参加"),
    "proposals.article": Held("发表文章"),
    "proposals.topicparticipation": Held("议题参加"),
    "members.commendation": Held("奖励"),
    "members.sanction": Held("惩处"),
    "members.conductfinding": Held("行为认定"),
    "dossiers.handin": Held("材料提交"),
    "dossiers.dutypaper": Held("年度填报"),
    "dossiers.paperblock": Held("登记表栏目", ("paper__member__person",)),
    "dossiers.declaration": Held("本人补充", ("paper__member__person",)),
    "dossiers.paperevent": Held("填报办理过程", ("paper__member__person",)),
    "dossiers.paperarchive": Held("归档件", ("paper__member__person",)),
    "dossiers.campaignreminder": Held("填报提醒"),
    "dossiers.standingreview": Held("述职评价", only={"decided_date__isnull": False}),
    "dossiers.submission": Held("报送"),
    "dossiers.submissionfile": Held("报送附件", ("submission__member__person",)),
    "dossiers.submissionsigner": Held("报送联名", ("member__person", "submission__member__person")),
    "dossiers.objection": Held("记录异议"),
    "dossiers.objectionentry": Held("异议往来", ("objection__member__person",)),
    "members.noticerecipient": Held(
        "收到的通知",
        ("member__person", "user__person"),
        related=("notice",),
        extra=(
            ("标题", lambda row: row.notice.title),
            ("正文", lambda row: row.notice.body),
            ("发出时间", lambda row: row.notice.sent_at),
        ),
    ),
    "assessments.finding": Held(
        "已确认的考核发现",
        told=lambda user: told_findings(user=user),
        hidden=frozenset({"first_run", "last_run", "decided_by", "decision_reason"}),
    ),
    "exits.interview": Held(
        "约谈",
        hidden=frozenset(
            {
                "finding",
                "cancelled_reason",
                "result",
                "result_note",
                "follow_up_date",
                "follow_up_note",
            }
        ),
        told=Interview.objects.told_to,
    ),
    "exits.case": Held(
        "已告知的退出与暂停事项",
        hidden=CONSULTATION,
        extra=(("办理情况", lambda row: STANDINGS[CaseState(row.state)]),),
        told=Case.objects.told_to,
    ),
    "exits.casestep": Held(
        "本人的申请与说明",
        ("case__member__person",),
        told=lambda user: own_written_steps(user=user),
    ),
    "exits.casedelivery": Held(
        "决定送达",
        ("case__member__person",),
        only={"addressee": Addressee.MEMBER, "delivered_date__isnull": False},
        hidden=frozenset({"entered_by", "entered_at"}),
    ),
    "exits.officialpaper": Held(
        "致本人的公文",
        ("case__member__person", "interview__member__person"),
        hidden=frozenset({"sha256", "appendix"}),
        told=OfficialPaper.objects.told_to,
    ),
}
#: What a reader is told of what is not in the package.
LEFT_OUT: dict[str, str] = {
    "members.changereport": "其他单位报来、尚在核实或据以办理的情况：不由您提供，办理前公开会妨碍核实；"
    "据此作出的决定会书面通知您。",
    "assessments.findingevent": "考核发现的审核经过：属于决定之前的内部研究；已确认的发现在本包中。",
    "exits.caseopinion": "组织部、统战部的会商意见：属于决定之前的内部研究；已告知的事项和决定在本包中。",
    "proposals.topic": "议题本身不是您的个人信息；您参加的情况在本包中。",
    "proposals.topicpartnership": "议题与县（区）政协的联动，不是您的个人信息。",
    "reporting.dutydossier": "履职档案是以上记录的另一种看法，没有另外的内容。",
}
#: Rows of kinds that are in the package, but not yet.
NOT_YET = (
    "尚未确认的考核发现、据以约谈或办理退出事项而尚未告知您的考核发现、"
    "尚未经主席会议确定的述职评价、尚未通知的约谈和约谈的结果、尚未邀请的列席，"
    "退出与暂停事项中尚未告知的和会商、研究经过：属于决定之前的内部研究，"
    "确认或告知后即在本包中，决定另有书面通知。"
)


def own_sheets(user: User) -> Iterator[Sheet]:
    """The account, then every kind of row about its person; kinds without rows too."""
    yield _account(user)
    yield _sign_ins(user)
    for label, held in HELD.items():
        yield _sheet(apps.get_model(label), held, user)


def reasons_left_out() -> list[str]:
    return [NOT_YET, *LEFT_OUT.values()]


def rows_about(model: type[Model], held: Held, user: User) -> QuerySet[Any]:
    own = Q()
    for path in held.paths:
        own |= Q(**{"user" if path == "pk" else f"{path}__user": user})
    keys = [item.name for item in model._meta.concrete_fields if isinstance(item, ForeignKey)]
    rows = model._default_manager.filter(own, **held.only)
    if held.told is not None:
        rows = rows.filter(pk__in=held.told(user).values("pk"))
    # A key list, because a row may be found by two paths, and not every database compares JSON.
    found = model._default_manager.filter(pk__in=rows.values("pk"))
    return found.select_related(*keys, *held.related).order_by("pk")


def _sheet(model: type[Model], held: Held, user: User) -> Sheet:
    fields = [
        item
        for item in model._meta.concrete_fields
        if item.name not in UNSAID | held.hidden and item.name != "user"
    ]
    columns = [str(item.verbose_name) for item in fields] + [label for label, _ in held.extra]
    rows, files = [], []
    for row in rows_about(model, held, user):
        values = []
        for item in fields:
            if isinstance(item, FileField):
                stored = getattr(row, item.name)
                name = f"附件/{held.heading}/{row.pk}-{attachment_name(stored)}" if stored else ""
                files += [Attached(name, stored)] if stored else []
                values.append(name)
            else:
                values.append(_value(row, item))
        values += [plain(value(row)) for _, value in held.extra]
        rows.append(values)
    return Sheet(held.heading, columns, rows, files)


def _value(row: Any, item: Any) -> Any:
    if isinstance(item, ForeignKey):
        found = getattr(row, item.name)
        return "" if found is None else str(found)
    if item.choices:
        return str(getattr(row, f"get_{item.name}_display")())
    return plain(getattr(row, item.name))


def plain(value: Any) -> Any:
    """As Excel and JSON both take it, moments in local time."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | str):
        return value
    if isinstance(value, Decimal):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _account(user: User) -> Sheet:
    roles = "、".join(sorted(user.role_codes))
    return Sheet(
        "账号",
        ["用户名", "姓名", "角色", "上次登录"],
        [[user.username, user.name, roles, plain(user.last_login)]],
        [],
    )


def _sign_ins(user: User) -> Sheet:
    found = AuditEntry.objects.filter(
        actor=user, verb__in=[Verb.SIGN_IN, Verb.SIGN_OUT, Verb.CHANGE_PASSWORD]
    )
    rows = [
        [plain(entry.at), entry.get_verb_display(), entry.address or ""]
        for entry in found.order_by("sequence")
    ]
    return Sheet("登录记录", ["时间", "事项", "来源地址"], rows, [])
