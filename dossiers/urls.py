from django.urls import path, re_path

from dossiers.views.imports import (
    ImportConfirmView,
    ImportCreateView,
    ImportDetailView,
    ImportTemplateView,
)
from dossiers.views.objections import (
    MissingCreateView,
    ObjectionCreateView,
    ObjectionDetailView,
    ObjectionListView,
    ObjectionProofView,
    ObjectionWithdrawView,
    RecordListView,
)

app_name = "dossiers"
urlpatterns = [
    path("imports/create/", ImportCreateView.as_view(), name="import-create"),
    path("imports/template/", ImportTemplateView.as_view(), name="import-template"),
    path("imports/<uuid:pk>/", ImportDetailView.as_view(), name="import-detail"),
    path("imports/<uuid:pk>/confirm/", ImportConfirmView.as_view(), name="import-confirm"),
    path("records/", RecordListView.as_view(), name="record-list"),
    path("objections/", ObjectionListView.as_view(), name="objection-list"),
    path("objections/missing/", MissingCreateView.as_view(), name="objection-missing"),
    re_path(
        r"^objections/create/(?P<record_type>[a-z]+\.[a-z]+)/(?P<record_id>\d{1,18})/$",
        ObjectionCreateView.as_view(),
        name="objection-create",
    ),
    re_path(
        r"^objections/(?P<pk>\d{1,18})/$", ObjectionDetailView.as_view(), name="objection-detail"
    ),
    re_path(
        r"^objections/(?P<pk>\d{1,18})/withdraw/$",
        ObjectionWithdrawView.as_view(),
        name="objection-withdraw",
    ),
    re_path(
        r"^objections/(?P<pk>\d{1,18})/proof/$",
        ObjectionProofView.as_view(),
        name="objection-proof",
    ),
]
