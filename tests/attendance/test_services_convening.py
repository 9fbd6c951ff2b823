"""Calling a meeting: the notice and its words, the replies, the papers, the copy."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEntry, User
from accounts.services import ReasonMissingError
from attendance.choices import Capacity, MeetingKind, Participation, Reply, Scope
from attendance.models import Expectation, MeetingMaterial, Sitting
from attendance.selectors.convening import (
    draft_notice,
    latest_reply_by,
    listed,
    own_meetings,
    own_place,
    tally,
)
from attendance.selectors.expected import Line, rule_of
from attendance.services.convening import (
    NobodyToTellError,
    NoticeTooLateError,
    ReplyClosedError,
    attach_material,
    copy_meeting,
    reply_to_meeting,
    send_meeting_notice,
    withdraw_material,
)
from attendance.services.expected import build_expected
from members.services.notices import read_notice
from tests.building import make_meeting, make_member, make_term, suspend

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
TODAY = date(2026, 3, 1)
DAY = date(2026, 3, 10)
ALL = Line(Scope.ALL)


def called(*members, lines=(ALL,), **fields):
    term = members[0].term if members else make_term()
    meeting = make_meeting(
        term,
        fields.pop("kind", MeetingKind.STANDING_COMMITTEE_MEETING),
        DAY,
        title=fields.pop("title", "市政协第二十次常委会会议"),
        **fields,
    )
    build_expected(meeting=meeting, lines=lines, actor=None, at=AT)
    return meeting


def tell(meeting, at=AT, **fields):
    given = {"title": "通知", "body": "请参加。", "reply_by": None, "only_untold": False}
    return send_meeting_notice(meeting=meeting, actor=None, at=at, **given | fields)


def account(member) -> User:
    user = User.objects.create(username=member.code, name=member.person.name)
    member.person.user = user
    member.person.save()
    return user


def told(notice) -> list[str]:
    return [str(recipient) for recipient in notice.recipients.order_by("pk")]


def test_notice_goes_to_those_on_the_list_and_later_to_those_untold():
    term = make_term()
    make_member(term, "1", name="甲")
    absent = make_member(term, "2", name="暂停者")
    period = suspend(absent, date(2026, 2, 1))
    seat = make_member(term, "3", name="列席者", joined=DAY + timedelta(days=1))
    meeting = called(absent)
    seat.joined_date = term.start_date
    seat.save()
    Expectation.objects.create(meeting=meeting, member=seat, capacity=Capacity.NON_VOTING)

    notice = tell(meeting)

    assert told(notice) == ["甲"]
    assert (notice.kind, notice.subject) == ("meeting", f"attendance.meeting:{meeting.pk}")
    assert notice.path == f"/attendance/meetings/{meeting.pk}/"
    with pytest.raises(NobodyToTellError):
        tell(meeting, only_untold=True)
    period.delete()
    assert told(tell(meeting, only_untold=True)) == ["暂停者"]


def test_empty_list_is_told_nothing():
    with pytest.raises(NobodyToTellError):
        tell(called(lines=()))


@pytest.mark.parametrize(
    ("reply_by", "fits"),
    [
        (TODAY - timedelta(days=1), False),
        (TODAY, True),
        (DAY, True),
        (DAY + timedelta(days=1), False),
    ],
)
def test_reply_is_asked_for_between_today_and_the_meeting(reply_by, fits):
    meeting = called(make_member(make_term()))
    if fits:
        assert tell(meeting, reply_by=reply_by).reply_by == reply_by
    else:
        with pytest.raises(NoticeTooLateError):
            tell(meeting, reply_by=reply_by)


@pytest.mark.parametrize(("days", "fits"), [(0, True), (1, False)])
def test_no_notice_of_a_meeting_that_is_over(days, fits):
    meeting = called(make_member(make_term()))
    at = datetime(2026, 3, 10, 4, tzinfo=UTC) + timedelta(days=days)
    if fits:
        tell(meeting, at=at)
    else:
        with pytest.raises(NoticeTooLateError):
            tell(meeting, at=at)


def test_notice_is_worded_as_offices_write():
    meeting = called(
        make_member(make_term(), standing_from=date(2021, 11, 1)),
        lines=(Line(Scope.STANDING),),
        place="市政协三楼会议室",
        topic="审议年度工作报告",
    )
    for number, hour in enumerate((1, 6), start=1):
        Sitting.objects.create(
            meeting=meeting,
            number=number,
            title=f"第{number}次全体会议",
            starts_at=datetime(2026, 3, 10, hour, tzinfo=UTC),
            ends_at=datetime(2026, 3, 10, hour + 2, 30, tzinfo=UTC),
        )
    draft = draft_notice(meeting, on=TODAY)
    assert draft.title == "关于召开市政协第二十次常委会会议的通知"
    assert draft.reply_by == date(2026, 3, 6)
    assert draft.body.splitlines() == [
        "各位常委：",
        "兹定于2026年3月10日（周二）召开市政协第二十次常委会会议。现将有关事项通知如下：",
        "一、时间",
        "第1次全体会议：2026年3月10日（周二）上午09:00至11:30",
        "第2次全体会议：2026年3月10日（周二）下午14:00至16:30",
        "二、地点",
        "市政协三楼会议室",
        "三、议题",
        "审议年度工作报告",
        "四、参加人员",
        "全体常委",
        "五、有关事项",
        "请于2026年3月6日（周五）前回复是否参加。",
        "因故不能参加的，请按规定履行请假手续。请提前十分钟到场签到。",
    ]


def test_sign_up_activity_is_worded_as_such():
    meeting = called(
        make_member(make_term()),
        kind=MeetingKind.THEMED_ACTIVITY,
        title="植树活动",
        participation=Participation.SIGN_UP,
    )
    draft = draft_notice(meeting, on=TODAY)
    assert draft.title == "关于开展植树活动的通知"
    assert "本次活动自愿报名，请于2026年3月6日（周五）前报名。" in draft.body.splitlines()


def test_list_tells_who_was_told_has_read_and_replied():
    term = make_term()
    members = [make_member(term, str(n), name=f"{n}号") for n in range(1, 4)]
    meeting = called(members[0])
    notice = tell(meeting)
    newcomer = make_member(term, "4", name="4号")
    build_expected(meeting=meeting, lines=[ALL], actor=None, at=AT)
    read_notice(notice=notice, user=account(members[1]), at=AT)
    for member, reply in zip(members, (Reply.ATTENDING, Reply.DECLINED), strict=False):
        row = meeting.expectations.get(member=member)
        reply_to_meeting(expectation=row, reply=reply, actor=None, at=AT)

    rows = list(listed(meeting))
    assert [(row.member_id, row.told_at, row.read_at) for row in rows] == [
        (members[0].pk, AT, None),
        (members[1].pk, AT, AT),
        (members[2].pk, AT, None),
        (newcomer.pk, None, None),
    ]
    whole, sectors = tally(rows)
    assert (whole.total, whole.told, whole.read) == (4, 3, 1)
    assert (whole.attending, whole.declined, whole.silent) == (1, 1, 2)
    assert [(line.sector, line.total) for line in sectors] == [("工商联界", 4)]


def test_same_reply_twice_is_one():
    meeting = called(make_member(make_term()))
    row = meeting.expectations.get()
    for at in (AT, AT + timedelta(hours=1)):
        reply_to_meeting(expectation=row, reply=Reply.ATTENDING, actor=None, at=at)
    row.refresh_from_db()
    assert (row.reply, row.replied_at, row.version) == (Reply.ATTENDING, AT, 2)
    assert AuditEntry.objects.filter(object_type="attendance.expectation").count() == 1


def test_suspended_member_cannot_reply():
    member = make_member(make_term())
    meeting = called(member)
    suspend(member, TODAY)
    with pytest.raises(ReplyClosedError):
        reply_to_meeting(
            expectation=meeting.expectations.get(), reply=Reply.ATTENDING, actor=None, at=AT
        )


@pytest.mark.parametrize(("days", "open_"), [(0, True), (1, False)])
def test_names_are_put_down_until_the_day_asked_for(days, open_):
    meeting = called(make_member(make_term()), participation=Participation.SIGN_UP)
    tell(meeting, reply_by=date(2026, 3, 5))
    assert latest_reply_by(meeting) == date(2026, 3, 5)
    row = meeting.expectations.get()
    at = datetime(2026, 3, 5, 4, tzinfo=UTC) + timedelta(days=days)
    given = {"expectation": row, "reply": Reply.ATTENDING, "actor": None, "at": at}
    if not open_:
        with pytest.raises(ReplyClosedError):
            reply_to_meeting(**given)
    assert reply_to_meeting(**given, on_behalf=not open_).reply == Reply.ATTENDING


@pytest.mark.parametrize(("days", "open_"), [(0, True), (1, False)])
def test_nobody_replies_after_the_meeting(days, open_):
    meeting = called(make_member(make_term()))
    at = datetime(2026, 3, 10, 15, tzinfo=UTC) + timedelta(days=days)
    given = {"reply": Reply.ATTENDING, "actor": None, "at": at, "on_behalf": True}
    if open_:
        reply_to_meeting(expectation=meeting.expectations.get(), **given)
    else:
        with pytest.raises(ReplyClosedError):
            reply_to_meeting(expectation=meeting.expectations.get(), **given)


def test_own_meetings_are_those_announced_and_ahead():
    term = make_term()
    member = make_member(term)
    user = account(member)
    meeting = called(member)
    assert list(own_meetings(user, on=TODAY)) == []
    tell(meeting)
    called(member, title="没有通知的会议")
    assert [row.meeting for row in own_meetings(user, on=TODAY)] == [meeting]
    assert [row.meeting for row in own_meetings(user, on=DAY)] == [meeting]
    assert list(own_meetings(user, on=DAY + timedelta(days=1))) == []
    assert own_place(meeting=meeting, user=user).expectation.member == member
    suspend(member, TODAY)
    assert list(own_meetings(user, on=TODAY)) == []
    assert own_place(meeting=meeting, user=user) is None


@pytest.fixture
def storage(monkeypatch, tmp_path):
    kept = MeetingMaterial._meta.get_field("file").storage
    monkeypatch.setitem(vars(kept), "base_location", tmp_path)
    monkeypatch.setitem(vars(kept), "location", str(tmp_path))
    return kept


def test_material_is_laid_out_and_taken_away(storage, django_capture_on_commit_callbacks):
    meeting = called(make_member(make_term()))
    given = {"meeting": meeting, "title": "议程", "must_return": True, "actor": None, "at": AT}
    with pytest.raises(ValidationError):
        attach_material(file=SimpleUploadedFile("议程.exe", b"MZ"), **given)
    material = attach_material(file=SimpleUploadedFile("议程.pdf", b"%PDF-1.7"), **given)
    name = material.file.name
    assert storage.exists(name)

    with pytest.raises(ReasonMissingError):
        withdraw_material(material=material, reason="", actor=None, at=AT)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_material(material=material, reason="换新版", actor=None, at=AT)
    assert not storage.exists(name)
    assert not MeetingMaterial.objects.exists()


def test_last_years_meeting_is_copied_without_list_and_papers():
    meeting = called(make_member(make_term()), place="大礼堂", end_date=DAY + timedelta(days=2))
    Sitting.objects.create(
        meeting=meeting,
        number=1,
        title="开幕",
        starts_at=datetime(2026, 3, 10, 1, tzinfo=UTC),
        ends_at=datetime(2026, 3, 10, 3, tzinfo=UTC),
        late_after_minutes=10,
    )
    Sitting.objects.create(meeting=meeting, number=2)
    start = DAY + timedelta(days=280)

    copy = copy_meeting(
        meeting=meeting, number="H-2", title="新会", start_date=start, actor=None, at=AT
    )

    assert (copy.start_date, copy.end_date) == (start, start + timedelta(days=2))
    assert (copy.kind, copy.place, copy.copied_from) == (meeting.kind, "大礼堂", meeting)
    assert list(copy.sittings.values_list("number", "title", "starts_at", "ends_at")) == [
        (
            1,
            "开幕",
            datetime(2026, 12, 15, 1, tzinfo=UTC),
            datetime(2026, 12, 15, 3, tzinfo=UTC),
        ),
        (2, "", None, None),
    ]
    assert copy.sittings.get(number=1).late_after_minutes == 10
    assert rule_of(copy) == [ALL]
    assert not copy.expectations.exists()
    with pytest.raises(ValidationError):
        copy_meeting(
            meeting=meeting, number="H-2", title="新会", start_date=start, actor=None, at=AT
        )
