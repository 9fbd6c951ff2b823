from django.urls import path

from exits.views.cases import (
    CaseActView,
    CaseBoardView,
    CaseDetailView,
    ConductorsView,
    DeliveryRecordView,
    OpinionAttachmentView,
    StepAttachmentView,
)
from exits.views.evaluation import PackDetailView, RunCreateView, TrialCreateView
from exits.views.opening import CaseCreateView, SuggestionDetailView

app_name = "exits"
urlpatterns = [
    path("cases/", CaseBoardView.as_view(), name="case-board"),
    path("cases/create/", CaseCreateView.as_view(), name="case-create"),
    path("cases/<int:pk>/", CaseDetailView.as_view(), name="case-detail"),
    path("cases/<int:pk>/conductors/", ConductorsView.as_view(), name="case-conductors"),
    path("deliveries/<int:pk>/record/", DeliveryRecordView.as_view(), name="delivery-record"),
    path("steps/<int:pk>/attachment/", StepAttachmentView.as_view(), name="step-attachment"),
    path(
        "case-opinions/<int:pk>/attachment/",
        OpinionAttachmentView.as_view(),
        name="opinion-attachment",
    ),
    path("members/<int:pk>/suggestions/", SuggestionDetailView.as_view(), name="suggestion-detail"),
    path("runs/create/", RunCreateView.as_view(), name="run-create"),
    path("trials/create/", TrialCreateView.as_view(), name="trial-create"),
    path("trials/pack/", PackDetailView.as_view(), name="trial-pack"),
    # Last: what a case has pages for by name comes before.
    path("cases/<int:pk>/<slug:act>/", CaseActView.as_view(), name="case-act"),
]
