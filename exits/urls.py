from django.urls import path

from exits.views.evaluation import PackDetailView, RunCreateView, TrialCreateView

app_name = "exits"
urlpatterns = [
    path("runs/create/", RunCreateView.as_view(), name="run-create"),
    path("trials/create/", TrialCreateView.as_view(), name="trial-create"),
    path("trials/pack/", PackDetailView.as_view(), name="trial-pack"),
]
