from django import forms

from members.models import NoticeRecipient
from members.services.notices import record_delivery

REQUIRED = {"required": "此项必填。", "invalid": "请按格式填写。"}


class DeliveryForm(forms.Form):
    """A notice handed over on paper, or told by telephone."""

    delivered_at = forms.DateTimeField(
        label="送达时间",
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages=REQUIRED,
    )
    note = forms.CharField(
        label="送达方式",
        max_length=200,
        error_messages=REQUIRED,
        help_text="例如“本人签收”“电话告知本人”“机要寄送”。",
    )

    reason = forms.CharField(
        label="更正的理由",
        max_length=200,
        error_messages=REQUIRED,
        help_text="原来的登记留在审计记录中。",
    )

    def __init__(self, *args, is_correction: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_correction:
            del self.fields["reason"]

    def carry_out(self, recipient: NoticeRecipient, *, actor, at) -> NoticeRecipient:
        return record_delivery(recipient=recipient, actor=actor, at=at, **self.cleaned_data)
