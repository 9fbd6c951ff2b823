"""Entry forms of written work."""

from datetime import datetime
from typing import ClassVar

from django import forms
from django.db.models import Model

from accounts.models import User
from dossiers.forms.entry import EntryForm
from dossiers.forms.fields import DayField, MemberField, MembersField, options
from members.choices import Level
from proposals.choices import (
    AdoptionLevel,
    ExaminationResult,
    HandlingResult,
    PublicationLevel,
    ResearchKind,
)
from proposals.models import Article, Proposal, PublicOpinionReport, Research
from proposals.models.works import Work
from proposals.selectors.numbering import next_work_number
from proposals.services.entry import enter_article, enter_opinion, enter_proposal, enter_research

TITLE, NUMBER = 200, 50


class WorkForm(EntryForm):
    """The next number is proposed."""

    model: ClassVar[type[Work]]

    def narrow(self) -> None:
        number = next_work_number(self.model, term=self.term, year=self.today.year)
        self.propose("number", number)


class ProposalForm(WorkForm):
    model = Proposal
    date_field = "submitted_date"
    kept = ("submitted_date",)

    number = forms.CharField(label="提案号", max_length=NUMBER)
    submitted_date = DayField(label="提交日期")
    title = forms.CharField(label="案由", max_length=TITLE)
    lead_sponsor = MemberField(label="第一提案人")
    cosponsors = MembersField(label="联名人", required=False)
    examination_result = forms.ChoiceField(
        label="审查结果", choices=options(ExaminationResult), required=False
    )
    undertaking_unit = forms.CharField(label="承办单位", max_length=10_000, required=False)
    handling_result = forms.ChoiceField(
        label="办理结果", choices=options(HandlingResult), required=False
    )
    is_major = forms.BooleanField(label="重点提案", required=False)
    is_outstanding = forms.BooleanField(label="优秀提案", required=False)

    def enter(self, *, actor: User, at: datetime) -> Model:
        return enter_proposal(term=self.term, actor=actor, at=at, **self.cleaned_data)


class OpinionForm(WorkForm):
    model = PublicOpinionReport
    date_field = "reported_date"
    kept = ("reported_date",)

    number = forms.CharField(label="编号", max_length=NUMBER)
    reported_date = DayField(label="报送日期")
    title = forms.CharField(label="标题", max_length=TITLE)
    authors = MembersField(label="报送人")
    adoptions = forms.MultipleChoiceField(
        label="采用级别",
        choices=AdoptionLevel,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    instructions = forms.MultipleChoiceField(
        label="领导批示", choices=Level, required=False, widget=forms.CheckboxSelectMultiple
    )
    source_proposal_number = forms.CharField(
        label="来源提案号", max_length=NUMBER, required=False, help_text="由提案转来的才填"
    )

    def enter(self, *, actor: User, at: datetime) -> Model:
        return enter_opinion(term=self.term, actor=actor, at=at, **self.cleaned_data)


class ResearchForm(WorkForm):
    model = Research
    date_field = "completed_date"
    kept = ("kind", "completed_date", "organiser")

    number = forms.CharField(label="编号", max_length=NUMBER)
    completed_date = DayField(label="完成日期")
    title = forms.CharField(label="题目", max_length=TITLE)
    kind = forms.ChoiceField(label="类型", choices=ResearchKind)
    organiser = forms.CharField(
        label="承办部门",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "departments"}),
    )
    participants = MembersField(label="参加人")
    result = forms.CharField(
        label="成果", max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def narrow(self) -> None:
        super().narrow()
        self.offer_organisers()

    def enter(self, *, actor: User, at: datetime) -> Model:
        return enter_research(term=self.term, actor=actor, at=at, **self.cleaned_data)


class ArticleForm(WorkForm):
    model = Article
    date_field = "published_date"
    kept = ("published_date", "publication", "level")

    number = forms.CharField(label="编号", max_length=NUMBER)
    published_date = DayField(label="发表日期")
    title = forms.CharField(label="题目", max_length=TITLE)
    member = MemberField(label="委员")
    publication = forms.CharField(
        label="刊物", max_length=200, help_text="刊物、网站或微信公众号的名称"
    )
    level = forms.ChoiceField(label="级别", choices=options(PublicationLevel), required=False)

    def enter(self, *, actor: User, at: datetime) -> Model:
        return enter_article(term=self.term, actor=actor, at=at, **self.cleaned_data)
