"""Forms of leave: the member's own, the office's for a member who telephones, and decisions."""

from django import forms
from django.utils import timezone

from attendance.choices import Capacity, Verdict
from attendance.models import LeaveRequest, Sitting
from attendance.services.approvals import decide_approval
from attendance.services.leave import file_leave, withdraw_leave
from core.dates import planned_briefly
from core.files import ACCEPTED, HELP, check_attachment
from members.models import Member

REQUIRED = {"required": "此项必填。", "invalid": "请按格式填写。"}


def sitting_label(sitting: Sitting) -> str:
    """第1场　3月11日（周一）上午 09:00"""
    if sitting.starts_at is None:
        return sitting.short_name
    starts = timezone.localtime(sitting.starts_at)
    return f"{sitting.short_name}　{planned_briefly(starts.date())}{starts:%H:%M}"


class LeaveForm(forms.Form):
    """Leave from one meeting; the sittings are offered where there are several."""

    sittings = forms.ModelMultipleChoiceField(
        label="请假场次",
        queryset=Sitting.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选 = 整个会议请假。",
        error_messages={"invalid_choice": "所选场次不属于这次会议。"},
    )
    reason = forms.CharField(
        label="请假事由",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=REQUIRED,
    )
    attachment = forms.FileField(
        label="证明材料",
        required=False,
        validators=[check_attachment],
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=HELP,
        error_messages={"empty": "附件是空文件，请重新选择。"},
    )

    def __init__(self, *args, meeting, **kwargs):
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        sittings = meeting.sittings.order_by("number")
        if len(sittings) < 2:
            del self.fields["sittings"]
        else:
            self.fields["sittings"].queryset = sittings
            self.fields["sittings"].label_from_instance = sitting_label

    def carry_out(self, *, member, actor, at):
        return file_leave(meeting=self.meeting, member=member, actor=actor, at=at, **self.asked())

    def asked(self) -> dict[str, object]:
        return {
            "reason": self.cleaned_data["reason"],
            "sittings": self.cleaned_data.get("sittings", ()),
            "attachment": self.cleaned_data["attachment"],
        }


class TelephoneLeaveForm(LeaveForm):
    """The office files for a member who called."""

    field_order = ["member", "received_at"]
    member = forms.ModelChoiceField(
        label="委员",
        queryset=Member.objects.none(),
        empty_label="（请选择）",
        error_messages={"required": "请选择委员。", "invalid_choice": "此人不在应到名单中。"},
        help_text="只列出此会议应到的委员；可直接键入编号查找。",
    )
    received_at = forms.DateTimeField(
        label="接到请假的时间",
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages=REQUIRED,
        help_text="委员来电的时间，据此判断是否迟交；不填 = 现在。",
    )

    def __init__(self, *args, meeting, **kwargs):
        super().__init__(*args, meeting=meeting, **kwargs)
        self.fields["member"].queryset = expected_members(meeting)
        self.fields["member"].label_from_instance = lambda member: (
            f"{member.code}　{member.person.name}"
        )

    def carry_out(self, *, actor, at):
        return file_leave(
            meeting=self.meeting,
            member=self.cleaned_data["member"],
            received_at=self.cleaned_data["received_at"],
            actor=actor,
            at=at,
            **self.asked(),
        )


def expected_members(meeting):
    """Those on the list; where there is none, those with attendance rows."""
    members = Member.objects.select_related("person").order_by("code")
    listed = meeting.expectations.filter(capacity=Capacity.EXPECTED)
    if listed.exists():
        return members.filter(pk__in=listed.expected().values("member"))
    return members.filter(attendances__sitting__meeting=meeting).distinct()


class WithdrawForm(forms.Form):
    """Nothing to fill in: the button is the form."""

    def carry_out(self, request: LeaveRequest, *, actor, at):
        return withdraw_leave(request=request, actor=actor, at=at)


class DecisionForm(forms.Form):
    """同意 or 不同意, with a note; `on_behalf` for what was decided on paper."""

    verdict = forms.ChoiceField(
        choices=[(Verdict.APPROVED, "同意"), (Verdict.REFUSED, "不同意")],
        error_messages={
            "required": "请选择“同意”或“不同意”。",
            "invalid_choice": "请选择“同意”或“不同意”。",
        },
    )
    note = forms.CharField(
        label="批语", max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    on_behalf = forms.BooleanField(required=False)

    def carry_out(self, approval, *, actor, at):
        return decide_approval(approval=approval, actor=actor, at=at, **self.cleaned_data)
