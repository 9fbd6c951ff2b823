from django.urls import path, re_path

from reporting.choices import FormKind
from reporting.views.exports import ExportCreateView, FormDetailView, HomeView

KINDS = "|".join(FormKind.values)

app_name = "reporting"
urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("reporting/exports/create/", ExportCreateView.as_view(), name="export-create"),
    re_path(
        rf"^reporting/forms/(?P<pk>\d{{1,18}})/(?P<year>\d{{4}})/(?P<kind>{KINDS})\.(?P<ending>pdf|xlsx)$",
        FormDetailView.as_view(),
        name="form-detail",
    ),
]
