from django import forms

from core.spreadsheets.guard import MAX_FILE_BYTES, MEGABYTE
from dossiers.importers.office import start_check
from members.models import Term
from members.selectors import current_term


class ImportForm(forms.Form):
    """A workbook to be checked."""

    term = forms.ModelChoiceField(
        label="届次", queryset=Term.objects.all(), initial=current_term, empty_label=None
    )
    file = forms.FileField(
        label="工作簿",
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        help_text="xlsx 文件，不超过 10 MB。先检查，确认后才写入。",
        error_messages={
            "required": "请选择要导入的文件。",
            "empty": "文件是空的。",
            "max_length": "文件名过长，请缩短后重新上传。",
        },
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if not upload.name.lower().endswith(".xlsx"):
            raise forms.ValidationError("只能导入 xlsx 工作簿。请在 Excel 或 WPS 中另存为 xlsx。")
        if upload.size > MAX_FILE_BYTES:
            megabytes = MAX_FILE_BYTES // MEGABYTE
            raise forms.ValidationError(f"文件超过 {megabytes} MB，请分成几个文件导入。")
        return upload

    def carry_out(self, *, actor, at):
        return start_check(
            term=self.cleaned_data["term"], upload=self.cleaned_data["file"], owner=actor, at=at
        )


class ConfirmForm(forms.Form):
    """`skip_bad_rows`: import the good rows of a file with faults."""

    skip_bad_rows = forms.BooleanField(required=False)
