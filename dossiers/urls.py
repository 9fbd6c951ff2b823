from django.urls import path

from dossiers.views.imports import (
    ImportConfirmView,
    ImportCreateView,
    ImportDetailView,
    ImportTemplateView,
)

app_name = "dossiers"
urlpatterns = [
    path("imports/create/", ImportCreateView.as_view(), name="import-create"),
    path("imports/template/", ImportTemplateView.as_view(), name="import-template"),
    path("imports/<uuid:pk>/", ImportDetailView.as_view(), name="import-detail"),
    path("imports/<uuid:pk>/confirm/", ImportConfirmView.as_view(), name="import-confirm"),
]
