"""Interviews in every state (`data/interviews.toml`), and the yearly exchange of information."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from exits.choices import InterviewAct, PaperKind, Partner
from exits.management.demo.accounts import demo_account
from exits.management.demo.cases import CaseStage, Row, confirmed
from exits.management.demo.chance import office_day, read_data
from exits.management.demo.letters import write_letter, write_to_department
from exits.management.demo.times import moment
from exits.models import Interview
from exits.services.interviews import (
    arrange_interview,
    cancel_interview,
    close_interview,
    hold_interview,
    notify_interview,
    record_signed_copy,
    reschedule_interview,
    sign_minutes,
)
from members.models import Member

STORIES: list[Row] = read_data("interviews")["interviews"]
PLACE = "市政协机关302会议室"
HOUR = 15


def stage_interviews(stage: CaseStage, *, told_until: date) -> None:
    for story in STORIES:
        play_interview(stage, story, told_until)
    write_to_department(
        term=stage.term,
        partner=Partner.ORGANIZATION,
        on=told_until - timedelta(days=1),
        actor=stage.registrar,
    )


def play_interview(stage: CaseStage, story: Row, told_until: date) -> None:
    def day(before: int) -> date:
        return told_until - timedelta(days=before)

    arranged = day(story["arranged"])
    interview = arrange_interview(
        member=interviewed(stage, story, arranged),
        kind=story["kind"],
        reason=story["reason"],
        leader=behind(stage, story["leader"], arranged),
        scheduled_at=moment(office_day(day(story["scheduled"])), HOUR),
        place=PLACE,
        finding=confirmed(stage, stage.member(story["member"]), story["rule"])
        if "rule" in story
        else None,
        actor=stage.registrar,
        at=moment(arranged),
    )
    for row in story["acts"]:
        interview = Interview.objects.select_related(
            "member__person__user", "member__term__assembly", "leader__person", "committee"
        ).get(pk=interview.pk)
        on = max(day(row["before"]), told_on(interview, row["act"]))
        ACTS[row["act"]](stage, interview, row, on)


def told_on(interview: Interview, act: str) -> date:
    """The first day possible: what follows the talk is not dated before it."""
    talked = act in {InterviewAct.HOLD, InterviewAct.SIGN, InterviewAct.CLOSE, "sign_on_paper"}
    return timezone.localdate(interview.scheduled_at) if talked else date.min


def interviewed(stage: CaseStage, story: Row, on: date) -> Member:
    if "member" in story:
        return stage.member(story["member"])
    return behind(stage, story["account"], on)


def behind(stage: CaseStage, username: str, on: date) -> Member:
    """The member behind a demonstration account."""
    user = demo_account(username, term=stage.term, at=moment(on, 8))
    rows = Member.objects.select_related("person__user", "term__assembly")
    return rows.get(term=stage.term, person__user=user)


def notify(stage: CaseStage, interview: Interview, row: Row, on: date) -> None:
    notify_interview(interview=interview, actor=stage.registrar, at=moment(on, 10))


def reschedule(stage: CaseStage, interview: Interview, row: Row, on: date) -> None:
    later = stage.demo.told_until - timedelta(days=row["scheduled"])
    reschedule_interview(
        interview=interview,
        scheduled_at=moment(office_day(later), HOUR),
        place=row["place"],
        reason=row["reason"],
        actor=stage.registrar,
        at=moment(on, 10),
    )


def hold(stage: CaseStage, interview: Interview, row: Row, on: date) -> None:
    hold_interview(
        interview=interview,
        held_at=moment(on, HOUR, 10),
        minutes=row["minutes"],
        statement=row["statement"],
        actor=stage.registrar,
        at=moment(on, 17),
    )


def sign(stage: CaseStage, interview: Interview, row: Row, on: date) -> None:
    sign_minutes(
        interview=interview,
        remark=row["remark"],
        actor=stage.own_account(interview.member, on),
        at=moment(on, 20),
    )


def sign_on_paper(stage: CaseStage, interview: Interview, row: Row, on: date) -> None:
    record_signed_copy(
        interview=interview, file=scanned("约谈记录签字件.jpg"), actor=stage.registrar, at=late(on)
    )


def close(stage: CaseStage, interview: Interview, row: Row, on: date) -> None:
    close_interview(
        interview=interview,
        result=row["result"],
        note=row["note"],
        closed_date=on,
        follow_up_date=stage.demo.told_until - timedelta(days=row["follow_up"]),
        actor=stage.registrar,
        at=late(on),
    )


def cancel(stage: CaseStage, interview: Interview, row: Row, on: date) -> None:
    cancel_interview(
        interview=interview, reason=row["reason"], actor=stage.registrar, at=moment(on, 10)
    )


def write_paper(stage: CaseStage, interview: Interview, row: Row, on: date) -> None:
    kind = PaperKind(row["kind"])
    write_letter(term=stage.term, kind=kind, on=on, interview=interview, actor=stage.registrar)


def scanned(name: str) -> ContentFile:
    """A sheet with lines of writing and a signature."""
    picture = Image.new("RGB", (620, 877), "#fdfcf7")
    pen = ImageDraw.Draw(picture)
    for height in range(90, 700, 34):
        pen.line((70, height, 550 - height % 5 * 30, height), fill="#777", width=3)
    pen.line((360, 790, 400, 760, 420, 800, 470, 765, 520, 785), fill="#1b2a6b", width=5)
    stream = BytesIO()
    picture.save(stream, "JPEG")
    return ContentFile(stream.getvalue(), name=name)


def late(on: date) -> datetime:
    return moment(on, 17, 30)


ACTS: dict[str, Callable[[CaseStage, Interview, Row, date], None]] = {
    InterviewAct.NOTIFY: notify,
    InterviewAct.RESCHEDULE: reschedule,
    InterviewAct.HOLD: hold,
    InterviewAct.SIGN: sign,
    "sign_on_paper": sign_on_paper,
    InterviewAct.CLOSE: close,
    InterviewAct.CANCEL: cancel,
    "paper": write_paper,
}
