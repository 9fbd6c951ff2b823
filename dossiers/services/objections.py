"""异议: filed by the member, answered by the unit that collects, kept whole for both sides."""

from datetime import date, datetime

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError
from core.models import Recorded
from core.refusals import RefusalError
from dossiers.choices import ObjectionAct, ObjectionState
from dossiers.models import Objection, ObjectionEntry
from dossiers.selectors.disputable import digest_of, own_record, title_of, type_of
from dossiers.selectors.objections import (
    accounts_answering,
    answering_department,
    disputed_record,
    record_choices,
    was_reopened,
)
from members.choices import NoticeKind, RecordKind
from members.models import Department, Member
from members.selectors.calendar import work_calendar
from members.services.notices import send_notice

#: Working days for the answer, as the units have for a record (萍协字〔2022〕8号 三.1).
ANSWER_WORKDAYS = 7


class NotOwnRecordError(RefusalError):
    """Members object to records of their own, and nobody does it for them."""


class AlreadyFiledError(RefusalError):
    """One open objection a record."""


class ObjectionClosedError(RefusalError):
    """The step is not possible in the state the objection is in."""


class NotCorrectedError(RefusalError):
    """“已更正” is said only where the record is another than the member objected to."""


class OwnObjectionError(RefusalError):
    """Nobody answers their own objection."""


class WrongDepartmentError(RefusalError):
    """The department cannot be the one to answer."""


@transaction.atomic
def file_objection(
    *,
    member: Member,
    statement: str,
    actor: User,
    at: datetime,
    record: Recorded | None = None,
    missing_kind: str = "",
    missing_label: str = "",
    proof: File | None = None,
) -> Objection:
    """An objection to a record, or, without one, to the lack of it (`missing_kind`, its name).

    Raises NotOwnRecordError, AlreadyFiledError, ReasonMissingError or ValidationError.
    """
    if member.person.user_id != actor.pk:
        raise NotOwnRecordError("只能就本人的履职记录提出异议。")
    if not statement.strip():
        raise ReasonMissingError("请写明哪里不对、应当怎样。")
    Member.objects.select_for_update(of=("self",), no_key=True).get(pk=member.pk)
    objection = Objection(
        member=member,
        statement=statement.strip(),
        proof=proof or "",
        filed_at=at,
        due_date=_due(at),
        recorded_by=actor,
        recorded_at=at,
    )
    if record is None:
        _name_missing(objection, missing_kind, missing_label)
    else:
        _name_record(objection, record)
    objection.full_clean()
    objection.save(force_insert=True)
    entry = _add_entry(objection, ObjectionAct.FILED, objection.statement, actor, at)
    audit.record(
        actor=actor,
        verb=Verb.CREATE,
        at=at,
        obj=objection,
        changes=[
            audit.changes_of(objection, None, audit.snapshot(objection)),
            audit.changes_of(entry, None, audit.snapshot(entry)),
        ],
    )
    _tell_unit(objection, "委员提出异议", actor, at)
    return objection


@transaction.atomic
def answer_objection(
    *,
    objection: Objection,
    outcome: str,
    text: str,
    actor: User,
    at: datetime,
    named_record: str = "",
) -> Objection:
    """Answers with `corrected` or `explained`, in words. A correction must be one: the record is
    another than when it was objected to (or gone), or the missing one is named
    ("attendance.speech:12") and was entered since.

    Raises ObjectionClosedError, OwnObjectionError, NotCorrectedError or ReasonMissingError.
    """
    objection = _locked(objection)
    _refuse_closed(objection)
    if objection.member.person.user_id == actor.pk:
        raise OwnObjectionError("本人提出的异议须由他人答复。")
    if outcome not in {ObjectionState.CORRECTED, ObjectionState.EXPLAINED}:
        raise ObjectionClosedError("答复只有“已更正”和“说明情况”两种。")
    if not text.strip():
        raise ReasonMissingError("请写明怎样更正的，或者为什么不更正。")
    before = audit.snapshot(objection)
    if outcome == ObjectionState.CORRECTED:
        text = _corrected(objection, named_record, text, actor)
    objection.state, objection.settled_at = outcome, at
    _store(objection, before, ObjectionAct.ANSWERED, text.strip(), actor, at)
    send_notice(
        term=objection.member.term,
        kind=NoticeKind.OBJECTION,
        title=f"异议答复：{_public_label(objection)}"[:200],
        body=f"您对“{_public_label(objection)}”提出的异议已经答复：{objection.get_state_display()}。"
        "请打开查看答复内容；如仍有不同意见，可再次提出一次。",
        members=[objection.member],
        subject=f"{objection._meta.label_lower}:{objection.pk}",
        path=reverse("dossiers:objection-detail", args=[objection.pk]),
        actor=actor,
        at=at,
        even_suspended=True,
    )
    return objection


