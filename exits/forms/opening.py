"""Opening a case, and deciding on what findings suggest."""

from datetime import date, datetime

from django import forms

from accounts.models import User
from assessments.choices import FindingState
from assessments.models import Finding
from assessments.services import decide_finding
from exits.choices import CaseKind, Ground
from exits.forms.fields import REQUIRED, LeadersField, date_field, file_field, text_field
from exits.models import Case
from exits.procedures import PROCEDURES
from exits.selectors.cases import GROUND_OF, findings_for, leaders_for
from exits.services import open_case
from members.models import Member


class OpeningForm(forms.Form):
    """A case of one kind on one member."""

    ground = forms.ChoiceField(label="情形", widget=forms.RadioSelect, error_messages=REQUIRED)
    grounds = text_field("事由", help_text="写明事实、时间和依据；立案后不能改动。")
    finding = forms.ModelChoiceField(
        label="依据的考核发现",
        queryset=Finding.objects.none(),
        required=False,
        empty_label="不依据考核发现",
        error_messages={"invalid_choice": "这条考核发现不能作为本事项的依据，请重新选择。"},
    )
    opened_date = date_field("立案日期")
    applied_date = date_field(
        "书面申请日期", required=False, help_text="已收到委员的书面申请时填写。"
    )
    conductors = LeadersField(help_text="除委员联络科和会商部门外，只有经办领导看得到惩戒性事项。")
    attachment = file_field("材料")

    def __init__(
        self, *args, member: Member, kind: CaseKind, finding: Finding | None, today: date, **kwargs
    ):
        self.member, self.kind = member, kind
        kwargs["initial"] = {"opened_date": today} | initial_from(finding)
        super().__init__(*args, **kwargs)
        procedure = PROCEDURES[kind]
        self.fields["ground"].choices = [(one.value, one.label) for one in procedure.grounds]
        if len(procedure.grounds) == 1:
            self.fields["ground"].initial = procedure.grounds[0].value
        known = findings_for(member, kind)
        self.fields["finding"].queryset = known
        if not known.exists():
            del self.fields["finding"]
        if not procedure.by_application:
            del self.fields["applied_date"]
        self.fields["conductors"].queryset = leaders_for(member)

    def carry_out(self, *, actor: User, at: datetime) -> Case:
        given = {"finding": None, "applied_date": None} | self.cleaned_data
        return open_case(
            member=self.member,
            kind=self.kind,
            actor=actor,
            at=at,
            **given | {"ground": Ground(given["ground"])},
        )


def initial_from(finding: Finding | None) -> dict[str, object]:
    if finding is None:
        return {}
    return {
        "finding": finding.pk,
        "grounds": finding.summary,
        "ground": GROUND_OF.get(finding.rule, ""),
    }


class SuggestionForm(forms.Form):
    """Confirms or dismisses one finding; `version` is the one the page showed."""

    state = forms.ChoiceField(
        choices=[(FindingState.CONFIRMED, "确认"), (FindingState.DISMISSED, "不予采纳")],
        error_messages={"required": "请选择处理意见。", "invalid_choice": "请选择处理意见。"},
    )
    reason = forms.CharField(
        label="理由",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明理由。", "max_length": "理由不超过2000字。"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def carry_out(self, finding: Finding, *, actor: User, at: datetime) -> Finding:
        return decide_finding(
            finding=finding,
            state=self.cleaned_data["state"],
            reason=self.cleaned_data["reason"],
            actor=actor,
            at=at,
            seen_version=self.cleaned_data["version"],
        )
