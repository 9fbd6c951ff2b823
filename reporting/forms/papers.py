"""What a member types into the papers of a year."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.files import ACCEPTED, HELP, check_attachment
from dossiers.models import Declaration, DutyPaper
from dossiers.selectors.papers import TEXT_FIELDS

ROWS = {"text": 18, "political_discipline": 8, "suggestions": 6}
HELPS = {
    "political_discipline": "写本年度遵守政治纪律和政治规矩的情况。",
    "suggestions": "没有的，请写“无”。",
}


class PaperTextForm(forms.Form):
    """The texts of a paper, with the version they were read at."""

    seen_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, paper: DutyPaper, **kwargs: Any) -> None:
        self.paper = paper
        super().__init__(*args, **kwargs)
        for name in TEXT_FIELDS[paper.kind]:
            stored = DutyPaper._meta.get_field(name)
            self.fields[name] = forms.CharField(
                label=stored.verbose_name,
                max_length=stored.max_length,
                required=False,
                strip=False,
                help_text=HELPS.get(name, ""),
                widget=forms.Textarea(attrs={"rows": ROWS[name], "autocomplete": "off"}),
            )
            self.initial.setdefault(name, getattr(paper, name))
        self.initial.setdefault("seen_version", paper.version)

    def given(self) -> dict[str, str]:
        """The texts that came along; one that did not is left as it is."""
        return {
            name: self.cleaned_data[name]
            for name in TEXT_FIELDS[self.paper.kind]
            if name in self.data
        }


class DeclarationForm(forms.Form):
    """补充一条, or what a record should say."""

    text = forms.CharField(
        label="内容",
        max_length=Declaration._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请写明要补充的内容。"},
    )
    date = forms.DateField(
        label="日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期请写成 2026-05-03 的样子。"},
    )
    proof = forms.FileField(
        label="证明材料",
        required=False,
        max_length=200,
        help_text=HELP,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )

    def clean_proof(self) -> Any:
        proof = self.cleaned_data["proof"]
        if proof:
            check_attachment(proof)
        return proof or None


class DeclarationChangeForm(DeclarationForm):
    """A line said anew, with the version it was read at."""

    seen_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class SignatureForm(forms.Form):
    image = forms.FileField(
        label="签名图片",
        help_text="白纸上用深色笔签名，拍照或扫描成 PNG、JPG 图片，不超过 10 MB。",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
        error_messages={"required": "请选择签名图片，或在上面的框里手写。"},
    )


def asked_ids(data: Any) -> tuple[int, int, str]:
    """Campaign, seat and kind of the paper to begin. Raises ValidationError."""
    try:
        return int(data["campaign"]), int(data["member"]), str(data["kind"])
    except (KeyError, ValueError) as error:
        raise ValidationError("没有说明要填写哪一份材料。") from error
