"""Entry forms of speeches, invitations, awards and activities, and of a list of attendance."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

from accounts.models import User
from attendance.choices import AttendanceStatus, SpeechManner, SpeechOccasion
from attendance.models import Meeting
from attendance.selectors.entry import (
    MarkLine,
    kinds_of,
    meetings_to_speak_at,
    next_meeting_number,
)
from attendance.services.entry import (
    enter_activity,
    enter_invitations,
    enter_speech,
    mark_attendance,
)
from core.dates import planned
from core.told import told_on
from dossiers.forms.entry import EntryForm
from dossiers.forms.fields import DayField, MemberField, MembersField, options
from dossiers.forms.works import NUMBER, TITLE
from members.choices import Level
from members.models import Member, Term
from members.services.conduct import enter_commendations

#: Meetings to choose from begin no longer ago.
MEETINGS_SINCE = timedelta(days=400)
DEPARTMENTS = {"list": "departments"}


class MeetingField(forms.ModelChoiceField):
    def label_from_instance(self, meeting: Meeting) -> str:
        return f"{planned(meeting.start_date)}　{meeting.title}　{meeting.number}"


class SpeechForm(EntryForm):
    kept = ("meeting", "occasion", "manner")

    meeting = MeetingField(
        label="会议活动", queryset=Meeting.objects.none(), empty_label="（请选择）"
    )
    member = MemberField(label="发言人")
    title = forms.CharField(label="题目", max_length=TITLE)
    manner = forms.ChoiceField(label="方式", choices=SpeechManner)
    occasion = forms.ChoiceField(
        label="场合", choices=options(SpeechOccasion, "（大会发言）"), required=False
    )
    date = DayField(label="发言日期", required=False, help_text="空 = 会议当日")

    def narrow(self) -> None:
        meetings = meetings_to_speak_at(term=self.term, duties=self.duties, on=self.today)
        self.fields["meeting"].queryset = meetings.filter(
            start_date__gte=self.today - MEETINGS_SINCE
        )

    def enter(self, *, actor: User, at: datetime) -> Model:
        return enter_speech(actor=actor, at=at, **self.cleaned_data)


class InvitationForm(EntryForm):
    date_field = "date"
    kept = ("date", "inviter")

    date = DayField(label="日期")
    title = forms.CharField(label="名称", max_length=TITLE)
    inviter = forms.CharField(label="邀请单位", max_length=200, required=False)
    members = MembersField(label="参加委员")

    def enter(self, *, actor: User, at: datetime) -> Model:
        return enter_invitations(term=self.term, actor=actor, at=at, **self.cleaned_data)[0]


class CommendationForm(EntryForm):
    date_field = "date"
    kept = ("date", "kind", "level", "document_number")

    date = DayField(label="日期")
    kind = forms.CharField(label="奖励名称", max_length=TITLE)
    level = forms.ChoiceField(label="级别", choices=options(Level), required=False)
    members = MembersField(label="受奖委员")
    document_number = forms.CharField(label="文号", max_length=200, required=False)
    cause = forms.CharField(
        label="事由", max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def enter(self, *, actor: User, at: datetime) -> Model:
        return enter_commendations(term=self.term, actor=actor, at=at, **self.cleaned_data)[0]


class ActivityForm(EntryForm):
    """An activity that has been held, with those who came; more can be marked on its list."""

    date_field = "start_date"
    kept = ("kind", "start_date", "organiser", "place")

    number = forms.CharField(label="编号", max_length=NUMBER)
    start_date = DayField(label="日期")
    title = forms.CharField(label="名称", max_length=TITLE)
    kind = forms.ChoiceField(label="类别")
    organiser = forms.CharField(
        label="承办部门", max_length=200, widget=forms.TextInput(attrs=DEPARTMENTS)
    )
    place = forms.CharField(label="地点", max_length=200, required=False)
    attended = MembersField(label="到会委员", required=False)

    def narrow(self) -> None:
        kinds = kinds_of(self.kind)
        if len(kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
        self.fields["kind"].choices = kinds
        self.propose("kind", kinds[0][0])
        chosen = str(self.initial["kind"])
        number = next_meeting_number(term=self.term, kind=chosen, year=self.today.year)
        self.propose("number", number)
        self.offer_organisers()

    def enter(self, *, actor: User, at: datetime) -> Model:
        return enter_activity(term=self.term, actor=actor, at=at, **self.cleaned_data)


class MarkForm(forms.Form):
    """The statuses of a list; only members whose status was changed are written."""

    rest = forms.ChoiceField(
        label="其余未登记的委员",
        required=False,
        choices=[
            ("", "暂不登记"),
            (AttendanceStatus.PRESENT, "全部记为出席"),
            (AttendanceStatus.ABSENT, "全部记为缺席"),
        ],
    )
    added = MembersField(label="名单之外到会的委员", required=False)

    def __init__(
        self, *args: Any, meeting: Meeting, number: int, lines: Sequence[MarkLine], term: Term,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.meeting, self.number, self.lines = meeting, number, lines
        self.fields["added"].term = term

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        marks: dict[Member, str] = {}
        seen: dict[Member, str] = {}
        reasons: dict[Member, str] = {}
        for line in self.lines:
            key = line.member.pk
            shown = self.data.get(f"seen-{key}")
            given = self.data.get(f"status-{key}", "") or cleaned.get("rest", "")
            if shown is None or not given:
                continue
            if given not in AttendanceStatus.values:
                raise ValidationError("名单中有不认识的状态，请重新打开页面。")
            reason = self.data.get(f"reason-{key}", "")[:10_000]
            if given != shown or (given == AttendanceStatus.LEAVE and reason != line.leave_reason):
                marks[line.member], seen[line.member] = given, shown
                reasons[line.member] = reason
        known = {line.member for line in self.lines}
        for member in cleaned.get("added") or []:
            if member not in known:
                marks[member], seen[member] = AttendanceStatus.PRESENT, ""
        return cleaned | {"marks": marks, "seen": seen, "reasons": reasons}

    def carry_out(self, *, actor: User, at: datetime) -> int | None:
        """How many were written, or None with the refusal shown on the form."""
        with told_on(self):
            return len(
                mark_attendance(
                    meeting=self.meeting,
                    number=self.number,
                    marks=self.cleaned_data["marks"],
                    seen=self.cleaned_data["seen"],
                    reasons=self.cleaned_data["reasons"],
                    actor=actor,
                    at=at,
                )
            )
        return None
