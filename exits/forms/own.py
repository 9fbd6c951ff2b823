"""What a member writes in their own matters."""

from django import forms

from exits.forms.fields import file_field, text_field
from exits.services import (
    answer_case,
    apply_resignation,
    drop_case,
    hand_in_application,
)


class AnswerForm(forms.Form):
    text = text_field("情况说明", help_text="写明事实和理由。")
    attachment = file_field("附件")

    def carry_out(self, case, *, actor, at, on):
        return answer_case(
            case=case,
            text=self.cleaned_data["text"],
            attachment=self.cleaned_data["attachment"],
            actor=actor,
            at=at,
            on=on,
        )


class ApplyForm(forms.Form):
    """The written application the procedure asks for."""

    note = text_field("申请理由")
    attachment = file_field("书面申请", help_text="可附亲笔签名的申请书照片或扫描件。")

    def carry_out(self, case, *, actor, at, on):
        return hand_in_application(
            case=case,
            date=on,
            note=self.cleaned_data["note"],
            attachment=self.cleaned_data["attachment"],
            actor=actor,
            at=at,
            by_member=True,
        )


class WithdrawForm(forms.Form):
    reason = text_field("撤回的原因")

    def carry_out(self, case, *, actor, at, on):
        return drop_case(
            case=case,
            date=on,
            reason=self.cleaned_data["reason"],
            actor=actor,
            at=at,
            by_member=True,
        )


class ResignForm(forms.Form):
    """辞去委员, of one's own accord."""

    reason = text_field("辞去委员的理由")
    attachment = file_field("书面申请", help_text="可附亲笔签名的申请书照片或扫描件。")

    def carry_out(self, *, member, actor, at, on):
        return apply_resignation(
            member=member,
            reason=self.cleaned_data["reason"],
            attachment=self.cleaned_data["attachment"],
            actor=actor,
            at=at,
            on=on,
        )


#: The acts of a matter's page, by the last part of the address.
OWN_FORMS = {"answer": AnswerForm, "apply": ApplyForm, "withdraw": WithdrawForm}
