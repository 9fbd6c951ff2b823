"""The expected list: made by rule, completed by hand, never silently.

Every act locks the meeting first, so that two clerks work one after the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.audit import Change
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError
from attendance.choices import Scope
from attendance.models import Expectation, Meeting, ScopeLine
from attendance.models.expected import ORGAN_OF
from attendance.selectors.expected import Difference, Line, difference, line_of
from core.bulk import among, insert_rows, update_rows
from core.refusals import RefusalError
from members.models import Member


class ListClosedError(RefusalError):
    """Signing in has been closed at a sitting; the list stands."""


class ListChangedError(RefusalError):
    """The difference is no longer the one the clerk has seen."""


class NotInvitableError(RefusalError):
    """Not serving, or suspended, on the meeting's first day."""


class AlreadyListedError(RefusalError):
    """A member is on the list once."""


@transaction.atomic
def build_expected(
    *,
    meeting: Meeting,
    lines: Sequence[Line],
    picked: Iterable[Member] = (),
    actor: User | None,
    at: datetime,
    seen: str = "",
) -> Difference:
    """Applies the rule: adds who is new in scope, takes off who is no longer, keeps the rest.

    `picked` are added besides, one by one. `seen` is the mark of the difference the clerk
    confirmed. Raises ListClosedError, ListChangedError or NotInvitableError.
    """
    meeting = _locked(meeting)
    lines = list(dict.fromkeys(lines))
    change = difference(meeting=meeting, lines=lines)
    if seen and seen != change.mark:
        raise ListChangedError("名册或名单在您预览之后有变化，没有保存。请重新预览，核对后再确定。")
    changes, stored = _store_lines(meeting, lines)
    keys = [stored[line].pk for line in lines]
    changes += _move(change, keys)
    changes += _take_off(change)
    chosen = _picked(meeting, picked, change)
    added = {member: keys[place] for member, place in change.added.items()}
    changes += _add(meeting, added | dict.fromkeys(chosen), actor, at)
    changes += _drop_lines(meeting, lines)
    if changes:
        detail = {"added": len(added) + len(chosen), "left": len(change.left)}
        audit.record(
            actor=actor, verb=Verb.UPDATE, at=at, obj=meeting, detail=detail, changes=changes
        )
    return change


@transaction.atomic
def add_expected(
    *, meeting: Meeting, member: Member, reason: str, actor: User | None, at: datetime
) -> Expectation:
    """Puts one member on the list, or back on it. Why is optional.

    Raises ListClosedError, NotInvitableError or AlreadyListedError.
    """
    meeting = _locked(meeting)
    _refuse_uninvitable(meeting, [member.pk])
    row = Expectation.objects.filter(meeting=meeting, member=member).first()
    if row is not None and not row.removed_reason:
        raise AlreadyListedError(f"{member.person.name}已在名单之中，不必重复添加。")
    before = audit.snapshot(row) if row else None
    if row is None:
        row = Expectation(meeting=meeting, member=member, recorded_by=actor, recorded_at=at)
    else:
        row.removed_reason, row.line = "", None
        row.version += 1
    row.full_clean()
    row.save()
    _write_down(row, before, actor, at, reason.strip())
    return row


@transaction.atomic
def remove_expected(
    *, expectation: Expectation, reason: str, actor: User | None, at: datetime
) -> Expectation:
    """Takes one member off the list; the rule does not bring them back. Why is kept.

    Raises ListClosedError, ReasonMissingError or NotInvitableError where they are off already.
    """
    if not reason.strip():
        raise ReasonMissingError("请写明移出名单的事由。")
    _locked(expectation.meeting)
    row = Expectation.objects.select_for_update(of=("self",), no_key=True).get(pk=expectation.pk)
    if row.removed_reason:
        raise NotInvitableError(f"{row.member.person.name}已经移出名单。")
    before = audit.snapshot(row)
    row.removed_reason = reason.strip()
    row.version += 1
    row.full_clean()
    row.save()
    _write_down(row, before, actor, at, row.removed_reason)
    return row


