from django.urls import path, re_path

from dossiers.choices import ReturnBlock
from reporting.choices import FormKind
from reporting.views.calendar import CalendarView
from reporting.views.campaigns import (
    CampaignActView,
    CampaignCreateView,
    CampaignDetailView,
    CampaignListView,
    CampaignReturnsView,
)
from reporting.views.exports import ExportCreateView, FormDetailView
from reporting.views.home import HomeView
from reporting.views.organs import (
    AssemblyDetailView,
    CommitteeDetailView,
    OrganListView,
    SectorDetailView,
)
from reporting.views.own_data import OwnDataFileView, OwnDataView
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
from reporting.views.reviews import ReviewListView, ReviewUpdateView
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
from reporting.views.verification import (
    ArchiveDetailView,
    ArchiveFileView,
    DeclaredProofView,
    VerificationActView,
    VerificationView,
)

KINDS = "|".join(FormKind.values)
PAPER = r"^reporting/papers/(?P<pk>\d{1,18})"
BLOCK = rf"(?P<block>{'|'.join(ReturnBlock.values)})"
CAMPAIGN = r"^reporting/campaigns/(?P<pk>\d{1,18})"
VERIFYING = r"^reporting/verifications/(?P<pk>\d{1,18})"
ARCHIVE = r"^reporting/archives/(?P<pk>\d{1,18})"
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
    path("reporting/own/", OwnDataView.as_view(), name="own-data"),
    path("reporting/own/file/", OwnDataFileView.as_view(), name="own-data-file"),
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
    path("reporting/campaigns/", CampaignListView.as_view(), name="campaign-list"),
    re_path(
        r"^reporting/campaigns/create/(?P<year>\d{4})/$",
        CampaignCreateView.as_view(),
        name="campaign-create",
    ),
    re_path(rf"{CAMPAIGN}/$", CampaignDetailView.as_view(), name="campaign-detail"),
    re_path(rf"{CAMPAIGN}/returns/$", CampaignReturnsView.as_view(), name="campaign-returns"),
    re_path(
        rf"{CAMPAIGN}/(?P<act>close|reopen|archive)/$",
        CampaignActView.as_view(),
        name="campaign-act",
    ),
    re_path(rf"{CAMPAIGN}/reviews/$", ReviewListView.as_view(), name="review-list"),
    re_path(
        rf"{CAMPAIGN}/reviews/(?P<member>\d{{1,18}})/$",
        ReviewUpdateView.as_view(),
        name="review-update",
    ),
    re_path(rf"{VERIFYING}/$", VerificationView.as_view(), name="verification-detail"),
    re_path(
        rf"{VERIFYING}/(?P<act>mark|settle|return|verify|reopen|archive)/$",
        VerificationActView.as_view(),
        name="verification-act",
    ),
    re_path(
        rf"{VERIFYING}/proof/{NUMBER}/$", DeclaredProofView.as_view(), name="verification-proof"
    ),
    re_path(rf"{ARCHIVE}/$", ArchiveDetailView.as_view(), name="archive-detail"),
    re_path(rf"{ARCHIVE}/file/$", ArchiveFileView.as_view(), name="archive-file"),
]
