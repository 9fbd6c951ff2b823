from django.urls import path, re_path

from reporting.choices import FormKind
from reporting.views.calendar import CalendarView
from reporting.views.exports import ExportCreateView, FormDetailView
from reporting.views.home import HomeView
from reporting.views.organs import (
    AssemblyDetailView,
    CommitteeDetailView,
    OrganListView,
    SectorDetailView,
)
from reporting.views.timeliness import TimelinessRecordsView, TimelinessView
from reporting.views.topics import (
    ContributionView,
    OwnTopicListView,
    TopicCancelView,
    TopicCountView,
    TopicCreateView,
    TopicDetailView,
    TopicEditView,
    TopicFileView,
    TopicFinishView,
    TopicListView,
    TopicStartView,
    TopicTitlesView,
)

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
    path("reporting/organs/", OrganListView.as_view(), name="organ-list"),
    path("reporting/assembly/", AssemblyDetailView.as_view(), name="assembly-detail"),
    path("reporting/committees/<int:pk>/", CommitteeDetailView.as_view(), name="committee-detail"),
    path("reporting/sectors/<int:pk>/", SectorDetailView.as_view(), name="sector-detail"),
    path("reporting/calendar/", CalendarView.as_view(), name="calendar-detail"),
    path("reporting/topics/", TopicListView.as_view(), name="topic-list"),
    path("reporting/topics/own/", OwnTopicListView.as_view(), name="topic-own"),
    path("reporting/topics/titles/", TopicTitlesView.as_view(), name="topic-titles"),
    path("reporting/topics/create/", TopicCreateView.as_view(), name="topic-create"),
    path("reporting/topics/<int:pk>/", TopicDetailView.as_view(), name="topic-detail"),
    path("reporting/topics/<int:pk>/edit/", TopicEditView.as_view(), name="topic-edit"),
    path("reporting/topics/<int:pk>/start/", TopicStartView.as_view(), name="topic-start"),
    path("reporting/topics/<int:pk>/finish/", TopicFinishView.as_view(), name="topic-finish"),
    path("reporting/topics/<int:pk>/cancel/", TopicCancelView.as_view(), name="topic-cancel"),
    path("reporting/topics/<int:pk>/count/", TopicCountView.as_view(), name="topic-count"),
    path("reporting/topics/<int:pk>/file/", TopicFileView.as_view(), name="topic-file"),
    path(
        "reporting/topics/<int:pk>/contributions/<int:partnership>/",
        ContributionView.as_view(),
        name="topic-contribution",
    ),
    re_path(
        rf"^reporting/forms/(?P<pk>\d{{1,18}})/(?P<year>\d{{4}})/(?P<kind>{KINDS})\.(?P<ending>pdf|xlsx)$",
        FormDetailView.as_view(),
        name="form-detail",
    ),
]
