from django.urls import path, re_path

from dossiers.choices import ReturnBlock
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
from reporting.views.paper_parts import (
    BlockConfirmView,
    DeclarationCreateView,
    DeclarationProofView,
    DeclarationUpdateView,
    DeclarationWithdrawView,
    SignatureImageView,
    SignatureView,
)
from reporting.views.papers import (
    PaperCountView,
    PaperDetailView,
    PaperFileView,
    PaperListView,
    PaperOpenView,
    PaperSaveView,
    PaperSubmitView,
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
PAPER = r"^reporting/papers/(?P<pk>\d{1,18})"
BLOCK = rf"(?P<block>{'|'.join(ReturnBlock.values)})"
NUMBER = r"(?P<number>\d{1,18})"

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
    path("reporting/papers/", PaperListView.as_view(), name="paper-list"),
    path("reporting/papers/open/", PaperOpenView.as_view(), name="paper-open"),
    re_path(rf"{PAPER}/$", PaperDetailView.as_view(), name="paper-detail"),
    re_path(rf"{PAPER}/save/$", PaperSaveView.as_view(), name="paper-save"),
    re_path(rf"{PAPER}/submit/$", PaperSubmitView.as_view(), name="paper-submit"),
    re_path(rf"{PAPER}/paper\.(?P<ending>pdf|xlsx)$", PaperFileView.as_view(), name="paper-file"),
    re_path(
        rf"{PAPER}/counted/(?P<measure>[a-z.]{{1,60}})/$",
        PaperCountView.as_view(),
        name="paper-count",
    ),
    re_path(rf"{PAPER}/{BLOCK}/confirm/$", BlockConfirmView.as_view(), name="paper-confirm"),
    re_path(rf"{PAPER}/{BLOCK}/declare/$", DeclarationCreateView.as_view(), name="paper-declare"),
    re_path(
        rf"{PAPER}/declarations/{NUMBER}/$",
        DeclarationUpdateView.as_view(),
        name="declaration-update",
    ),
    re_path(
        rf"{PAPER}/declarations/{NUMBER}/withdraw/$",
        DeclarationWithdrawView.as_view(),
        name="declaration-withdraw",
    ),
    re_path(
        rf"{PAPER}/declarations/{NUMBER}/proof/$",
        DeclarationProofView.as_view(),
        name="declaration-proof",
    ),
    re_path(rf"{PAPER}/signature/$", SignatureView.as_view(), name="paper-signature"),
    re_path(
        rf"{PAPER}/signature/image/$", SignatureImageView.as_view(), name="paper-signature-image"
    ),
]
