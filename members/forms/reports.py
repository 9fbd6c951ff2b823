from django import forms
from django.utils import timezone

from core.files import ACCEPTED, HELP, check_attachment
from members.choices import DISCIPLINARY_CHANGES, ChangeKind, ReportState
from members.models import Member
from members.selectors import current_term
from members.selectors.reports import reportable_kinds, reported_by
from members.services.reports import report_change, settle_report

REQUIRED = {"required": "此项必填。", "invalid": "请按 2026-01-31 的格式填写日期。"}


class ReportForm(forms.Form):
    """A report on one of the unit's own members."""

    member = forms.ModelChoiceField(
        label="委员",
        queryset=Member.objects.none(),
        empty_label="请选择",
        error_messages=REQUIRED | {"invalid_choice": "请从名单中选择。"},
    )
    kind = forms.ChoiceField(label="类别", widget=forms.RadioSelect, error_messages=REQUIRED)
    happened_date = forms.DateField(
        label="发生日期",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=REQUIRED,
    )
    statement = forms.CharField(
        label="情况说明",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="何时、何事、从何处得知；职务变动写明原任和现任职务。",
        error_messages=REQUIRED,
    )
    attachment = forms.FileField(
        label="证明材料",
        required=False,
        max_length=200,
        validators=[check_attachment],
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=HELP,
        error_messages={"empty": "附件是空文件，请重新选择。"},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        serving = reported_by(user).filter(term=current_term()).serving(timezone.localdate())
        self.fields["member"].queryset = serving.select_related("person").order_by("code")
        self.fields["kind"].choices = [
            (kind.value, kind.label) for kind in reportable_kinds(user=user)
        ]
        self.fields["kind"].initial = ChangeKind.POST_CHANGED

    @property
    def takes_disciplinary(self):
        """Whether the account may report what only few may read."""
        return bool(set(DISCIPLINARY_CHANGES) & {code for code, _ in self.fields["kind"].choices})

    def carry_out(self, *, actor, at):
        return report_change(actor=actor, at=at, **self.cleaned_data)


class SettlingForm(forms.Form):
    """How the office dealt with a report."""

    state = forms.ChoiceField(
        label="结果",
        choices=[
            (ReportState.ACCEPTED, "已办理：名册已改好，或已另行处理"),
            (ReportState.SET_ASIDE, "不需办理"),
        ],
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    answer = forms.CharField(
        label="办理情况",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="报告单位看得到。",
        error_messages=REQUIRED,
    )

    def carry_out(self, report, *, actor, at):
        return settle_report(report=report, actor=actor, at=at, **self.cleaned_data)
