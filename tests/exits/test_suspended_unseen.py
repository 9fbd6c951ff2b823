"""A suspended or former member is on no list, in no notice and no reminder, and signs in nowhere.

萍协办字〔2022〕19号 二（三）. Decisions, also dated back, meetings, notices, reminders and sign-in in
thousands of random steps, held against a model of nothing but dates. SUSPENSION_SEQUENCES in the
environment says how many random sequences are tried; by hand, thousands.
"""

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone

from attendance.choices import RequestState, SignInMethod
from attendance.models import Attendance, Expectation, LeaveRequest, Meeting, Sitting
from attendance.selectors.arrivals import open_sittings
from attendance.selectors.convening import invited, listed, own_meetings
from attendance.selectors.expected import candidates
from attendance.selectors.roster import board_of, roster
from attendance.services.convening import NobodyToTellError, send_meeting_notice
from attendance.services.leave import file_leave
from attendance.services.sign_in import sign_in
from core.refusals import RefusalError
from dossiers.models import Campaign
from dossiers.services.campaigns import remind_members
from exits.choices import CaseKind, CaseState
from exits.models import Case, CaseDelivery, CaseStep
from exits.services import decide_case, decisions
from members.choices import NoticeKind
from members.models import Member, Notice, SuspensionPeriod
from members.services.notices import send_notice
from tests.building import make_meeting
from tests.dossiers.papers import make_campaign
from tests.exits.cases import GROUND_OF, START, Desk, make_desk, make_seat

pytestmark = pytest.mark.django_db
SEQUENCES = int(os.environ.get("SUSPENSION_SEQUENCES", "25"))
STEPS = 200
MEMBERS = 4
MEETING_DAYS = range(0, 50, 6)
UNCHECKED = (Case, CaseStep, CaseDelivery, SuspensionPeriod, Attendance, LeaveRequest, Notice)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The rows are the database's to check; the member is told of decisions elsewhere."""
    monkeypatch.setattr(decisions, "tell_of_decision", lambda *args, **kwargs: None)
    for model in UNCHECKED:
        monkeypatch.setattr(model, "full_clean", lambda self, *args, **kwargs: None)


@dataclass
class Dates:
    """One member by the decisions alone: half-open periods, and the first day of being none."""

    away: list[tuple[date, date | None]] = field(default_factory=list)
    gone: date | None = None

    def is_suspended(self, on: date) -> bool:
        return any(start <= on and (end is None or on < end) for start, end in self.away)

    def is_here(self, on: date) -> bool:
        return not self.is_suspended(on) and (self.gone is None or on < self.gone)


@dataclass
class House:
    desk: Desk
    seats: list[Member]
    dates: dict[int, Dates]
    meetings: list[Meeting]
    campaign: Campaign
    today: date = START
    reminded: set[tuple[int, date]] = field(default_factory=set)

    @property
    def at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.today, time(9)))

    def here(self, on: date) -> set[int]:
        return {key for key, dates in self.dates.items() if dates.is_here(on)}


def make_house(desk: Desk) -> House:
    seats = [make_seat(desk, f"seat-{number}") for number in range(MEMBERS)]
    meetings = [make_meeting(desk.term, on=START + timedelta(days=n)) for n in MEETING_DAYS]
    for meeting in meetings:
        Sitting.objects.create(meeting=meeting, number=1)
        Expectation.objects.bulk_create(Expectation(meeting=meeting, member=seat) for seat in seats)
    campaign = make_campaign(
        desk.term,
        opens_date=START,
        deadline_date=START + timedelta(days=300),
        opened_at=timezone.make_aware(datetime.combine(START, time(8))),
    )
    return House(desk, seats, {seat.pk: Dates() for seat in seats}, meetings, campaign)


def decide(house: House, chance: Random) -> bool:
    """Suspends, reinstates or ends, dated up to twenty days back."""
    seat = chance.choice(house.seats)
    away = house.dates[seat.pk].is_suspended(house.today)
    kinds = [CaseKind.REINSTATEMENT] if away else [CaseKind.SUSPENSION]
    kind = chance.choice(kinds * 30 + list(GROUND_OF)[:3])
    on = house.today - timedelta(days=chance.choice([0, 0, 0, 1, 3, 7, 20]))
    case = submitted_case(house, seat, kind, on)
    try:
        decide_case(
            case=case,
            approved=True,
            date=on,
            meeting="会议",
            number="1号",
            unit="某单位",
            note="通过",
            actor=house.desk.second,
            at=house.at,
        )
    except RefusalError:
        case.delete()
        return False
    follow(house.dates[seat.pk], kind, on)
    Case.objects.filter(pk=case.pk).update(**closing(kind, on))
    return True


def submitted_case(house: House, seat: Member, kind: str, on: date) -> Case:
    return Case.objects.create(
        member=seat,
        kind=kind,
        ground=GROUND_OF[kind],
        grounds="情况",
        side="organization",
        state=CaseState.SUBMITTED,
        opened_date=on,
        informed_date=on,
        organization_opinion="agree",
        united_front_opinion="agree",
        proposed_date=on,
        proposal="建议",
        proposed_by=house.desk.registrar,
        applied_date=on,
        submitted_date=on,
    )


def closing(kind: str, on: date) -> dict:
    told = {"state": CaseState.NOTIFIED, "notified_date": on, "closed_date": on}
    if kind in {CaseKind.SUSPENSION, CaseKind.REINSTATEMENT}:
        return told
    return told | {
        "state": CaseState.PUBLISHED,
        "published_date": on,
        "published_in": "网站",
    }


