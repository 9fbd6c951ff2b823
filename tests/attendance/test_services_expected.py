"""The expected list: by rule, by hand, and never with whoever is suspended."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import AuditEntry
from accounts.services import ReasonMissingError
from attendance.choices import Capacity, Participation, Reply, Scope
from attendance.models import Expectation, ScopeLine, Sitting
from attendance.selectors.expected import Line, candidates, difference, expected_of, rule_of
from attendance.services.expected import (
    AlreadyListedError,
    ListChangedError,
    ListClosedError,
    NotInvitableError,
    add_expected,
    build_expected,
    remove_expected,
)
from members.choices import NoticeKind, Party, Post
from members.models import LiaisonGroup, Member, Person, SectorGroup, SuspensionPeriod
from members.services.notices import send_notice
from tests.building import make_meeting, make_member, make_tenure, make_term, suspend

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 1, 4, tzinfo=UTC)
DAY = date(2026, 3, 10)
ALL = Line(Scope.ALL)
STANDING = Line(Scope.STANDING)


def build(meeting, *lines, **fields):
    return build_expected(meeting=meeting, lines=lines, actor=None, at=AT, **fields)


def names(meeting) -> list[str]:
    return [row.member.person.name for row in expected_of(meeting)]


def test_each_scope_takes_in_whom_it_names():
    term = make_term()
    first, second = term.sector_set.order_by("sequence")
    committee = term.specialcommittee_set.get()
    county = LiaisonGroup.objects.create(term=term, name="安源区")
    group = SectorGroup.objects.create(term=term, name="第二活动组", sector=second)
    make_member(term, "1", name="普通", sector=first)
    make_member(term, "2", name="常委", sector=first, standing_from=term.start_date)
    make_member(term, "3", name="前常委", standing_from=term.start_date, standing_until=DAY)
    make_tenure(make_member(term, "4", name="主席"), term.start_date, post=Post.CHAIRPERSON)
    make_member(term, "5", name="财贸", sector=second)
    make_member(term, "6", name="专委", committee=committee)
    make_member(term, "7", name="县区", liaison_group=county)
    expected = {
        ALL: ["普通", "常委", "前常委", "主席", "财贸", "专委", "县区"],
        STANDING: ["常委", "主席"],
        Line(Scope.CHAIRPERSONS): ["主席"],
        Line(Scope.SECTOR, second.pk): ["财贸"],
        Line(Scope.COMMITTEE, committee.pk): ["专委"],
        Line(Scope.SECTOR_GROUP, group.pk): ["财贸"],
        Line(Scope.LIAISON_GROUP, county.pk): ["县区"],
    }
    for line, members in expected.items():
        meeting = make_meeting(term, on=DAY)
        build(meeting, line)
        assert (line, names(meeting)) == (line, members)


def test_lines_add_up_and_picked_members_come_besides():
    term = make_term()
    second = term.sector_set.order_by("sequence").last()
    both = make_member(term, "1", name="常委兼财贸", sector=second, standing_from=term.start_date)
    make_member(term, "2", name="财贸", sector=second)
    picked = make_member(term, "3", name="指定")
    make_member(term, "4", name="无关")
    meeting = make_meeting(term, on=DAY)

    build(meeting, STANDING, Line(Scope.SECTOR, second.pk), picked=[picked, both])

    assert names(meeting) == ["常委兼财贸", "财贸", "指定"]
    lines = dict(meeting.expectations.values_list("member__code", "line__scope"))
    assert lines == {"1": "standing", "2": "sector", "3": None}
    entry = AuditEntry.objects.get()
    assert (entry.object_id, entry.detail) == (str(meeting.pk), {"added": 3, "left": 0})
    assert entry.changes.count() == 5


@pytest.mark.parametrize(
    ("joined", "exited", "listed"),
    [
        (DAY, None, True),
        (DAY + timedelta(days=1), None, False),
        (None, DAY, False),
        (None, DAY + timedelta(days=1), True),
    ],
)
def test_whoever_serves_on_the_first_day_is_listed(joined, exited, listed):
    term = make_term()
    make_member(term, name="某人", joined=joined, exited=exited)
    meeting = make_meeting(term, on=DAY)
    build(meeting, ALL)
    assert names(meeting) == (["某人"] if listed else [])


def test_suspended_member_keeps_a_place_unseen_and_comes_back():
    term = make_term()
    make_member(term, "1", name="在任")
    member = make_member(term, "2", name="暂停者")
    period = suspend(member, DAY - timedelta(days=1))
    meeting = make_meeting(term, on=DAY)

    change = build(meeting, ALL)

    assert [place.name for place in change.shown_added] == ["在任"]
    assert (change.total, names(meeting)) == (1, ["在任"])
    assert candidates(meeting=meeting, words="暂停") == []
    period.end_date = DAY
    period.save()
    assert names(meeting) == ["在任", "暂停者"]


def test_rebuilding_shows_the_difference_first():
    term = make_term()
    first, second = term.sector_set.order_by("sequence")
    make_member(term, "1", name="留任", sector=second)
    leaver = make_member(term, "2", name="改界别", sector=second)
    picked = make_member(term, "3", name="指定", sector=first)
    meeting = make_meeting(term, on=DAY)
    line = Line(Scope.SECTOR, second.pk)
    build(meeting, line, picked=[picked])
    leaver.sector = first
    leaver.save()
    make_member(term, "4", name="增补", sector=second, joined=date(2026, 2, 20))

    shown = difference(meeting=meeting, lines=rule_of(meeting))
    assert [place.name for place in shown.shown_added] == ["增补"]
    assert [place.name for place in shown.shown_left] == ["改界别"]
    assert shown.total == 3
    assert names(meeting) == ["留任", "改界别", "指定"]

    build(meeting, line, seen=shown.mark)
    assert names(meeting) == ["留任", "指定", "增补"]
    assert build(meeting, line).is_empty
    assert AuditEntry.objects.count() == 2


def test_difference_that_changed_meanwhile_is_refused():
    term = make_term()
    meeting = make_meeting(term, on=DAY)
    seen = difference(meeting=meeting, lines=[ALL]).mark
    make_member(term)
    with pytest.raises(ListChangedError):
        build(meeting, ALL, seen=seen)
    assert not meeting.expectations.exists()


def test_change_of_rule_takes_off_whom_only_the_old_one_named():
    term = make_term()
    make_member(term, "1", name="普通")
    make_member(term, "2", name="常委", standing_from=term.start_date)
    meeting = make_meeting(term, on=DAY)
    build(meeting, ALL)
    build(meeting, STANDING)
    assert names(meeting) == ["常委"]
    assert list(ScopeLine.objects.values_list("scope", flat=True)) == ["standing"]
    assert meeting.expectations.get().line == ScopeLine.objects.get()
    build(meeting)
    assert names(meeting) == []


def test_non_voting_place_is_left_alone():
    term = make_term()
    member = make_member(term, name="列席者")
    meeting = make_meeting(term, on=DAY)
    Expectation.objects.create(meeting=meeting, member=member, capacity=Capacity.NON_VOTING)
    build(meeting, ALL)
    build(meeting)
    assert meeting.expectations.get().capacity == Capacity.NON_VOTING


def test_member_taken_off_stays_off_until_added_again():
    term = make_term()
    member = make_member(term, name="某人")
    meeting = make_meeting(term, on=DAY)
    build(meeting, ALL)
    row = meeting.expectations.get()

    with pytest.raises(ReasonMissingError):
        remove_expected(expectation=row, reason=" ", actor=None, at=AT)
    remove_expected(expectation=row, reason="公务出国", actor=None, at=AT)
    with pytest.raises(NotInvitableError):
        remove_expected(expectation=row, reason="公务出国", actor=None, at=AT)
    build(meeting, ALL)
    assert names(meeting) == []
    assert candidates(meeting=meeting, words="某") == [member]

    add_expected(meeting=meeting, member=member, reason="行程取消", actor=None, at=AT)
    assert names(meeting) == ["某人"]
    with pytest.raises(AlreadyListedError):
        add_expected(meeting=meeting, member=member, reason="", actor=None, at=AT)
    reasons = AuditEntry.objects.order_by("sequence").values_list("reason", flat=True)
    assert list(reasons) == ["", "公务出国", "行程取消"]


def test_uninvitable_members_cannot_be_picked():
    term = make_term()
    suspended, gone = make_member(term), make_member(term, exited=DAY)
    suspend(suspended, DAY)
    stranger = make_member(make_term("other"))
    meeting = make_meeting(term, on=DAY)
    for member in (suspended, gone, stranger):
        with pytest.raises(NotInvitableError):
            add_expected(meeting=meeting, member=member, reason="", actor=None, at=AT)
        with pytest.raises(NotInvitableError):
            build(meeting, picked=[member])


def test_list_stands_once_a_sitting_is_closed():
    term = make_term()
    member = make_member(term)
    meeting = make_meeting(term, on=DAY)
    build(meeting, ALL)
    Sitting.objects.create(meeting=meeting, number=1, closed_at=AT)
    row = meeting.expectations.get()
    with pytest.raises(ListClosedError):
        build(meeting, STANDING)
    with pytest.raises(ListClosedError):
        add_expected(meeting=meeting, member=member, reason="", actor=None, at=AT)
    with pytest.raises(ListClosedError):
        remove_expected(expectation=row, reason="x", actor=None, at=AT)


def test_sign_up_expects_those_who_signed_up():
    term = make_term()
    make_member(term, "1", name="未报名")
    make_member(term, "2", name="已报名")
    meeting = make_meeting(term, on=DAY, participation=Participation.SIGN_UP)
    build(meeting, ALL)
    meeting.expectations.filter(member__code="2").update(reply=Reply.ATTENDING)
    assert names(meeting) == ["已报名"]
    assert meeting.expectations.invitable().count() == 2


def crowd(term, count: int) -> None:
    """Many members in few statements."""
    persons = Person.objects.bulk_create(Person(name=f"委员{n}") for n in range(count))
    sectors = list(term.sector_set.all())
    Member.objects.bulk_create(
        Member(
            term=term,
            person=person,
            code=f"{n:05}",
            party=Party.CPC,
            sector=sectors[n % len(sectors)],
            joined_date=term.start_date,
        )
        for n, person in enumerate(persons)
    )


@pytest.mark.parametrize("count", [1, 3, 3000])
def test_building_takes_as_many_queries_for_one_as_for_thousands(count, django_assert_num_queries):
    term = make_term()
    crowd(term, count)
    meeting = make_meeting(term, on=DAY)
    with django_assert_num_queries(24):
        build(meeting, ALL)
    assert expected_of(meeting).count() == count


@pytest.mark.parametrize("seed", range(12))
def test_suspended_member_is_in_no_list_notice_or_count(seed):
    """Suspensions at random, some entered after the list was built, some ended later."""
    chance = random.Random(seed)  # noqa: S311 -- for a test
    term = make_term()
    members = [make_member(term, f"{n:02}") for n in range(8)]
    meeting = make_meeting(term, on=DAY)

    def suspended() -> set[int]:
        rows = SuspensionPeriod.objects.covering(meeting.start_date)
        return set(rows.values_list("member", flat=True))

    for _ in range(10):
        member = chance.choice(members)
        if chance.random() < 0.3:
            member.suspensions.all().delete()  # annulled, as if it had never been
        else:
            start = DAY + timedelta(days=chance.randint(-20, 5))
            end = chance.choice([None, start + timedelta(days=chance.randint(0, 25))])
            if not member.suspensions.overlapping(start, end).exists():
                suspend(member, start, end)
        if chance.random() < 0.4:
            shown = build(meeting, ALL)
            assert not {place.member for place in shown.shown_added} & suspended()
        if meeting.expectations.exists():
            invited = {row.pk for row in members} - suspended()
            listed = set(expected_of(meeting).values_list("member", flat=True))
            assert listed == invited
            assert difference(meeting=meeting, lines=[ALL]).total == len(invited)
        told = send_notice(
            term=term,
            kind=NoticeKind.MEETING,
            title="通知",
            body="请参加。",
            members=members,
            actor=None,
            at=datetime(2026, 3, 10, 4, tzinfo=UTC),
        )
        recipients = set(told.recipients.values_list("member", flat=True))
        assert recipients == {row.pk for row in members} - suspended()
