"""What was sent about a meeting, who has been told, has read it and has replied."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts.models import User
from attendance.choices import Capacity, MeetingKind, Participation, Reply, Scope
from attendance.models import Expectation, Meeting, MeetingMaterial, ScopeLine, Sitting
from attendance.querysets import keeps_meeting
from core.dates import planned, planned_briefly
from members.choices import NoticeKind
from members.models import Notice, NoticeRecipient
from members.selectors.calendar import work_calendar

#: 开展 rather than 召开: what is not a meeting in a hall.
ACTIVITIES = frozenset(
    {
        MeetingKind.DEMOCRATIC_OVERSIGHT,
        MeetingKind.RESEARCH,
        MeetingKind.INSPECTION_TOUR,
        MeetingKind.COMMITTEE_ACTIVITY,
        MeetingKind.SECTOR_ACTIVITY,
        MeetingKind.THEMED_ACTIVITY,
    }
)
#: How notices name the meeting they are about: this and its key.
SUBJECT = "attendance.meeting:"
COUNTING = "一二三四五六七八九十"
#: Days before the meeting by which a reply is asked for, unless the clerk says otherwise.
REPLY_DAYS = 2


def kept_meetings(user: User) -> QuerySet[Meeting]:
    """Meetings whose lists the account keeps or may look at."""
    return Meeting.objects.filter(keeps_meeting(user)).select_related(
        "term__assembly", "sector", "committee", "copied_from"
    )


def notices_of(meeting: Meeting) -> QuerySet[Notice]:
    return Notice.objects.filter(kind=NoticeKind.MEETING, subject=f"{SUBJECT}{meeting.pk}")


def latest_reply_by(meeting: Meeting) -> date | None:
    """The last day on which a notice asked for a reply."""
    return notices_of(meeting).aggregate(last=Max("reply_by"))["last"]


def told_members(meeting: Meeting) -> QuerySet[NoticeRecipient, Any]:
    """Keys of members a notice of the meeting was addressed to."""
    receipts = NoticeRecipient.objects.filter(
        notice__in=notices_of(meeting).values("pk"), member__isnull=False
    )
    return receipts.values("member")


def invited(meeting: Meeting) -> QuerySet[Expectation]:
    """Those on the list to whom the meeting's notice goes; non-voting seats are invited apart."""
    rows = Expectation.objects.filter(meeting=meeting, capacity=Capacity.EXPECTED)
    return rows.invitable()


def listed(meeting: Meeting) -> QuerySet[Expectation]:
    """Everybody on the list who may be shown, with `told_at`, `read_at` and `handed_at`."""
    receipts = NoticeRecipient.objects.filter(
        notice__in=notices_of(meeting).values("pk"), member=OuterRef("member")
    )
    return (
        Expectation.objects.filter(meeting=meeting)
        .invitable()
        .select_related("member__person", "member__sector", "line")
        .annotate(
            told_at=Subquery(receipts.order_by("notice__sent_at").values("notice__sent_at")[:1]),
            read_at=Subquery(
                receipts.filter(read_at__isnull=False).order_by("read_at").values("read_at")[:1]
            ),
            handed_at=Subquery(
                receipts.filter(delivered_at__isnull=False)
                .order_by("delivered_at")
                .values("delivered_at")[:1]
            ),
        )
        .order_by("member__code")
    )


@dataclass(frozen=True)
class Tally:
    """Members of a list, by how far they are; `sector` empty for the whole."""

    sector: str = ""
    total: int = 0
    told: int = 0
    read: int = 0
    attending: int = 0
    declined: int = 0
    silent: int = 0
    non_voting: int = 0


def tally(rows: Sequence[Expectation]) -> tuple[Tally, list[Tally]]:
    """Of the whole list and by sector, in the order of documents. `rows` from `listed`."""
    groups: dict[tuple[int, str], list[Expectation]] = {}
    for row in rows:
        sector = row.member.sector
        groups.setdefault((sector.sequence, sector.name), []).append(row)
    sectors = [
        replace(_counted(members), sector=name) for (_, name), members in sorted(groups.items())
    ]
    return _counted(rows), sectors


def _counted(rows: Sequence[Any]) -> Tally:
    voting = [row for row in rows if row.capacity == Capacity.EXPECTED]
    replies = [row.reply for row in voting]
    return Tally(
        total=len(voting),
        told=sum(row.told_at is not None for row in voting),
        read=sum(row.read_at is not None or row.handed_at is not None for row in voting),
        attending=replies.count(Reply.ATTENDING),
        declined=replies.count(Reply.DECLINED),
        silent=replies.count(Reply.NONE),
        non_voting=len(rows) - len(voting),
    )


@dataclass(frozen=True)
class Draft:
    """The words of a notice before a clerk has looked at them."""

    title: str
    body: str
    reply_by: date | None


