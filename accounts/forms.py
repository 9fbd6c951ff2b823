"""Forms that remember what the editor saw."""

from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts.models import User
from accounts.roles import RoleCode
from accounts.services.records import StaleRecordError, differences, lock_stored, state_mark
from accounts.services.roles import find_roles, refuse_mixed_branches
from core.refusals import RefusalError


class RecordForm(forms.ModelForm):
    """A model form that refuses to overwrite what was changed after it was opened.

    Validate it inside a transaction: the row is locked from the check until the save.
    """

    seen_mark = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["seen_mark"] = state_mark(self.instance)

    def has_changed(self) -> bool:
        return bool(set(self.changed_data) - {"seen_mark"})

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.instance._state.adding and self.has_changed():
            self._refuse_stale()
        return cleaned

    def _post_clean(self) -> None:
        """A record with a field missing is not asked whether it is consistent in itself."""
        if not self.errors:
            super()._post_clean()

    def _refuse_stale(self) -> None:
        try:
            stored = lock_stored(self.instance)
            if self.cleaned_data.get("seen_mark") != state_mark(stored):
                given = copy(self.instance)
                construct_instance(self, given, self._meta.fields, self._meta.exclude)
                raise StaleRecordError(stored, differences(stored, given))
        except RefusalError as refusal:
            raise ValidationError(str(refusal)) from refusal


class UserForm(RecordForm):
    """An account with its roles; roles of two branches are refused here as in the service."""

    roles = forms.MultipleChoiceField(
        label="角色",
        choices=RoleCode,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="业务、系统管理、安全审计三类角色不能同时担任。",
    )

    class Meta:
        model = User
        fields = ["username", "name"]
        labels = {"username": "登录账号"}
        help_texts = {"username": "可用字母、数字和 @ . + - _ 等符号，例如手机号或工号。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["roles"] = sorted(self.instance.role_codes)

    def clean_roles(self) -> list[str]:
        codes = self.cleaned_data["roles"]
        try:
            refuse_mixed_branches(find_roles(codes))
        except RefusalError as refusal:
            raise ValidationError(str(refusal)) from refusal
        return codes


class SignInForm(forms.Form):
    username = forms.CharField(
        label="账号",
        max_length=150,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none"}
        ),
    )
    password = forms.CharField(
        label="密码",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordChangeForm(forms.Form):
    """Whether the passwords are right is for the service to say."""

    present = forms.CharField(
        label="现用密码",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    password = forms.CharField(
        label="新密码",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label="再输一遍新密码",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_repeated(self) -> str:
        if self.cleaned_data["repeated"] != self.cleaned_data.get("password"):
            raise ValidationError("两次输入的新密码不一致。")
        return self.cleaned_data["repeated"]
