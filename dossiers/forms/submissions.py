"""What members type of their own work, and what the unit adds when it takes it in."""

from datetime import date
from typing import Any

from django import forms

from attendance.choices import SpeechManner, SpeechOccasion
from core.files import ACCEPTED, HELP, check_attachment
from dossiers.choices import SubmissionKind
from dossiers.forms.events import MeetingField
from dossiers.forms.fields import MembersField, options
from dossiers.forms.works import NUMBER, TITLE
from dossiers.models import Submission
from dossiers.selectors.submissions import FIELDS, TEXT_KINDS, label_of, meetings_spoken_at
from members.choices import Level
from proposals.choices import PublicationLevel
from proposals.models import Article, Proposal, PublicOpinionReport, Research
from proposals.selectors.numbering import next_work_number

HELPS = {
    (SubmissionKind.OPINION, "body"): "写明情况、问题和建议。也可以只上传附件。",
    (SubmissionKind.PROPOSAL, "title"): "一事一案，写明要解决什么问题。",
    (SubmissionKind.RESEARCH, "body"): "写正文或摘要。也可以只上传附件。",
    (SubmissionKind.SPEECH, "meeting"): "会后报送；列出的是您近期应到或参加过的会议活动。",
    (SubmissionKind.ARTICLE, "organisation"): "刊物、网站或微信公众号的名称。",
    (SubmissionKind.COMMENDATION, "body"): "因何事受表彰；没有可说明的不填。",
}
#: 县区 of the table of levels is not among those registered of articles (D3 一（二）).
ARTICLE_LEVELS = {
    Level.CITY: PublicationLevel.CITY,
    Level.PROVINCE: PublicationLevel.PROVINCE,
    Level.NATIONAL: PublicationLevel.CENTRAL,
}
WORKS = {
    SubmissionKind.PROPOSAL: Proposal,
    SubmissionKind.OPINION: PublicOpinionReport,
    SubmissionKind.RESEARCH: Research,
    SubmissionKind.ARTICLE: Article,
}
REQUIRED = {"required": "此项必填。"}


class SubmissionForm(forms.Form):
    """A draft: nothing is required yet. `seen_version` is the version it was read at."""

    seen_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, submission: Submission, today: date, **kwargs: Any) -> None:
        self.submission = submission
        super().__init__(*args, **kwargs)
        kind = submission.kind
        for name in FIELDS[kind]:
            field = self._field(name, today)
            field.required = False
            field.label = label_of(kind, name)
            field.help_text = HELPS.get((kind, name), "")
            field.widget.attrs["autocomplete"] = "off"
            self.fields[name] = field
            self.initial.setdefault(name, getattr(submission, name))
        self.initial.setdefault("seen_version", submission.version)

    def _field(self, name: str, today: date) -> forms.Field:
        if name == "meeting":
            meetings = meetings_spoken_at(self.submission.member, on=today)
            return MeetingField(queryset=meetings, empty_label="（请选择）")
        if name == "date":
            widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            return forms.DateField(widget=widget)
        if name == "level":
            return forms.ChoiceField(choices=options(levels(self.submission.kind), "（请选择）"))
        if name == "body":
            rows = 14 if self.submission.kind in TEXT_KINDS else 4
            widget = forms.Textarea(attrs={"rows": rows})
            return forms.CharField(max_length=20_000, strip=False, widget=widget)
        return forms.CharField(max_length=TITLE)

    def given(self) -> dict[str, Any]:
        """What came along; a field that did not is left as it is."""
        names = FIELDS[self.submission.kind]
        return {name: self.cleaned_data[name] for name in names if name in self.data}


def levels(kind: str) -> Any:
    if kind != SubmissionKind.ARTICLE:
        return Level

    class Offered:
        choices = [(level.value, shown.label) for level, shown in ARTICLE_LEVELS.items()]

    return Offered


def level_name(submission: Submission) -> str:
    """As the member chose it: of articles the highest is 中央."""
    named = dict(levels(submission.kind).choices)
    return str(named.get(submission.level, ""))


class FileForm(forms.Form):
    file = forms.FileField(
        label="添加附件",
        max_length=200,
        help_text=HELP,
        validators=[check_attachment],
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={"required": "请先选择文件。", "empty": "附件是空文件，请重新选择。"},
    )


class SignersForm(forms.Form):
    members = MembersField(label="请谁联名", error_messages={"required": "请填写联名委员。"})

    def __init__(self, *args: Any, term: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].term = term


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="理由",
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="委员看得到。",
        error_messages=REQUIRED,
    )


class AcceptForm(forms.Form):
    """What the record has besides: prefilled from what the member wrote."""

    seen_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(max_length=TITLE, error_messages=REQUIRED)

    def __init__(self, *args: Any, submission: Submission, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = SubmissionKind(submission.kind)
        self.fields["title"].label = label_of(kind, "title")
        self.initial |= {"title": submission.title, "seen_version": submission.version}
        if kind in WORKS:
            number = next_work_number(WORKS[kind], term=submission.member.term, year=today.year)
            self.initial["number"] = number
            self.fields["number"] = forms.CharField(
                label="提案号" if kind == SubmissionKind.PROPOSAL else "编号",
                max_length=NUMBER,
                error_messages=REQUIRED,
            )
        if kind == SubmissionKind.SPEECH:
            self.fields["manner"] = forms.ChoiceField(label="方式", choices=SpeechManner)
            self.fields["occasion"] = forms.ChoiceField(
                label="场合", choices=options(SpeechOccasion, "（大会发言）"), required=False
            )
        if kind == SubmissionKind.ARTICLE:
            self._text("publication", "刊物", submission.organisation)
            self._level(PublicationLevel, ARTICLE_LEVELS.get(submission.level, ""))
        if kind == SubmissionKind.INVITATION:
            self._text("inviter", "邀请单位", submission.organisation)
        if kind == SubmissionKind.COMMENDATION:
            self._level(Level, submission.level)
            self._text("document_number", "文号", "", required=False)
            cause = "；".join(
                part
                for part in (f"表彰单位：{submission.organisation}", submission.body.strip())
                if part
            )
            self._text("cause", "事由", cause, required=False, length=10_000)
        self.order_fields(["number", "title"])

    def _text(
        self, name: str, label: str, value: str, *, required: bool = True, length: int = 200
    ) -> None:
        self.fields[name] = forms.CharField(
            label=label, max_length=length, required=required, error_messages=REQUIRED
        )
        self.initial[name] = value

    def _level(self, choices: Any, value: str) -> None:
        self.fields["level"] = forms.ChoiceField(
            label="级别", choices=options(choices), required=False
        )
        self.initial["level"] = value

    def given(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "seen_version"}