def follow(dates: Dates, kind: str, on: date) -> None:
    if kind == CaseKind.SUSPENSION:
        dates.away.append((on, None))
        return
    if kind != CaseKind.REINSTATEMENT:
        dates.gone = on
    dates.away = [
        (start, max(start, on) if end is None or (end > on and dates.gone) else end)
        for start, end in dates.away
    ]


def told_by(notice: Notice) -> set[int]:
    return set(notice.recipients.values_list("member", flat=True))


def call(house: House, chance: Random) -> bool:
    """A meeting's notice reaches those on the list who may be told today."""
    meeting = chance.choice(house.meetings)
    try:
        notice = send_meeting_notice(
            meeting=meeting,
            title="会议通知",
            body="请参加",
            reply_by=None,
            only_untold=False,
            actor=house.desk.registrar,
            at=house.at,
        )
    except NobodyToTellError:
        assert house.here(meeting.start_date) == set()
        return False
    except RefusalError:
        assert meeting.start_date < house.today
        return False
    assert told_by(notice) == house.here(meeting.start_date) & house.here(house.today)
    return True


def remind(house: House, chance: Random) -> bool:
    asked = chance.sample(house.seats, 3)
    due = {
        seat.pk
        for seat in asked
        if seat.pk in house.here(house.today) and (seat.pk, house.today) not in house.reminded
    }
    try:
        notice = remind_members(
            campaign=house.campaign, members=asked, actor=house.desk.registrar, at=house.at
        )
    except RefusalError:
        assert due == set()
        return False
    assert told_by(notice) == due
    house.reminded |= {(key, house.today) for key in due}
    return True


def write(house: House, chance: Random) -> bool:
    notice = send_notice(
        term=house.desk.term,
        kind=NoticeKind.OTHER,
        title="通知",
        body="请阅",
        members=house.seats,
        users=[seat.person.user for seat in chance.sample(house.seats, 3)],
        actor=house.desk.registrar,
        at=house.at,
    )
    told = {member for member in told_by(notice) if member is not None}
    assert told == house.here(house.today)
    named = notice.recipients.filter(user__person__memberships__isnull=False)
    suspended = {key for key, dates in house.dates.items() if dates.is_suspended(house.today)}
    assert not suspended & set(named.values_list("user__person__memberships", flat=True))
    return True


def arrive(house: House, chance: Random) -> bool:
    meeting, seat = chance.choice(house.meetings), chance.choice(house.seats)
    known = Attendance.objects.filter(sitting__meeting=meeting, member=seat).exists()
    try:
        sign_in(
            sitting=meeting.sittings.get(),
            member=Member.objects.select_related("person").get(pk=seat.pk),
            method=SignInMethod.STAFF,
            actor=house.desk.registrar,
            at=house.at,
        )
    except RefusalError:
        assert known or seat.pk not in house.here(meeting.start_date)
        return False
    assert seat.pk in house.here(meeting.start_date)
    return True


def ask_leave(house: House, chance: Random) -> bool:
    meeting, seat = chance.choice(house.meetings), chance.choice(house.seats)
    try:
        file_leave(meeting=meeting, member=seat, reason="出差", actor=None, at=house.at)
    except RefusalError:
        return False
    assert seat.pk in house.here(meeting.start_date)
    return True


def check_meeting(house: House, meeting: Meeting) -> None:
    here = house.here(meeting.start_date)
    for rows in (
        invited(meeting),
        listed(meeting),
        Expectation.objects.filter(meeting=meeting).expected(),
    ):
        assert {row.member_id for row in rows} == here
    sitting = meeting.sittings.get()
    places = roster(sitting)
    assert {place.member for place in places} == here
    board = board_of(sitting, places)
    assert (board.total.expected, board.walk_ins) == (len(here), 0)
    assert board.total.came == Attendance.objects.filter(sitting=sitting).count()


def check_everything(house: House, chance: Random) -> None:
    """After a decision: nothing that was before it is left behind."""
    for member, on in Attendance.objects.values_list("member", "sitting__meeting__start_date"):
        assert house.dates[member].is_here(on)
    asked = LeaveRequest.objects.filter(state=RequestState.PENDING)
    for member, on in asked.values_list("member", "meeting__start_date"):
        assert house.dates[member].is_here(on)
    seat = chance.choice(house.seats)
    user, here = seat.person.user, house.here(house.today)
    ahead = own_meetings(user, on=house.today).values_list("meeting__start_date", flat=True)
    assert all(house.dates[seat.pk].is_here(on) for on in ahead)
    assert seat.pk in here or open_sittings(user=user, on=house.today) == []
    meeting = make_meeting(house.desk.term, on=house.today)
    assert {found.pk for found in candidates(meeting=meeting, words="")} == here
    meeting.delete()


DOINGS = (decide, decide, decide, call, remind, write, arrive, arrive, arrive, ask_leave)


def play(desk: Desk, chance: Random, done: Counter) -> None:
    house = make_house(desk)
    for _ in range(STEPS):
        house.today += timedelta(days=chance.choice([0, 0, 0, 0, 1]))
        doing = chance.choice(DOINGS)
        if not doing(house, chance):
            continue
        done[doing.__name__] += 1
        if doing is decide:
            check_everything(house, chance)
            check_meeting(house, chance.choice(house.meetings))
    for meeting in house.meetings:
        check_meeting(house, meeting)


def test_who_is_suspended_or_gone_is_nowhere_to_be_seen():
    desk, done = make_desk(), Counter()
    for seed in range(SEQUENCES):
        point = transaction.savepoint()
        play(desk, Random(seed), done)  # noqa: S311 -- the same each time
        transaction.savepoint_rollback(point)
    assert min(done[doing.__name__] for doing in DOINGS) > SEQUENCES