@transaction.atomic
def pass_on_objection(
    *,
    objection: Objection,
    department: Department | None,
    reason: str,
    actor: User,
    at: datetime,
) -> Objection:
    """To another department, or to 委员联络科 (None); the day for the answer stays.

    Raises ObjectionClosedError, WrongDepartmentError or ReasonMissingError.
    """
    objection = _locked(objection)
    _refuse_closed(objection)
    if objection.department_id == (department.pk if department else None):
        raise WrongDepartmentError("这份异议本来就由该部门答复，请选择另一个部门。")
    if objection.is_disciplinary and department is not None:
        raise WrongDepartmentError("惩处和行为认定的异议由委员联络科答复，不转交其他部门。")
    if not reason.strip():
        raise ReasonMissingError("请写明转交的理由。")
    before = audit.snapshot(objection)
    objection.department = department
    words = f"转交{department or '委员联络科'}：{reason.strip()}"
    _store(objection, before, ObjectionAct.PASSED_ON, words, actor, at)
    _tell_unit(objection, "转来一份委员异议", actor, at)
    return objection


@transaction.atomic
def withdraw_objection(
    *, objection: Objection, actor: User, at: datetime, reason: str = ""
) -> Objection:
    """Raises NotOwnRecordError or ObjectionClosedError."""
    objection = _locked(objection)
    _refuse_others(objection, actor)
    _refuse_closed(objection)
    before = audit.snapshot(objection)
    objection.state, objection.settled_at = ObjectionState.WITHDRAWN, at
    words = reason.strip() or "委员撤回异议。"
    return _store(objection, before, ObjectionAct.WITHDRAWN, words, actor, at)


@transaction.atomic
def reopen_objection(*, objection: Objection, text: str, actor: User, at: datetime) -> Objection:
    """Once, by the member, after an answer: the unit has another 7 working days.

    Raises NotOwnRecordError, ObjectionClosedError, AlreadyFiledError or ReasonMissingError.
    """
    objection = _locked(objection)
    _refuse_others(objection, actor)
    if objection.state not in {ObjectionState.CORRECTED, ObjectionState.EXPLAINED}:
        raise ObjectionClosedError("只有已经答复的异议可以再次提出。")
    if was_reopened(objection):
        raise ObjectionClosedError("这份异议已再次提出过一次。如仍有不同意见，请与委员联络科联系。")
    if not text.strip():
        raise ReasonMissingError("请写明对答复还有什么不同意见。")
    if not objection.names_no_record:
        _refuse_second(objection)
    before = audit.snapshot(objection)
    objection.state, objection.settled_at = ObjectionState.OPEN, None
    objection.due_date = _due(at)
    record = own_record(objection.member, objection.record_type, objection.record_id)
    objection.record_digest = digest_of(record)
    _store(objection, before, ObjectionAct.REOPENED, text.strip(), actor, at)
    _tell_unit(objection, "委员再次提出异议", actor, at)
    return objection


def _due(at: datetime) -> date:
    return work_calendar().due(timezone.localdate(at), ANSWER_WORKDAYS)


def _name_record(objection: Objection, record: Recorded) -> None:
    entry = type_of(record)
    if own_record(objection.member, entry.label, record.pk) is None:
        raise NotOwnRecordError("这条记录不在您名下，或已经删除。")
    objection.kind = entry.kind_of(record)
    objection.record_type, objection.record_id = entry.label, record.pk
    objection.record_label = f"{entry.heading}：{title_of(record)}"[:200]
    objection.record_digest = digest_of(record)
    _refuse_second(objection)
    if not objection.is_disciplinary:
        objection.department = answering_department(
            term=objection.member.term, kind=objection.kind, organiser=entry.organiser(record)
        )


