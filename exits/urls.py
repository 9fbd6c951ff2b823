from django.urls import path

from exits.views.case_file import CaseFileView
from exits.views.cases import (
    CaseActView,
    CaseBoardView,
    CaseDetailView,
    ConductorsView,
    DeliveryRecordView,
    OpinionAttachmentView,
    StepAttachmentView,
)
from exits.views.drafting import PaperCreateView
from exits.views.evaluation import PackDetailView, RunCreateView, TrialCreateView
from exits.views.exchange import ExchangeCreateView
from exits.views.interviews import (
    InterviewActView,
    InterviewCopyView,
    InterviewCreateView,
    InterviewDetailView,
    InterviewListView,
)
from exits.views.opening import CaseCreateView, SuggestionDetailView
from exits.views.opinions import OpinionListView
from exits.views.own import (
    OwnCaseActView,
    OwnCaseView,
    OwnInterviewView,
    OwnListView,
    OwnPaperFileView,
    OwnResignView,
    OwnStepAttachmentView,
)
from exits.views.papers import PaperDetailView, PaperFileView, PaperListView
from exits.views.templates import TemplateListView, TemplateUpdateView

app_name = "exits"
urlpatterns = [
    path("cases/", CaseBoardView.as_view(), name="case-board"),
    path("cases/create/", CaseCreateView.as_view(), name="case-create"),
    path("cases/<int:pk>/", CaseDetailView.as_view(), name="case-detail"),
    path("cases/<int:pk>/conductors/", ConductorsView.as_view(), name="case-conductors"),
    path("cases/<int:pk>/file/", CaseFileView.as_view(), name="case-file"),
    path("deliveries/<int:pk>/record/", DeliveryRecordView.as_view(), name="delivery-record"),
    path("steps/<int:pk>/attachment/", StepAttachmentView.as_view(), name="step-attachment"),
    path(
        "case-opinions/<int:pk>/attachment/",
        OpinionAttachmentView.as_view(),
        name="opinion-attachment",
    ),
    path("interviews/", InterviewListView.as_view(), name="interview-list"),
    path("interviews/create/", InterviewCreateView.as_view(), name="interview-create"),
    path("interviews/<int:pk>/", InterviewDetailView.as_view(), name="interview-detail"),
    path("interviews/<int:pk>/signed/", InterviewCopyView.as_view(), name="interview-signed-copy"),
    path("interviews/<int:pk>/<slug:act>/", InterviewActView.as_view(), name="interview-act"),
    path("opinions/", OpinionListView.as_view(), name="opinion-list"),
    path("own/", OwnListView.as_view(), name="own-list"),
    path("own/resign/", OwnResignView.as_view(), name="own-resign"),
    path("own/cases/<int:pk>/", OwnCaseView.as_view(), name="own-case"),
    path("own/cases/<int:pk>/<slug:act>/", OwnCaseActView.as_view(), name="own-case-act"),
    path("own/interviews/<int:pk>/", OwnInterviewView.as_view(), name="own-interview"),
    path("own/papers/<int:pk>/file/", OwnPaperFileView.as_view(), name="own-paper-file"),
    path(
        "own/steps/<int:pk>/attachment/",
        OwnStepAttachmentView.as_view(),
        name="own-step-attachment",
    ),
    path("members/<int:pk>/suggestions/", SuggestionDetailView.as_view(), name="suggestion-detail"),
    path("runs/create/", RunCreateView.as_view(), name="run-create"),
    path("trials/create/", TrialCreateView.as_view(), name="trial-create"),
    path("trials/pack/", PackDetailView.as_view(), name="trial-pack"),
    path("papers/", PaperListView.as_view(), name="paper-list"),
    path("papers/create/", PaperCreateView.as_view(), name="paper-create"),
    path("papers/<int:pk>/", PaperDetailView.as_view(), name="paper-detail"),
    path("papers/<int:pk>/file/", PaperFileView.as_view(), name="paper-file"),
    path("templates/", TemplateListView.as_view(), name="template-list"),
    path("templates/<slug:kind>/", TemplateUpdateView.as_view(), name="template-update"),
    path(
        "templates/<slug:kind>/<slug:variant>/",
        TemplateUpdateView.as_view(),
        name="template-variant",
    ),
    path("exchange/create/", ExchangeCreateView.as_view(), name="exchange-create"),
    # Last: what a case has pages for by name comes before.
    path("cases/<int:pk>/<slug:act>/", CaseActView.as_view(), name="case-act"),
]
