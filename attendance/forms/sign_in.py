"""What the desk of a sitting asks for."""

from typing import Any

from django import forms

from attendance.choices import AttendanceStatus
from attendance.services.closing import reopen_sitting
from attendance.services.sign_in import add_visitor, correct_status, undo_sign_in

REQUIRED = {"required": "此项必填。"}


def reason_field(label: str = "事由", **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=500, error_messages=REQUIRED, **options)


class UndoForm(forms.Form):
    """Takes back a sign-in."""

    reason = reason_field(initial="误点，签错了人")

    def carry_out(self, attendance, *, actor, at):
        return undo_sign_in(attendance=attendance, actor=actor, at=at, **self.cleaned_data)


class CorrectionForm(forms.Form):
    """Puts another status in place."""

    status = forms.ChoiceField(label="更正为", choices=AttendanceStatus, error_messages=REQUIRED)
    leave_reason = forms.CharField(
        label="请假事由", max_length=500, required=False, help_text="更正为请假时填写"
    )
    reason = reason_field("更正事由", help_text="为什么更正，例如“门口排队，实际按时到会”")
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def carry_out(self, attendance, *, actor, at):
        return correct_status(attendance=attendance, actor=actor, at=at, **self.cleaned_data)


class ReopenForm(forms.Form):
    """Takes sign-ins again."""

    reason = reason_field("重新开放的事由")

    def carry_out(self, sitting, *, actor, at):
        return reopen_sitting(sitting=sitting, actor=actor, at=at, **self.cleaned_data)


class VisitorForm(forms.Form):
    """Somebody who is no member."""

    name = forms.CharField(label="姓名", max_length=50, error_messages=REQUIRED)
    unit = forms.CharField(label="单位职务", max_length=200, required=False)
    note = forms.CharField(
        label="说明", max_length=200, required=False, help_text="例如“随行人员”“媒体记者”"
    )

    def carry_out(self, sitting, *, actor, at):
        return add_visitor(sitting=sitting, actor=actor, at=at, **self.cleaned_data)


class SheetForm(forms.Form):
    """A filled-in list of a sitting."""

    file = forms.FileField(
        label="填好的签到表",
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages=REQUIRED | {"empty": "文件是空的。"},
        help_text="xlsx 文件，由本页下载的签到表填写而成。",
    )


class NumberForm(forms.Form):
    """The six digits of the hall's screen."""

    number = forms.RegexField(
        label="屏幕上的六位数字",
        regex=r"^\d{6}$",
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 6}
        ),
        error_messages=REQUIRED | {"invalid": "请输入屏幕上的六位数字。"},
    )