def _name_missing(objection: Objection, kind: str, label: str) -> None:
    if not label.strip():
        raise ReasonMissingError("请写明缺少的是哪一条记录。")
    objection.kind = RecordKind(kind)
    objection.record_label = f"记录缺漏：{label.strip()}"[:200]
    objection.department = answering_department(
        term=objection.member.term, kind=objection.kind, organiser=""
    )
    same = Objection.objects.open().filter(
        member=objection.member,
        record_id__isnull=True,
        kind=objection.kind,
        record_label=objection.record_label,
    )
    if same.exists():
        raise AlreadyFiledError("您已就这一缺漏提出异议，正在办理，请等待答复。")


def _refuse_second(objection: Objection) -> None:
    same = Objection.objects.open().filter(
        member=objection.member,
        record_type=objection.record_type,
        record_id=objection.record_id,
    )
    if same.exclude(pk=objection.pk).exists():
        raise AlreadyFiledError("您对这条记录的异议正在办理，请等待答复。")


def _corrected(objection: Objection, named_record: str, text: str, actor: User) -> str:
    """The words of the answer, led by what was entered where a record had been missing."""
    if not objection.names_no_record:
        if not disputed_record(objection).has_changed:
            raise NotCorrectedError(
                "这条记录自提出异议以来没有改动，不能答复“已更正”。"
                "请先点“更正记录”改好，或选“说明情况”。"
            )
        return text
    titles = dict(record_choices(objection, user=actor))
    if named_record not in titles:
        raise NotCorrectedError("请选定已经补录的记录；还没有补录的，请先录入，再来答复。")
    record_type, _, key = named_record.partition(":")
    objection.record_type, objection.record_id = record_type, int(key)
    record = own_record(objection.member, record_type, int(key))
    objection.record_digest = digest_of(record)
    return f"已补录：{titles[named_record]}。\n{text.strip()}"


def _locked(objection: Objection) -> Objection:
    """The objection as it is now; nobody else acts on it until the transaction ends."""
    rows = Objection.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("member__person", "member__term", "department").get(pk=objection.pk)


def _refuse_closed(objection: Objection) -> None:
    if not objection.is_open:
        raise ObjectionClosedError(
            f"这份异议{objection.get_state_display()}，不能再办理。请刷新页面查看结果。"
        )


def _refuse_others(objection: Objection, actor: User) -> None:
    if objection.member.person.user_id != actor.pk:
        raise NotOwnRecordError("只有提出异议的委员本人可以办理。")


def _store(
    objection: Objection,
    before: audit.Snapshot,
    act: ObjectionAct,
    text: str,
    actor: User,
    at: datetime,
) -> Objection:
    objection.version += 1
    objection.full_clean()
    objection.save()
    entry = _add_entry(objection, act, text, actor, at)
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=objection,
        reason=text,
        changes=[
            audit.changes_of(objection, before, audit.snapshot(objection)),
            audit.changes_of(entry, None, audit.snapshot(entry)),
        ],
    )
    return objection


def _add_entry(
    objection: Objection, act: ObjectionAct, text: str, actor: User, at: datetime
) -> ObjectionEntry:
    entry = ObjectionEntry(objection=objection, act=act, text=text, by=actor, at=at)
    entry.full_clean()
    entry.save(force_insert=True)
    return entry


def _public_label(objection: Objection) -> str:
    """As a message may carry it out of the house: nothing of a sanction."""
    return "奖惩记录" if objection.is_disciplinary else objection.record_label


def _tell_unit(objection: Objection, title: str, actor: User, at: datetime) -> None:
    due = objection.due_date
    send_notice(
        term=objection.member.term,
        kind=NoticeKind.OBJECTION,
        title=f"{title}：{_public_label(objection)}"[:200],
        body=f"请在{due.year}年{due.month}月{due.day}日前答复：更正记录，或者说明情况。",
        users=accounts_answering(objection.department),
        subject=f"{objection._meta.label_lower}:{objection.pk}",
        path=reverse("admin:dossiers_objection_change", args=[objection.pk]),
        actor=actor,
        at=at,
    )
