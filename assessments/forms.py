from django import forms

from assessments.choices import FindingState
from assessments.services import decide_finding, reopen_finding

REOPEN = FindingState.OPEN


class DecisionForm(forms.Form):
    """What the reviewer decides on a finding, with the version they had in front of them."""

    state = forms.ChoiceField(
        choices=[
            (FindingState.CONFIRMED, "确认"),
            (FindingState.DISMISSED, "不予采纳"),
            (REOPEN, "退回待审核"),
        ],
        error_messages={"required": "请选择处理意见。", "invalid_choice": "请选择处理意见。"},
    )
    reason = forms.CharField(
        label="理由",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明理由。", "max_length": "理由不超过2000字。"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def carry_out(self, finding, *, actor, at):
        """Raises the services' refusals."""
        given = self.cleaned_data
        decision = {
            "finding": finding,
            "reason": given["reason"],
            "actor": actor,
            "at": at,
            "seen_version": given["version"],
        }
        if given["state"] == REOPEN:
            return reopen_finding(**decision)
        return decide_finding(state=given["state"], **decision)
