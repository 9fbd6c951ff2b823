"""Forms of non-voting seats."""

from datetime import date
from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import RoleCode
from attendance.choices import AttendanceStatus, Purpose
from attendance.models import NonVotingSeat
from attendance.selectors.leave import procedure_for
from attendance.selectors.seats import places_of, seat_lines
from attendance.services.invited import (
    accept_terms,
    file_seat_leave,
    invite_seat,
    record_materials_returned,
    record_seat_attendance,
)
from attendance.services.seats import propose_seat, set_non_voting_reason, withdraw_seat
from members.models import Department, Member

REQUIRED = {"required": "此项必填。"}


def long_text(label: str, rows: int = 3, **options) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages=REQUIRED,
        **options,
    )


class ProposalForm(forms.Form):
    """A member by number, or a guest by name and unit."""

    code = forms.CharField(
        label="委员编号",
        max_length=30,
        required=False,
        help_text="市政协委员填编号；其他人员不填此项，填下面的姓名和单位。",
    )
    name = forms.CharField(label="姓名", max_length=50, required=False)
    unit = forms.CharField(label="单位职务", max_length=200, required=False)
    phone = forms.CharField(label="联系电话", max_length=40, required=False)
    department = forms.ModelChoiceField(
        label="提出部门",
        queryset=Department.objects.none(),
        required=False,
        empty_label="（市政协办公室）",
        error_messages={"invalid_choice": "请选择本人所属的部门。", "required": "此项必填。"},
    )
    agenda_item = forms.CharField(label="列席议题", max_length=200, error_messages=REQUIRED)
    reason = long_text("邀请理由", help_text="专业特长、职业类别、参政议政能力等。")

    def __init__(self, *args, meeting, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.meeting, self.user = meeting, user
        departments = Department.objects.filter(term=meeting.term_id).order_by("sequence")
        if not user.has_role(RoleCode.REGISTRAR):
            departments = departments.filter(pk__in=user.affiliations.values("department"))
            self.fields["department"].required = True
            self.fields["department"].empty_label = None
            self.fields["department"].initial = departments.first()
        self.fields["department"].queryset = departments

    def clean(self):
        cleaned = super().clean()
        code, name = cleaned.get("code", "").strip(), cleaned.get("name", "").strip()
        cleaned["member"] = None
        if bool(code) == bool(name):
            raise forms.ValidationError("请填写委员编号，或填写其他人员的姓名，两者填一项。")
        if code:
            visible = Member.objects.visible_to(self.user)
            member = visible.filter(term=self.meeting.term_id, code=code).first()
            if member is None:
                raise forms.ValidationError({"code": f"本届没有编号为“{code}”的委员。"})
            cleaned["member"] = member
        return cleaned

    def carry_out(self, *, actor, at):
        asked = {key: value for key, value in self.cleaned_data.items() if key != "code"}
        if asked["member"] is not None:
            asked |= {"name": "", "unit": "", "phone": ""}
        return propose_seat(meeting=self.meeting, actor=actor, at=at, **asked)


class ExcessForm(forms.Form):
    """Why there are more than usual."""

    reason = long_text("超员理由")

    def carry_out(self, meeting, *, actor, at):
        return set_non_voting_reason(
            meeting=meeting, reason=self.cleaned_data["reason"], actor=actor, at=at
        )


class SeatForm(forms.Form):
    """An act on a seat that needs no words."""

    act = None

    def carry_out(self, seat, *, actor, at):
        return type(self).act(seat=seat, actor=actor, at=at, **self.cleaned_data)


class InviteForm(SeatForm):
    act = invite_seat


class TermsForm(SeatForm):
    act = accept_terms


class OwnTermsForm(TermsForm):
    """The member reads, ticks and sends."""

    accepted = forms.BooleanField(
        label="我已阅读并遵守以上要求",
        error_messages={"required": "请阅读并勾选“我已阅读并遵守以上要求”。"},
    )

    def carry_out(self, seat, *, actor, at):
        return accept_terms(seat=seat, actor=actor, at=at)


class ReturnedForm(SeatForm):
    act = record_materials_returned


class WithdrawSeatForm(SeatForm):
    act = withdraw_seat
    reason = long_text("撤回原因", rows=2)


class SeatLeaveForm(SeatForm):
    act = file_seat_leave
    reason = long_text("请假事由", rows=3)


class OutcomeForm(SeatForm):
    act = record_seat_attendance
    status = forms.ChoiceField(label="到会情况", choices=AttendanceStatus, error_messages=REQUIRED)


#: What is done on a seat's page, by the last part of its address.
ACTS = {
    "invite": InviteForm,
    "terms": TermsForm,
    "returned": ReturnedForm,
    "withdraw": WithdrawSeatForm,
    "leave": SeatLeaveForm,
    "outcome": OutcomeForm,
}


def seat_context(seat: NonVotingSeat, *, user: User, on: date) -> dict[str, Any]:
    """What the page of a seat (of `with_people`) shows, with a form for each act."""
    (line,) = seat_lines([seat], on=on)
    meeting = seat.meeting
    return {
        "title": str(seat),
        "seat": seat,
        "line": line,
        "places": places_of(meeting),
        "procedure": procedure_for(meeting, Purpose.NON_VOTING),
        "is_ahead": on <= meeting.start_date,
        "has_started": on >= meeting.start_date,
        "may_change": user.has_perm("attendance.change_nonvotingseat"),
        **{f"{act}_form": form() for act, form in ACTS.items()},
    }
