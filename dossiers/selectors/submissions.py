"""Members' own work: what each kind asks for, what is missing, and what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import User
from attendance.models import Attendance, Expectation, Meeting
from core.dates import planned
from core.models import Recorded
from dossiers.choices import SignerState, SubmissionKind, SubmissionState
from dossiers.models import Submission, SubmissionSigner
from dossiers.querysets import SubmissionQuerySet
from dossiers.selectors.disputable import RECORD_TYPES
from members.choices import RecordKind
from members.models import Member
from proposals.choices import ExaminationResult
from proposals.models import Proposal, PublicOpinionReport

#: The permission of those who take in what members hand in.
INTAKE_PERMISSION = "dossiers.change_submission"
#: Working days to take it in: a record reaches 委员联络科 within seven (D3 三.1).
INTAKE_WORKDAYS = 7
#: Meetings to have spoken at began no longer ago.
MEETINGS_SINCE = timedelta(days=400)

OPINION, RESEARCH, PROPOSAL, SPEECH, ARTICLE, INVITATION, COMMENDATION = SubmissionKind
#: What the member fills in, in the order of the form.
FIELDS: Mapping[str, tuple[str, ...]] = {
    OPINION: ("title", "body"),
    RESEARCH: ("title", "date", "body"),
    PROPOSAL: ("title", "body"),
    SPEECH: ("meeting", "title", "body"),
    ARTICLE: ("title", "organisation", "level", "date", "body"),
    INVITATION: ("title", "organisation", "date", "body"),
    COMMENDATION: ("title", "organisation", "level", "date", "body"),
}
#: What a field is called where the kind calls it otherwise than the table does.
LABELS: Mapping[tuple[str, str], str] = {
    (PROPOSAL, "title"): "案由",
    (PROPOSAL, "body"): "情况分析与建议",
    (RESEARCH, "title"): "题目",
    (RESEARCH, "date"): "完成日期",
    (SPEECH, "title"): "发言题目",
    (SPEECH, "body"): "发言稿",
    (ARTICLE, "title"): "文章题目",
    (ARTICLE, "organisation"): "刊物",
    (ARTICLE, "date"): "发表日期",
    (ARTICLE, "body"): "正文或网址",
    (INVITATION, "title"): "活动名称",
    (INVITATION, "organisation"): "邀请单位",
    (INVITATION, "date"): "活动日期",
    (INVITATION, "body"): "参加情况",
    (COMMENDATION, "title"): "奖励名称",
    (COMMENDATION, "organisation"): "表彰单位",
    (COMMENDATION, "date"): "表彰日期",
    (COMMENDATION, "body"): "事由",
}
TABLE_LABELS = {
    "title": "标题",
    "date": "日期",
    "body": "正文",
    "organisation": "单位或刊物",
    "level": "级别",
    "meeting": "会议活动",
}
#: Kinds whose text may stand in an attachment instead.
TEXT_KINDS = frozenset({OPINION, RESEARCH, PROPOSAL, SPEECH})
#: Kinds that need a proof.
PROVEN_KINDS = frozenset({COMMENDATION})
#: Kinds several members may do together; each of the others agrees themself.
SIGNED_KINDS = frozenset({OPINION, RESEARCH, PROPOSAL})
RECORD_KINDS: Mapping[SubmissionKind, RecordKind] = {
    OPINION: RecordKind.OPINION,
    RESEARCH: RecordKind.RESEARCH,
    PROPOSAL: RecordKind.PROPOSAL,
    SPEECH: RecordKind.SPEECH,
    ARTICLE: RecordKind.ARTICLE,
    INVITATION: RecordKind.INVITATION,
    COMMENDATION: RecordKind.CONDUCT,
}


def label_of(kind: str, name: str) -> str:
    return LABELS.get((kind, name), TABLE_LABELS[name])


def shown_value(value: Any) -> str:
    if value is None:
        return ""
    return planned(value) if isinstance(value, date) else str(value)


def missing_of(submission: Submission, *, on: date | None = None) -> list[str]:
    """Why it cannot be handed in yet, a clause each; dates are looked at from `on`."""
    kind = submission.kind
    missing = [
        f"“{label_of(kind, name)}”还没有填写"
        for name in FIELDS[kind]
        if name != "body" and not _filled(submission, name)
    ]
    has_files = submission.files.exists()
    if kind in TEXT_KINDS and not submission.body.strip() and not has_files:
        missing.append(f"请填写“{label_of(kind, 'body')}”，或上传附件")
    if kind in PROVEN_KINDS and not has_files:
        missing.append("请上传证书、文件等证明材料")
    day = submission.date if "date" in FIELDS[kind] else None
    if day is not None:
        called = label_of(kind, "date")
        if on is not None and day > on:
            missing.append(f"{called}还没有到，请核对")
        if not submission.member.serves(day):
            missing.append(f"{called}不在您本届任职期间，请核对")
    return missing


def _filled(submission: Submission, name: str) -> bool:
    value = getattr(submission, name)
    return bool(value.strip() if isinstance(value, str) else value)


def untouched_draft(member: Member, kind: str) -> Submission | None:
    """A draft of the kind in which nothing has been written yet."""
    drafts = Submission.objects.filter(
        member=member, kind=kind, state=SubmissionState.DRAFT, version=1, files=None
    )
    return drafts.order_by("pk").first()


def meetings_spoken_at(member: Member, *, on: date) -> QuerySet[Meeting]:
    """Meetings already begun at which the member was expected or marked, the latest first."""
    expected = Expectation.objects.filter(member=member).expected().values("meeting")
    came = Attendance.objects.filter(member=member).values("sitting__meeting")
    meetings = Meeting.objects.filter(Q(pk__in=expected) | Q(pk__in=came), term=member.term_id)
    began = meetings.filter(start_date__lte=on, start_date__gt=on - MEETINGS_SINCE)
    return began.order_by("-start_date", "-number")


def own_submissions(*, user: User) -> QuerySet[Submission]:
    """The account's own, the latest first."""
    own = Submission.objects.filter(member__person__user=user)
    return own.select_related("department", "member__term", "member__person", "meeting")


