"""Ending and suspending a membership by decision (萍协办字〔2022〕19号).

The caller holds the transaction, has the decision, and records the audit entry over the changes.
"""

from datetime import date, datetime

from accounts import audit
from accounts.audit import Change
from accounts.models import User
from core.refusals import RefusalError
from members.models import Member, SuspensionPeriod, Tenure


class MembershipRefusedError(RefusalError):
    """The register does not stand as the decision supposes."""


def end_membership(*, member: Member, on: date) -> list[Change]:
    """`on` is the first day of not being a member; every post and suspension ends with it.

    Raises MembershipRefusedError.
    """
    stored = _locked(member)
    if not stored.serves(on):
        raise MembershipRefusedError(f"{stored}在{on}已不在任或尚未入届，不能终止委员资格。")
    changes = [_save(stored, exited_date=on)]
    periods: list[Tenure | SuspensionPeriod] = [*stored.tenures.all(), *stored.suspensions.all()]
    changes += [
        _save(row, end_date=max(on, row.start_date))
        for row in periods
        if row.end_date is None or row.end_date > on
    ]
    member.exited_date = on
    return changes


def end_post(*, member: Member, post: str, on: date) -> list[Change]:
    """Raises MembershipRefusedError where the member does not hold the post on the day."""
    row = Tenure.objects.covering(on).filter(member=_locked(member), post=post).first()
    if row is None:
        raise MembershipRefusedError(f"{member}在{on}没有担任该职务。")
    return [_save(row, end_date=on)]


def start_suspension(
    *, member: Member, on: date, number: str, actor: User | None, at: datetime
) -> tuple[SuspensionPeriod, list[Change]]:
    """Raises MembershipRefusedError where the member does not serve or is suspended later on."""
    stored = _locked(member)
    if not stored.serves(on):
        raise MembershipRefusedError(f"{stored}在{on}不在任，不能暂停履职。")
    if stored.suspensions.overlapping(on, None).exists():
        raise MembershipRefusedError(f"{stored}在{on}或以后已有一段暂停履职，请先核对名册。")
    if stored.suspensions.filter(start_date=on).exists():
        raise MembershipRefusedError(
            f"{stored}在{on}已暂停过一次并于当日恢复，请核对决定日期；确有再次暂停的，自次日起。"
        )
    period = SuspensionPeriod(
        member=stored,
        start_date=on,
        decision_number=number,
        recorded_by=actor,
        recorded_at=at,
    )
    period.full_clean()
    period.save(force_insert=True)
    return period, [audit.changes_of(period, None, audit.snapshot(period))]


def end_suspension(*, member: Member, on: date) -> tuple[SuspensionPeriod, list[Change]]:
    """`on` is the first day of performing duties again.

    Raises MembershipRefusedError where no suspension runs, or the one of that day has ended.
    """
    row = SuspensionPeriod.objects.covering(on).filter(member=_locked(member)).first()
    if row is None:
        raise MembershipRefusedError(f"{member}在{on}没有暂停履职，无须恢复。")
    if row.end_date is not None:
        raise MembershipRefusedError(
            f"{member}自{row.start_date}的暂停履职已于{row.end_date}结束，请核对决定日期。"
        )
    return row, [_save(row, end_date=on)]


def _locked(member: Member) -> Member:
    return Member.objects.select_for_update(of=("self",), no_key=True).get(pk=member.pk)


def _save(row: Member | Tenure | SuspensionPeriod, **values: date) -> Change:
    before = audit.snapshot(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    return audit.changes_of(row, before, audit.snapshot(row))