def _write_down(
    row: Expectation,
    before: audit.Snapshot | None,
    actor: User | None,
    at: datetime,
    reason: str,
) -> None:
    change = audit.changes_of(row, before, audit.snapshot(row))
    audit.record(
        actor=actor, verb=Verb.UPDATE, at=at, obj=row.meeting, reason=reason, changes=[change]
    )


def _locked(meeting: Meeting) -> Meeting:
    stored = Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=meeting.pk)
    if stored.sittings.filter(closed_at__isnull=False).exists():
        raise ListClosedError(
            f"“{stored.title}”已有场次结束签到，应到名单不能再改。确需改动的，请先重新打开该场次。"
        )
    return stored


def _refuse_uninvitable(meeting: Meeting, members: Sequence[int]) -> None:
    found = Member.objects.filter(pk__in=among(members), term=meeting.term_id)
    if found.invitable(meeting.start_date).count() != len(set(members)):
        raise NotInvitableError(
            f"所选委员中有人在会议首日（{meeting.start_date}）不在应邀之列，不能列入名单。"
        )


def _picked(meeting: Meeting, picked: Iterable[Member], change: Difference) -> list[int]:
    chosen = list(dict.fromkeys(member.pk for member in picked))
    if not chosen:
        return []
    _refuse_uninvitable(meeting, chosen)
    listed = set(Expectation.objects.filter(meeting=meeting).values_list("member", flat=True))
    return [member for member in chosen if member not in listed and member not in change.added]


def _store_lines(
    meeting: Meeting, lines: Sequence[Line]
) -> tuple[list[Change], dict[Line, ScopeLine]]:
    stored = {line_of(row): row for row in ScopeLine.objects.filter(meeting=meeting)}
    changes = []
    for line in lines:
        if line not in stored:
            row = ScopeLine(meeting=meeting, scope=line.scope)
            if organ := ORGAN_OF.get(Scope(line.scope)):
                setattr(row, f"{organ}_id", line.organ)
            row.full_clean()
            row.save(force_insert=True)
            changes.append(audit.changes_of(row, None, audit.snapshot(row)))
            stored[line] = row
    return changes, stored


def _drop_lines(meeting: Meeting, lines: Sequence[Line]) -> list[Change]:
    """After everybody listed by them has gone or moved; else they would seem picked."""
    kept = set(lines)
    rows = [row for row in ScopeLine.objects.filter(meeting=meeting) if line_of(row) not in kept]
    changes = [audit.changes_of(row, audit.snapshot(row), None) for row in rows]
    ScopeLine.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return changes


def _move(change: Difference, keys: Sequence[int]) -> list[Change]:
    rows = list(Expectation.objects.filter(pk__in=among(change.moved)))
    changes = []
    for row in rows:
        before = {"line": row.line_id}
        row.line_id = keys[change.moved[row.pk]]
        changes.append(audit.changes_of(row, before, {"line": row.line_id}, label=f"应到 {row.pk}"))
    update_rows(rows, ["line"])
    return changes


def _take_off(change: Difference) -> list[Change]:
    rows = Expectation.objects.filter(pk__in=among(change.left)).select_related("member__person")
    changes = [
        audit.changes_of(row, audit.snapshot(row), None, label=row.member.person.name)
        for row in rows
    ]
    Expectation.objects.filter(pk__in=among(change.left)).delete()
    return changes


def _add(
    meeting: Meeting,
    lines: Mapping[int, int | None],
    actor: User | None,
    at: datetime,
) -> list[Change]:
    """One place a member (key), by the line with the key; in one statement."""
    insert_rows(
        [
            Expectation(
                meeting=meeting,
                member_id=member,
                line_id=line,
                recorded_by=actor,
                recorded_at=at,
            )
            for member, line in lines.items()
        ]
    )
    rows = Expectation.objects.filter(meeting=meeting, member__in=among(lines))
    return [
        Change(
            object_type=Expectation._meta.label_lower,
            object_id=str(key),
            label=name,
            before=None,
            after={"meeting": meeting.pk, "member": member, "line": lines[member]},
        )
        for key, member, name in rows.values_list("pk", "member", "member__person__name")
    ]
