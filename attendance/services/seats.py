"""列席: proposing seats and how many a meeting has (萍协字〔2022〕23号 第三条, 24号 一)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError, save_record
from attendance.choices import Capacity, Purpose, RequestState
from attendance.models import Expectation, Meeting, NonVotingSeat
from attendance.selectors.leave import first_beginning, procedure_for
from attendance.selectors.seats import is_expected_to_vote, places_of
from attendance.services.chains import open_chain
from core.refusals import RefusalError
from members.choices import NoticeKind
from members.models import Department, Member
from members.services.notices import send_notice


class SeatNotPossibleError(RefusalError):
    """The person cannot sit there without a vote: they have a seat, or none at all."""


class PlacesExceededError(RefusalError):
    """More than the usual number, and no written reason."""


class SeatClosedError(RefusalError):
    """The seat is not at the point at which this is done."""


@transaction.atomic
def propose_seat(
    *,
    meeting: Meeting,
    agenda_item: str,
    reason: str,
    member: Member | None = None,
    name: str = "",
    unit: str = "",
    phone: str = "",
    department: Department | None = None,
    actor: User | None,
    at: datetime,
) -> NonVotingSeat:
    """Proposes a member, or a guest by name and unit, for an item of the agenda.

    Raises ReasonMissingError, SeatNotPossibleError or django's ValidationError.
    """
    if not reason.strip() or not agenda_item.strip():
        raise ReasonMissingError("请写明列席议题和邀请理由。")
    meeting = (
        Meeting.objects.select_for_update(of=("self",), no_key=True)
        .select_related("term")
        .get(pk=meeting.pk)
    )
    if at >= first_beginning(meeting, list(meeting.sittings.select_related("meeting"))):
        raise SeatNotPossibleError("会议已经开始，不能再提出列席人选。")
    if member is not None:
        _refuse_member(meeting, member)
    seat = NonVotingSeat(
        meeting=meeting,
        member=member,
        name=name.strip(),
        unit=unit.strip(),
        phone=phone.strip(),
        department=department,
        agenda_item=agenda_item.strip(),
        reason=reason.strip(),
        recorded_by=actor,
        recorded_at=at,
    )
    seat.full_clean()
    seat.save(force_insert=True)
    chain = open_chain(
        request=seat,
        procedure=procedure_for(meeting, Purpose.NON_VOTING),
        applicant=member,
        days=1,
        on=timezone.localdate(at),
    )
    audit.record(
        actor=actor,
        verb=Verb.CREATE,
        at=at,
        obj=seat,
        reason=seat.reason,
        changes=[audit.changes_of(row, None, audit.snapshot(row)) for row in (seat, *chain)],
    )
    return seat


@transaction.atomic
def withdraw_seat(
    *, seat: NonVotingSeat, reason: str, actor: User | None, at: datetime
) -> NonVotingSeat:
    """Takes a seat back before the meeting; whoever was invited already is told so.

    Raises ReasonMissingError or SeatClosedError.
    """
    if not reason.strip():
        raise ReasonMissingError("请写明撤回的原因。")
    seat = locked_seat(seat)
    meeting = seat.meeting
    if seat.state not in {RequestState.PENDING, RequestState.APPROVED}:
        raise SeatClosedError(f"此列席人选{seat.get_state_display()}，不用撤回。")
    if at >= first_beginning(meeting, list(meeting.sittings.select_related("meeting"))):
        raise SeatClosedError("会议已经开始，不能再撤回。")
    was_invited = seat.invited_at is not None
    changes = take_back_seat(seat=seat, at=at)
    audit.record(
        actor=actor, verb=Verb.UPDATE, at=at, obj=seat, reason=reason.strip(), changes=changes
    )
    if was_invited:
        send_notice(
            term=meeting.term,
            kind=NoticeKind.NON_VOTING,
            title=f"列席安排取消：{meeting.title}"[:200],
            body=f"原请您列席“{meeting.title}”，现安排取消。原因：{reason.strip()}",
            members=[seat.member] if seat.member else [],
            parties=[] if seat.member else [party_of(seat)],
            subject=f"attendance.nonvotingseat:{seat.pk}",
            actor=actor,
            at=at,
        )
    return seat


def take_back_seat(*, seat: NonVotingSeat, at: datetime) -> list[audit.Change]:
    """Ends the seat and its place on the meeting's list. For within a transaction that has locked
    the seat, and whose audit entry takes the changes.
    """
    before = audit.snapshot(seat)
    seat.state, seat.settled_at, seat.invited_at = RequestState.WITHDRAWN, at, None
    changes = [saved_change(seat, before)]
    if seat.member_id is not None:
        for place in Expectation.objects.filter(
            meeting=seat.meeting, member=seat.member_id, capacity=Capacity.NON_VOTING
        ):
            changes.append(audit.changes_of(place, audit.snapshot(place), None))
            place.delete()
    return changes


def set_non_voting_reason(
    *, meeting: Meeting, reason: str, actor: User | None, at: datetime
) -> Meeting:
    """Writes down why more than the usual number sit there (“一般一次不超过5人”).

    Raises ReasonMissingError.
    """
    if not reason.strip():
        raise ReasonMissingError("请写明列席人数超过规定的理由。")
    meeting.non_voting_reason = reason.strip()
    return save_record(obj=meeting, actor=actor, at=at, reason=meeting.non_voting_reason)


def refuse_overfull(*, seat: NonVotingSeat) -> None:
    """Before one more is approved or invited; locks the meeting, so that two at once are counted.

    Raises PlacesExceededError.
    """
    meeting = Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=seat.meeting_id)
    places = places_of(meeting)
    beyond = places.is_over if seat.state == RequestState.APPROVED else places.is_full
    if beyond and not places.reason:
        raise PlacesExceededError(
            f"“{meeting.title}”已批准列席{places.taken}人，一般一次不超过{places.usual}人。"
            "请先在该会议的列席页面写明超员理由，再办理。"
        )


def locked_seat(seat: NonVotingSeat) -> NonVotingSeat:
    seats = NonVotingSeat.objects.select_for_update(of=("self",), no_key=True)
    return seats.select_related("meeting__term", "member__person").get(pk=seat.pk)


def saved_change(seat: NonVotingSeat, before: audit.Snapshot) -> audit.Change:
    """Saves the seat; what changed, for the audit entry."""
    seat.version += 1
    seat.full_clean()
    seat.save()
    return audit.changes_of(seat, before, audit.snapshot(seat))


def party_of(seat: NonVotingSeat) -> str:
    """A guest as a notice names them."""
    return f"{seat.name}（{seat.unit}）" if seat.unit else seat.name


def _refuse_member(meeting: Meeting, member: Member) -> None:
    name, day = member.person.name, meeting.start_date
    if not Member.objects.invitable(day).filter(pk=member.pk).exists():
        raise SeatNotPossibleError(f"{name}在会议当天不在任或暂停履职，不能邀请列席。")
    if is_expected_to_vote(meeting, member):
        raise SeatNotPossibleError(f"{name}应出席此会议，不列席。")
    if Expectation.objects.filter(
        meeting=meeting, member=member, capacity=Capacity.EXPECTED, removed_reason=""
    ).exists():
        raise SeatNotPossibleError(f"{name}已在此会议的应到名单中，不用再提名列席。")
    if NonVotingSeat.objects.filter(
        meeting=meeting, member=member, state__in=[RequestState.PENDING, RequestState.APPROVED]
    ).exists():
        raise SeatNotPossibleError(f"{name}已提名列席此会议。")
