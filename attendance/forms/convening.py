"""Forms of the meeting's desk: the rule, the list, the notice, the papers, the copy."""

from datetime import timedelta

from django import forms

from attendance.choices import Reply, Scope
from attendance.models import Meeting
from attendance.selectors.entry import next_meeting_number
from attendance.selectors.expected import Line
from core.files import ACCEPTED, HELP, check_attachment
from members.models import LiaisonGroup, Sector, SectorGroup, SpecialCommittee

REQUIRED = {"required": "此项必填。", "invalid": "请按格式填写。"}
#: The same weekday a year on.
A_YEAR = timedelta(weeks=52)
WHOLE = (Scope.ALL, Scope.STANDING, Scope.CHAIRPERSONS)
ORGANS = {
    Scope.SECTOR: Sector,
    Scope.COMMITTEE: SpecialCommittee,
    Scope.SECTOR_GROUP: SectorGroup,
    Scope.LIAISON_GROUP: LiaisonGroup,
}


def date_field(label: str, **options) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, error_messages=REQUIRED, **options)


def code_of(line: Line) -> str:
    return line.scope if line.organ is None else f"{line.scope}:{line.organ}"


class ScopeForm(forms.Form):
    """The rule as ticks; `mark` comes with the difference a clerk confirms."""

    lines = forms.MultipleChoiceField(
        label="应到范围",
        required=False,
        error_messages={"invalid_choice": "所选范围不属于会议所在届次。"},
    )
    mark = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)

    def __init__(self, *args, meeting: Meeting, rule: list[Line], **kwargs):
        kwargs["initial"] = {"lines": [code_of(line) for line in rule]}
        super().__init__(*args, **kwargs)
        organs = {
            scope: model.objects.filter(term=meeting.term_id) for scope, model in ORGANS.items()
        }
        groups = [("按身份", [(scope, scope.label) for scope in WHOLE])]
        groups += [
            (f"按{scope.label}", [(f"{scope}:{organ.pk}", organ.name) for organ in rows])
            for scope, rows in organs.items()
        ]
        self.fields["lines"].choices = [group for group in groups if group[1]]

    def groups(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """Headings with (value, label, ticked)."""
        ticked = set(self["lines"].value() or ())
        return [
            (heading, [(str(value), label, str(value) in ticked) for value, label in choices])
            for heading, choices in self.fields["lines"].choices
        ]

    def chosen(self) -> list[Line]:
        lines = []
        for code in self.cleaned_data["lines"]:
            scope, _, organ = code.partition(":")
            lines.append(Line(scope, int(organ) if organ else None))
        return lines


class AddForm(forms.Form):
    """One member to the list."""

    member = forms.IntegerField(min_value=1, error_messages={"required": "请先选定一位委员。"})
    reason = forms.CharField(label="说明", max_length=200, required=False)


class RemoveForm(forms.Form):
    prefix = "remove"
    reason = forms.CharField(label="移出事由", max_length=200, error_messages=REQUIRED)


class OnBehalfForm(forms.Form):
    """A reply given by telephone or in writing."""

    prefix = "reply"
    reply = forms.ChoiceField(label="回复", choices=Reply, error_messages=REQUIRED)


class ReplyForm(forms.Form):
    """A member's own answer."""

    reply = forms.ChoiceField(choices=[(Reply.ATTENDING, ""), (Reply.DECLINED, "")])


class NoticeForm(forms.Form):
    """The notice as it will go out; `sent_before` makes a form sent twice one notice."""

    title = forms.CharField(label="标题", max_length=200, error_messages=REQUIRED)
    body = forms.CharField(
        label="正文",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 18}),
        error_messages=REQUIRED,
        help_text="落款（办公室名称和日期）由系统加在文末。",
    )
    reply_by = date_field("请于此日前回复", required=False, help_text="不填 = 不要求回复。")
    only_untold = forms.TypedChoiceField(
        label="发给",
        choices=[("yes", "只补发给还没有通知到的委员"), ("no", "名单上的全部委员")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    sent_before = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args, is_first: bool, **kwargs):
        """Of a first notice nobody asks whom it goes to."""
        super().__init__(*args, **kwargs)
        if is_first:
            del self.fields["only_untold"]


class MaterialForm(forms.Form):
    title = forms.CharField(label="材料名称", max_length=200, error_messages=REQUIRED)
    file = forms.FileField(
        label="文件",
        max_length=200,
        help_text=HELP,
        validators=[check_attachment],
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages=REQUIRED | {"empty": "文件是空的，请重新选择。"},
    )
    must_return = forms.BooleanField(label="会后收回", required=False)


class WithdrawMaterialForm(forms.Form):
    reason = forms.CharField(label="撤下事由", max_length=200, error_messages=REQUIRED)


class CopyForm(forms.Form):
    """Last year's meeting once more."""

    title = forms.CharField(label="名称", max_length=200, error_messages=REQUIRED)
    number = forms.CharField(label="编号", max_length=50, error_messages=REQUIRED)
    start_date = date_field("开始日期", help_text="场次随开始日期顺移，钟点不变。")

    def __init__(self, *args, meeting: Meeting, **kwargs):
        start = meeting.start_date + A_YEAR
        initial = {
            "title": meeting.title.replace(str(meeting.start_date.year), str(start.year)),
            "number": next_meeting_number(term=meeting.term, kind=meeting.kind, year=start.year),
            "start_date": start,
        }
        super().__init__(*args, initial=initial, **kwargs)
