"""What the office types in to open a campaign, and the opinion on a standing member's year."""

from typing import Any

from django import forms

from dossiers.choices import Audience, HandInKind
from dossiers.models import Campaign, StandingReview
from dossiers.selectors.papers import CollectedPaper, collected_papers, default_papers
from members.models import Term

#: From whom a paper is collected where neither campaign nor rule pack says so.
AUDIENCES = {
    HandInKind.PERFORMANCE_REPORT: Audience.STANDING,
    HandInKind.PERFORMANCE_FORM: Audience.STANDING,
}


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class CampaignForm(forms.Form):
    """Opening a year's campaign; filled in from the plan, where it is planned, and the pack."""

    opens_date = forms.DateField(label="开始日期", widget=DayInput())
    deadline_date = forms.DateField(
        label="截止日期", widget=DayInput(), help_text="当日 24 时前提交为按时。"
    )
    kinds = forms.MultipleChoiceField(
        label="应交材料", choices=HandInKind.choices, widget=forms.CheckboxSelectMultiple
    )
    call = forms.CharField(
        label="填报要求",
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="写在通知的开头；截止日期和应交材料系统会自动列出。",
    )
    report_length = forms.IntegerField(label="述职报告字数上限", min_value=100, max_value=10_000)
    oral_report_count = forms.IntegerField(label="口头述职人数", min_value=0, max_value=200)

    def __init__(
        self, *args: Any, term: Term, year: int, campaign: Campaign | None, **kwargs: Any
    ) -> None:
        campaign = campaign or Campaign(
            term=term, year=year, deadline_date=Campaign.default_deadline(year)
        )
        rows = collected_papers(campaign) if campaign.pk else default_papers(term=term, year=year)
        self.audiences = AUDIENCES | {row.kind: row.audience for row in rows}
        names = ("opens_date", "deadline_date", "call", "report_length", "oral_report_count")
        initial = {name: getattr(campaign, name) for name in names}
        initial["kinds"] = [row.kind for row in rows]
        initial |= kwargs.pop("initial", {})
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["kinds"].choices = [
            (kind.value, f"{kind.label}（{self.audiences.get(kind, Audience.ALL).label}）")
            for kind in HandInKind
        ]

    def papers(self) -> list[CollectedPaper]:
        chosen = self.cleaned_data["kinds"]
        return [
            CollectedPaper(kind, self.audiences.get(kind, Audience.ALL))
            for kind in HandInKind
            if kind in chosen
        ]


class ReviewForm(forms.Form):
    opinion = forms.CharField(
        label="综合评价意见", max_length=10_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    decided_date = forms.DateField(label="主席会议日期", widget=DayInput())
    document_number = forms.CharField(label="文号", max_length=100, required=False)
    reported_date = forms.DateField(label="口头述职日期", widget=DayInput(), required=False)
    seen_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, review: StandingReview | None, **kwargs: Any) -> None:
        names = ("opinion", "decided_date", "document_number", "reported_date")
        initial: dict[str, Any] = {"seen_version": review.version if review else 0}
        if review:
            initial |= {name: getattr(review, name) for name in names}
        super().__init__(*args, initial=initial, **kwargs)