def own_signatures(*, user: User) -> QuerySet[SubmissionSigner]:
    """What the account is, or was, asked to sign; drafts are nobody's to read."""
    asked = SubmissionSigner.objects.filter(member__person__user=user)
    asked = asked.exclude(submission__state=SubmissionState.DRAFT)
    related = ("submission__member__person", "submission__member__term", "member__person")
    return asked.select_related(*related).order_by("-submission__recorded_at", "-pk")


def signatures_owed(*, user: User) -> QuerySet[SubmissionSigner]:
    """Asked, unanswered, and not yet handed in."""
    open_states = (SubmissionState.SIGNING, SubmissionState.RETURNED)
    return own_signatures(user=user).filter(
        state=SignerState.ASKED, submission__state__in=open_states
    )


def returned_submissions(*, user: User) -> QuerySet[Submission]:
    return own_submissions(user=user).filter(state=SubmissionState.RETURNED)


def waiting_submissions(*, user: User) -> SubmissionQuerySet:
    """What waits for the account to take it in, the earliest first."""
    if not user.has_perm(INTAKE_PERMISSION):
        return Submission.objects.none()
    waiting = Submission.objects.visible_to(user).filter(state=SubmissionState.SUBMITTED)
    return waiting.exclude(member__person__user=user).order_by("submitted_at", "pk")


def intake_submissions(*, user: User) -> SubmissionQuerySet:
    """All that was handed in to the account's unit; none of the account's own."""
    if not user.has_perm(INTAKE_PERMISSION):
        return Submission.objects.none()
    seen = Submission.objects.visible_to(user).filter(submitted_at__isnull=False)
    related = ("member__person", "member__sector", "member__term", "department", "meeting")
    return seen.exclude(member__person__user=user).select_related(*related)


