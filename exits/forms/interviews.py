"""Forms of interviews: arranging one, and each act on its page."""

from typing import Any

from django import forms
from django.utils import timezone

from exits.choices import InterviewAct, InterviewKind, InterviewResult
from exits.forms.fields import REQUIRED, date_field, file_field, text_field
from exits.models import Interview
from exits.selectors.interviews import leaders_offered, titled_leaders
from exits.services.interviews import (
    arrange_interview,
    cancel_interview,
    close_interview,
    hold_interview,
    note_follow_up,
    notify_interview,
    record_signed_copy,
    reschedule_interview,
    sign_minutes,
)
from members.models import Member, SpecialCommittee

MOMENT = REQUIRED | {"invalid": "请按 2026-01-31 09:30 的格式填写时间。"}


def moment_field(label: str, **options) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, widget=widget, error_messages=MOMENT, **options)


class ArrangeForm(forms.Form):
    """For the member of a finding, or one named by number."""

    code = forms.CharField(
        label="委员编号",
        max_length=30,
        error_messages=REQUIRED,
        help_text="填写名册上的委员编号。",
    )
    kind = forms.ChoiceField(label="类别", choices=InterviewKind, error_messages=REQUIRED)
    reason = text_field(
        "约谈事由", help_text="委员收到通知后看得到。写明事实和依据，不写内部讨论情况。"
    )
    leader = forms.ModelChoiceField(
        label="主持约谈的分管领导",
        queryset=Member.objects.none(),
        empty_label="（请选择）",
        error_messages=REQUIRED | {"invalid_choice": "请在列出的领导中选择。"},
        help_text="在任的主席、副主席、秘书长。",
    )
    committee = forms.ModelChoiceField(
        label="参加的专门委员会",
        queryset=SpecialCommittee.objects.none(),
        required=False,
        empty_label="（委员所在的专门委员会）",
        error_messages={"invalid_choice": "请在列出的专门委员会中选择。"},
        help_text="委员没有编入专门委员会的，须选一个，或在下一项写明原因。",
    )
    without_committee = forms.CharField(
        label="没有专门委员会参加的原因",
        max_length=1000,
        required=False,
        help_text="由分管领导和专门委员会约谈（萍协办字〔2022〕19号 三（三））。",
    )
    others = forms.CharField(label="其他参加人员", max_length=200, required=False)
    scheduled_at = moment_field("约谈时间")
    place = forms.CharField(label="地点", max_length=200, error_messages=REQUIRED)

    def __init__(self, *args, term, user, member=None, finding=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.term, self.user, self.member, self.finding = term, user, member, finding
        today = timezone.localdate()
        if member is not None:
            del self.fields["code"]
        leaders = leaders_offered(user=user, term=term, on=today)
        if member is not None:
            leaders = leaders.exclude(pk=member.pk)
        titles = titled_leaders(leaders, on=today)
        self.fields["leader"].queryset = leaders
        self.fields["leader"].label_from_instance = lambda leader: titles[leader.pk]
        self.fields["committee"].queryset = SpecialCommittee.objects.filter(term=term)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip()
        visible = Member.objects.visible_to(self.user).filter(term=self.term, code=code)
        self.member = visible.select_related("person", "committee").first()
        if self.member is None:
            raise forms.ValidationError(f"本届没有编号为“{code}”的委员。")
        return code

    def carry_out(self, *, actor, at) -> Interview:
        asked = {key: value for key, value in self.cleaned_data.items() if key != "code"}
        return arrange_interview(
            member=self.member, finding=self.finding, actor=actor, at=at, **asked
        )


class InterviewForm(forms.Form):
    """An act on an interview as the page showed it."""

    act: Any = None
    button = ""
    consequence = ""
    version = forms.IntegerField(widget=forms.HiddenInput)

    def carry_out(self, interview, *, actor, at):
        given = dict(self.cleaned_data)
        seen = given.pop("version")
        return type(self).act(interview=interview, actor=actor, at=at, seen_version=seen, **given)


class NotifyForm(InterviewForm):
    act = notify_interview
    button = "发出约谈通知"
    consequence = (
        "通知委员本人、主持的领导和参加的专门委员会；给专门委员会的通知不写事由。"
        "没有账号的，在“通知”里登记书面送达。"
    )


class HoldForm(InterviewForm):
    act = hold_interview
    button = "保存约谈记录"
    consequence = "保存后不能再改，并请委员本人确认。"
    held_at = moment_field("约谈时间")
    minutes = text_field("约谈记录")
    statement = text_field("委员陈述", required=False, help_text="委员说明的情况、表达的态度。")


class PaperForm(InterviewForm):
    act = record_signed_copy
    button = "登记纸质签字件"
    consequence = "委员在纸上签了字的，附扫描件或照片；登记后不用再在手机上确认。"
    file = file_field("签字的约谈记录")


class CloseForm(InterviewForm):
    act = close_interview
    button = "办结"
    consequence = "办结后不能再改。结果和说明不向委员本人显示。"
    result = forms.ChoiceField(label="结果", choices=InterviewResult, error_messages=REQUIRED)
    note = text_field(
        "结果说明", required=False, help_text="委员没有确认约谈记录的，在此写明原因。"
    )
    closed_date = date_field("办结日期")
    follow_up_date = date_field(
        "回访日期", required=False, help_text="到期时提醒；不需要回访的不填。"
    )


class FollowUpForm(InterviewForm):
    act = note_follow_up
    button = "登记回访"
    note = text_field("回访情况")


class CancelForm(InterviewForm):
    act = cancel_interview
    button = "取消约谈"
    consequence = "已经通知的，系统另发取消通知，通知里不写事由。换时间、地点的，用“改期”。"
    reason = text_field("取消事由")


class RescheduleForm(InterviewForm):
    act = reschedule_interview
    button = "改期"
    consequence = "已经通知的，系统另发改期通知，通知里不写改期的事由；原来的时间、地点留在记录里。"
    scheduled_at = moment_field("新的约谈时间")
    place = forms.CharField(label="地点", max_length=200, error_messages=REQUIRED)
    reason = text_field("改期事由")


class SignForm(InterviewForm):
    """The member's own."""

    act = sign_minutes
    button = "确认约谈记录"
    consequence = "确认后不能再改。"
    remark = text_field(
        "补充意见",
        required=False,
        help_text="对记录有不同意见，或者有要补充的，写在这里，与记录一并保存。",
    )


#: The office's acts, in the order they are offered.
OFFICE_FORMS: dict[InterviewAct, type[InterviewForm]] = {
    InterviewAct.NOTIFY: NotifyForm,
    InterviewAct.HOLD: HoldForm,
    InterviewAct.CLOSE: CloseForm,
    InterviewAct.SIGN_ON_PAPER: PaperForm,
    InterviewAct.FOLLOW_UP: FollowUpForm,
    InterviewAct.RESCHEDULE: RescheduleForm,
    InterviewAct.CANCEL: CancelForm,
}