def draft_notice(meeting: Meeting, *, on: date) -> Draft:
    """Time, place, agenda and what is asked, as the office writes such notices."""
    reply = _reply_day(meeting, on)
    verb = "开展" if meeting.kind in ACTIVITIES else "召开"
    name = meeting.title
    parts = [
        ("时间", "\n".join(_times(meeting))),
        ("地点", meeting.place or "另行通知"),
        ("议题" if verb == "召开" else "内容", meeting.topic or "另行通知"),
        ("参加人员", _scope_words(meeting)),
        ("有关事项", _requests(meeting, reply)),
    ]
    body = [f"{_addressee(meeting)}：", f"兹定于{planned(meeting.start_date)}{verb}{name}。"]
    body[1] += "现将有关事项通知如下："
    for number, (heading, words) in zip(COUNTING, parts, strict=False):
        body.append(f"{number}、{heading}\n{words}")
    return Draft(f"关于{verb}{name}的通知"[:200], "\n".join(body), reply)


def _reply_day(meeting: Meeting, on: date) -> date | None:
    """A working day in good time before the meeting, today at the earliest."""
    calendar = work_calendar()
    day = meeting.start_date - timedelta(days=REPLY_DAYS)
    while day > on and not calendar.is_workday(day):
        day -= timedelta(days=1)
    return max(day, on) if on <= meeting.start_date else None


def _addressee(meeting: Meeting) -> str:
    scopes = {line.scope for line in ScopeLine.objects.filter(meeting=meeting)}
    return "各位常委" if scopes == {Scope.STANDING} else "各位委员"


def _times(meeting: Meeting) -> list[str]:
    sittings = [row for row in meeting.sittings.order_by("number") if row.starts_at]
    if not sittings:
        days = planned(meeting.start_date)
        if meeting.end_date and meeting.end_date != meeting.start_date:
            days += f"至{planned_briefly(meeting.end_date)}"
        return [days]
    lines = [_hours(row.starts_at, row.ends_at) for row in sittings]
    if len(sittings) == 1:
        return lines
    return [f"{row.short_name}：{line}" for row, line in zip(sittings, lines, strict=True)]


def _hours(start: datetime | None, end: datetime | None) -> str:
    if start is None:
        return ""
    begins = timezone.localtime(start)
    words = f"{planned(begins.date())}{_part_of_day(begins)}{begins:%H:%M}"
    return f"{words}至{timezone.localtime(end):%H:%M}" if end else words


def _part_of_day(moment: datetime) -> str:
    return "上午" if moment.hour < 12 else "下午" if moment.hour < 18 else "晚上"


def _scope_words(meeting: Meeting) -> str:
    lines = [str(line) for line in ScopeLine.objects.filter(meeting=meeting)]
    if invited(meeting).filter(line__isnull=True).exists():
        lines.append("有关委员")
    return "、".join(lines) or "有关委员"


def _requests(meeting: Meeting, reply_by: date | None) -> str:
    if meeting.participation == Participation.SIGN_UP:
        asked = [f"本次活动自愿报名，请于{planned(reply_by)}前报名。"] if reply_by else []
        return "\n".join([*asked, "报名后因故不能参加的，请及时取消报名或请假。"])
    asked = [f"请于{planned(reply_by)}前回复是否参加。"] if reply_by else []
    return "\n".join([*asked, "因故不能参加的，请按规定履行请假手续。请提前十分钟到场签到。"])


@dataclass(frozen=True)
class OwnPlace:
    """An invited member's view of a meeting."""

    expectation: Expectation
    materials: list[MeetingMaterial]
    sittings: list[Sitting]
    reply_by: date | None


def own_place(*, meeting: Meeting, user: User) -> OwnPlace | None:
    """None where the account's own seat is not on the list."""
    row = (
        Expectation.objects.filter(meeting=meeting, member__person__user=user)
        .invitable()
        .select_related("member__person")
        .first()
    )
    if row is None:
        return None
    return OwnPlace(
        expectation=row,
        materials=list(meeting.materials.all()),
        sittings=list(meeting.sittings.order_by("number")),
        reply_by=latest_reply_by(meeting),
    )


def own_meetings(user: User, *, on: date) -> QuerySet[Expectation]:
    """Meetings ahead, or running, that the account's own seat is invited to; soonest first."""
    ahead = Q(meeting__start_date__gte=on) | Q(meeting__end_date__gte=on)
    return (
        Expectation.objects.filter(ahead, member__person__user=user)
        .filter(_is_announced() | Q(capacity=Capacity.NON_VOTING))
        .invitable()
        .select_related("meeting")
        .order_by("meeting__start_date")
    )


def _is_announced() -> Q:
    subject = Concat(Value(SUBJECT), Cast(OuterRef("meeting"), CharField()))
    receipts = NoticeRecipient.objects.filter(
        notice__kind=NoticeKind.MEETING, notice__subject=subject, member=OuterRef("member")
    )
    return Q(Exists(receipts))