def with_signers(rows: QuerySet[Submission]) -> QuerySet[Submission]:
    signers = SubmissionSigner.objects.select_related("member__person", "member__sector")
    return rows.prefetch_related(Prefetch("signers", signers.order_by("sequence")))


@dataclass(frozen=True)
class Fate:
    """What became of a submission that was taken in, as its record tells: the record's title, and
    steps each (what, how it stands, a tone: good, warn or none).
    """

    title: str
    model: str
    pk: int
    on: date
    steps: tuple[tuple[str, str, str], ...]


def fates_of(submissions: Iterable[Submission]) -> dict[int, Fate]:
    """By key of the submission; one whose record is gone has none. Queries grow with the kinds of
    records, not with their number.
    """
    keys: dict[str, dict[int, int]] = {}
    for row in submissions:
        if row.record_id is not None:
            keys.setdefault(row.record_type, {})[row.record_id] = row.pk
    found: dict[int, Fate] = {}
    for label, owners in keys.items():
        entry = RECORD_TYPES[label]
        rows = entry.model._default_manager.filter(pk__in=owners)
        records: list[Any] = list(entry.read(rows).prefetch_related(*entry.parts))
        turned = _turned_into(records) if entry.model is Proposal else {}
        for record in records:
            found[owners[record.pk]] = Fate(
                title=entry.title(record),
                model=label,
                pk=record.pk,
                on=entry.on(record),
                steps=_steps(record, turned),
            )
    return found


def _turned_into(proposals: Iterable[Proposal]) -> dict[tuple[int, str], PublicOpinionReport]:
    """Reports that came from proposals, by term and number of the proposal."""
    wanted = [row for row in proposals if row.examination_result == ExaminationResult.CONVERTED]
    if not wanted:
        return {}
    reports = PublicOpinionReport.objects.filter(
        term__in={row.term_id for row in wanted},
        source_proposal_number__in=[row.number for row in wanted],
    ).prefetch_related("adoptions", "instructions")
    return {(row.term_id, row.source_proposal_number): row for row in reports}


def _steps(
    record: Recorded, turned: Mapping[tuple[int, str], PublicOpinionReport]
) -> tuple[tuple[str, str, str], ...]:
    if isinstance(record, Proposal):
        return _proposal_steps(record, turned.get((record.term_id, record.number)))
    if isinstance(record, PublicOpinionReport):
        return _opinion_steps(record)
    entry = RECORD_TYPES[record._meta.label_lower]
    status = entry.status(record)
    return (("登记情况", status, ""),) if status else ()


def _proposal_steps(
    record: Proposal, report: PublicOpinionReport | None
) -> tuple[tuple[str, str, str], ...]:
    result = record.examination_result
    steps = [
        (
            "审查",
            record.get_examination_result_display() or "正在审查",
            "good" if result == ExaminationResult.ON_FILE else "",
        )
    ]
    if result == ExaminationResult.ON_FILE:
        handled = record.get_handling_result_display()
        by = f"{record.undertaking_unit}承办" if record.undertaking_unit else ""
        standing = "：".join(part for part in (by, handled or "正在办理") if part)
        steps.append(("办理", standing, "good" if handled else ""))
    if report is not None:
        steps.append(("转为社情民意信息", report.number, ""))
        steps += _opinion_steps(report)
    honours = "、".join(
        word
        for word, holds in (("重点提案", record.is_major), ("优秀提案", record.is_outstanding))
        if holds
    )
    return (*steps, *([("评定", honours, "good")] if honours else ()))


def _opinion_steps(record: PublicOpinionReport) -> tuple[tuple[str, str, str], ...]:
    adopted = "、".join(row.get_level_display() for row in record.adoptions.all())
    told = "、".join(f"{row.get_level_display()}领导" for row in record.instructions.all())
    steps = [("采用", f"{adopted}采用" if adopted else "尚未采用", "good" if adopted else "")]
    return (*steps, *([("批示", told, "good")] if told else ()))
