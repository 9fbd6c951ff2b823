from django.urls import path, re_path

from reporting.choices import FormKind
from reporting.views.exports import ExportCreateView, FormDetailView
from reporting.views.home import HomeView
from reporting.views.timeliness import TimelinessRecordsView, TimelinessView

KINDS = "|".join(FormKind.values)

app_name = "reporting"
urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("reporting/exports/create/", ExportCreateView.as_view(), name="export-create"),
    path("reporting/timeliness/", TimelinessView.as_view(), name="timeliness"),
    path(
        "reporting/timeliness/records/",
        TimelinessRecordsView.as_view(),
        name="timeliness-records",
    ),
    re_path(
        rf"^reporting/forms/(?P<pk>\d{{1,18}})/(?P<year>\d{{4}})/(?P<kind>{KINDS})\.(?P<ending>pdf|xlsx)$",
        FormDetailView.as_view(),
        name="form-detail",
    ),
]
