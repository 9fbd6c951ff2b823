from django import forms

from core.files import ACCEPTED, HELP, check_attachment
from dossiers.choices import ObjectionState
from dossiers.selectors.objections import other_departments, record_choices
from dossiers.services.objections import (
    answer_objection,
    file_objection,
    pass_on_objection,
    reopen_objection,
)
from members.choices import RecordKind
from members.models import Department

REQUIRED = {"required": "此项必填。"}
#: 委员联络科, in a form: a department of its own in some terms, none of them in others.
OFFICE, LIAISON_SECTION = "office", "委员联络科"


def words(label: str, help_text: str = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": rows}),
        help_text=help_text,
        error_messages=REQUIRED,
    )


def proof_field() -> forms.FileField:
    return forms.FileField(
        label="证明材料",
        required=False,
        max_length=200,
        validators=[check_attachment],
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=HELP,
        error_messages={"empty": "附件是空文件，请重新选择。"},
    )


class ObjectionForm(forms.Form):
    """To a record named by the page."""

    statement = words("哪里不对，应当怎样")
    proof = proof_field()

    def carry_out(self, *, member, record, actor, at):
        return file_objection(member=member, record=record, actor=actor, at=at, **self.cleaned_data)


class MissingForm(forms.Form):
    """记录缺漏."""

    missing_kind = forms.ChoiceField(
        label="缺少哪一类记录", choices=RecordKind, error_messages=REQUIRED
    )
    missing_label = forms.CharField(
        label="缺少的是什么",
        max_length=150,
        help_text="写明日期和名称，如：5月18日视察城区学校。",
        error_messages=REQUIRED,
    )
    statement = words("情况说明", "何时何地参加、由谁组织，或者何时提交。")
    proof = proof_field()

    def carry_out(self, *, member, actor, at):
        return file_objection(member=member, actor=actor, at=at, **self.cleaned_data)


class ReopenForm(forms.Form):
    text = words("不同意见")

    def carry_out(self, objection, *, actor, at):
        return reopen_objection(objection=objection, actor=actor, at=at, **self.cleaned_data)


class AnswerForm(forms.Form):
    """`named_record` is asked for where the member says that a record is missing."""

    prefix = "answer"
    outcome = forms.ChoiceField(
        label="结果",
        choices=[
            (ObjectionState.CORRECTED, "已更正：记录已经改好、补录或删除"),
            (ObjectionState.EXPLAINED, "说明情况：记录不改"),
        ],
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    named_record = forms.ChoiceField(
        label="补录的记录",
        required=False,
        help_text="答复“已更正”时选定；只列出提出异议之后录入的记录。",
    )
    text = words("答复内容", "委员看得到。")

    def __init__(self, *args, objection, user, **kwargs):
        super().__init__(*args, **kwargs)
        if objection.names_no_record:
            choices = record_choices(objection, user=user)
            empty = "请选择" if choices else "（还没有补录的记录）"
            self.fields["named_record"].choices = [("", empty), *choices]
        else:
            del self.fields["named_record"]

    def carry_out(self, objection, *, actor, at):
        return answer_objection(objection=objection, actor=actor, at=at, **self.cleaned_data)


class PassOnForm(forms.Form):
    """To another department, or to 委员联络科 where it is none of them."""

    prefix = "pass"
    department = forms.ChoiceField(label="转给", error_messages=REQUIRED)
    reason = words("转交理由", rows=2)

    def __init__(self, *args, objection, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.departments = {str(row.pk): row for row in other_departments(objection)}
        office = [] if objection.department_id is None else [(OFFICE, "委员联络科")]
        if LIAISON_SECTION in Department.objects.filter(term=objection.member.term).values_list(
            "name", flat=True
        ):
            office = []
        named = [(key, row.name) for key, row in self.departments.items()]
        self.fields["department"].choices = [("", "请选择"), *office, *named]

    def carry_out(self, objection, *, actor, at):
        return pass_on_objection(
            objection=objection,
            department=self.departments.get(self.cleaned_data["department"]),
            reason=self.cleaned_data["reason"],
            actor=actor,
            at=at,
        )
