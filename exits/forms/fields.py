"""Fields as the forms of cases, interviews and letters have them."""

from django import forms

from accounts.models import User
from core.files import ACCEPTED, HELP, check_attachment

REQUIRED = {"required": "此项必填。", "invalid": "请按 2026-01-31 的格式填写日期。"}


def date_field(label: str, **options) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, error_messages=REQUIRED, **options)


def text_field(label: str, **options) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=REQUIRED,
        **options,
    )


def file_field(label: str, **options) -> forms.FileField:
    widget = forms.ClearableFileInput(attrs={"accept": ACCEPTED})
    return forms.FileField(
        label=label,
        required=False,
        max_length=200,
        validators=[check_attachment],
        widget=widget,
        **{"help_text": HELP} | options,
    )


class LeadersField(forms.ModelMultipleChoiceField):
    """Leaders to tick, by name."""

    def __init__(self, **options) -> None:
        invalid = "所选账号不是领导，或是委员本人，请重新选择。"
        super().__init__(
            label="经办领导",
            queryset=User.objects.none(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": invalid, "invalid_pk_value": invalid},
            **options,
        )

    def label_from_instance(self, leader: User) -> str:
        return leader.name
