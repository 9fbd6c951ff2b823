"""Reports of members' changes of post and conduct (萍协办字〔2022〕19号 三（四）（六）（七）).

A report changes nothing by itself: whoever settles it changes the register by hand.
"""

from datetime import date, datetime

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.roles import RoleCode
from accounts.services import ReasonMissingError
from core.refusals import RefusalError
from members.choices import ChangeKind, NoticeKind, ReportState
from members.models import ChangeReport, Member
from members.selectors.reports import (
    accounts_of_side,
    reportable_kinds,
    reported_by,
    reporting_unit,
)
from members.services.notices import send_notice


class NotReportableError(RefusalError):
    """The account's unit does not report on this member, or not this kind of change."""


class AlreadyReportedError(RefusalError):
    """The same report, sent twice."""


class ReportClosedError(RefusalError):
    """The step is not possible in the state the report is in."""


class NotReporterError(RefusalError):
    """Only who reported may withdraw."""


@transaction.atomic
def report_change(
    *,
    member: Member,
    kind: str,
    statement: str,
    actor: User,
    at: datetime,
    happened_date: date | None = None,
    attachment: File | None = None,
) -> ChangeReport:
    """Raises NotReportableError, AlreadyReportedError, ReasonMissingError or ValidationError."""
    Member.objects.select_for_update(of=("self",), no_key=True).get(pk=member.pk)
    if not reported_by(actor).filter(pk=member.pk).exists():
        raise NotReportableError(f"{member}不在您负责报告的委员之内。")
    if kind not in reportable_kinds(user=actor, member=member):
        raise NotReportableError(f"“{ChangeKind(kind).label}”不由您的单位报告。")
    if not statement.strip():
        raise ReasonMissingError("请写明情况。")
    if happened_date is not None and happened_date > timezone.localdate(at):
        raise NotReportableError("发生日期还没有到，请核对。")
    same = ChangeReport.objects.waiting().filter(
        member=member, kind=kind, statement=statement.strip(), recorded_by=actor
    )
    if same.exists():
        raise AlreadyReportedError("同样的报告已经提交，正在等待办理，不必重复提交。")
    county, sector = reporting_unit(user=actor, member=member, kind=kind)
    report = ChangeReport(
        member=member,
        kind=kind,
        happened_date=happened_date,
        statement=statement.strip(),
        attachment=attachment or "",
        liaison_group=county,
        sector_group=sector,
        recorded_by=actor,
        recorded_at=at,
    )
    report.full_clean()
    report.save(force_insert=True)
    change = audit.changes_of(report, None, audit.snapshot(report))
    audit.record(actor=actor, verb=Verb.CREATE, at=at, obj=report, changes=[change])
    return report


@transaction.atomic
def settle_report(
    *, report: ChangeReport, state: str, answer: str, actor: User, at: datetime
) -> ChangeReport:
    """Accepted (the office has changed, or noted, what was needed) or set aside, with words.

    Raises ReportClosedError or ReasonMissingError.
    """
    report = _locked(report)
    if state not in {ReportState.ACCEPTED, ReportState.SET_ASIDE}:
        raise ReportClosedError("办理结果只有“已办理”和“不需办理”两种。")
    _refuse_closed(report)
    if not answer.strip():
        raise ReasonMissingError("请写明怎样办理的，或者为什么不需办理。")
    before = audit.snapshot(report)
    report.state, report.answer = state, answer.strip()
    report.settled_by, report.settled_at = actor, at
    _store(report, before, report.answer, actor, at)
    if report.recorded_by is not None and report.recorded_by_id != actor.pk:
        _tell(report, "您提交的委员情况报告已有办理结果", [report.recorded_by], (), actor, at)
    return report


@transaction.atomic
def pass_on_report(*, report: ChangeReport, actor: User, at: datetime) -> ChangeReport:
    """Tells the department of the member's side, once (三（四）); from then on it reads the report.

    Raises ReportClosedError or NotReportableError.
    """
    report = _locked(report)
    if report.passed_on_at is not None:
        told = timezone.localdate(report.passed_on_at)
        raise ReportClosedError(f"这份报告已于{told}通报，不必重复通报。")
    if report.state in {ReportState.WITHDRAWN, ReportState.SET_ASIDE}:
        raise ReportClosedError(f"这份报告{report.get_state_display()}，不再通报。")
    by_partner = report.recorded_by is not None and report.recorded_by.has_role(
        RoleCode.ORGANIZATION_DEPARTMENT
    )
    if by_partner:
        raise NotReportableError("这份报告由组织部提供，不需再向其通报。")
    before = audit.snapshot(report)
    report.passed_on_at = at
    _store(report, before, "通报", actor, at)
    accounts, department = accounts_of_side(report.member)
    parties = () if accounts else (department,)
    _tell(report, "市政协办公室通报委员有关情况", accounts, parties, actor, at)
    return report


@transaction.atomic
def withdraw_report(*, report: ChangeReport, actor: User, at: datetime) -> ChangeReport:
    """By whoever reported, while nobody has dealt with it.

    Raises NotReporterError or ReportClosedError.
    """
    report = _locked(report)
    if report.recorded_by_id != actor.pk:
        raise NotReporterError("只有提交报告的人可以撤回。")
    _refuse_closed(report)
    if report.passed_on_at is not None:
        raise ReportClosedError("这份报告已经通报，不能撤回。请与委员联络科联系。")
    before = audit.snapshot(report)
    report.state, report.settled_by, report.settled_at = ReportState.WITHDRAWN, actor, at
    return _store(report, before, "撤回", actor, at)


def _locked(report: ChangeReport) -> ChangeReport:
    """The report as it is now; nobody else acts on it until the transaction ends."""
    rows = ChangeReport.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("member__person", "member__term", "recorded_by").get(pk=report.pk)


def _refuse_closed(report: ChangeReport) -> None:
    if not report.is_new:
        raise ReportClosedError(
            f"这份报告{report.get_state_display()}，不能再办理。请刷新页面查看结果。"
        )


def _store(
    report: ChangeReport, before: audit.Snapshot, reason: str, actor: User, at: datetime
) -> ChangeReport:
    report.version += 1
    report.full_clean()
    report.save()
    change = audit.changes_of(report, before, audit.snapshot(report))
    audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=report, reason=reason, changes=[change])
    return report


def _tell(
    report: ChangeReport,
    title: str,
    users: list[User],
    parties: tuple[str, ...],
    actor: User,
    at: datetime,
) -> None:
    """The letter names nobody: what is reported is read on its page, where reading is kept."""
    send_notice(
        term=report.member.term,
        kind=NoticeKind.OTHER,
        title=title,
        body="内容请登录系统，打开这份委员情况报告查看。",
        users=users,
        parties=parties,
        subject=f"{report._meta.label_lower}:{report.pk}",
        path=reverse("admin:members_changereport_change", args=[report.pk]),
        actor=actor,
        at=at,
    )
