"""述职评价: who reports orally, and the 主席会议's opinion (萍协字〔2022〕9号 第五条、第六条)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import StaleRecordError, save_record
from core.refusals import RefusalError
from dossiers.models import Campaign, StandingReview
from dossiers.selectors.campaigns import standing_members
from members.models import Member


class NotStandingError(RefusalError):
    """Only standing members report on their duties."""


class OwnReviewError(RefusalError):
    """Nobody writes the opinion on their own year."""


class ReviewDateError(RefusalError):
    """A meeting that has not been held decides nothing."""


@transaction.atomic
def choose_oral_reports(
    *, campaign: Campaign, members: Collection[Member], actor: User, at: datetime
) -> list[StandingReview]:
    """Exactly these standing members report orally; choosing the same again changes nothing.

    Raises NotStandingError.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    standing = {seat.pk: seat for seat in standing_members(campaign, on=timezone.localdate(at))}
    chosen = {member.pk for member in members}
    if chosen - set(standing):
        raise NotStandingError("所选的人中有的不是常委，请重新选择。")
    known = {row.member_id: row for row in StandingReview.objects.filter(campaign=campaign)}
    changes = []
    for key in sorted(chosen | set(known)):
        row = known.get(key)
        if (row.reports_orally if row else False) == (key in chosen):
            continue
        before = audit.snapshot(row) if row else None
        if row is None:
            row = StandingReview(
                campaign=campaign, member=standing[key], recorded_by=actor, recorded_at=at
            )
            known[key] = row
        else:
            row.version += 1
        row.reports_orally = key in chosen
        row.full_clean()
        row.save()
        changes.append(audit.changes_of(row, before, audit.snapshot(row)))
    if changes:
        audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=campaign, changes=changes)
    return [row for row in known.values() if row.reports_orally]


@transaction.atomic
def record_review(
    *,
    campaign: Campaign,
    member: Member,
    opinion: str,
    decided_date: date | None,
    document_number: str = "",
    reported_date: date | None = None,
    seen_version: int = 0,
    actor: User,
    at: datetime,
) -> StandingReview:
    """Writes down the 综合评价意见 with the meeting that gave it. `seen_version` 0: there was none.

    Raises OwnReviewError, NotStandingError, ReviewDateError, StaleRecordError or ValidationError.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    _refuse(campaign, member, (decided_date, reported_date), actor, timezone.localdate(at))
    row = StandingReview.objects.filter(campaign=campaign, member=member).first()
    row = row or StandingReview(campaign=campaign, member=member)
    if not row._state.adding and row.version != seen_version:
        raise StaleRecordError(row, [("综合评价意见", row.opinion, opinion.strip())])
    row.opinion, row.decided_date = opinion.strip(), decided_date
    row.document_number, row.reported_date = document_number.strip(), reported_date
    return save_record(obj=row, actor=actor, at=at)


def _refuse(
    campaign: Campaign, member: Member, days: Iterable[date | None], actor: User, on: date
) -> None:
    if member.person.user_id == actor.pk:
        raise OwnReviewError("不能登记对本人的评价意见，请其他同志办理。")
    if member.pk not in {seat.pk for seat in standing_members(campaign, on=on)}:
        raise NotStandingError(f"{member.person.name}在{campaign.year}年度不是常委。")
    if any(day is not None and day > on for day in days):
        raise ReviewDateError("日期还没有到，请核对主席会议日期和口头述职日期。")
