from django.urls import path, re_path

from dossiers.views.duplicates import (
    ConversionCreateView,
    ConversionListView,
    DuplicateDecideView,
    DuplicateDetailView,
    DuplicateListView,
)
from dossiers.views.entries import EntryCreateView, EntryListView, EntryMembersView
from dossiers.views.imports import (
    ImportConfirmView,
    ImportCreateView,
    ImportDetailView,
    ImportTemplateView,
)
from dossiers.views.intake import (
    SubmissionDeclineView,
    SubmissionIntakeView,
    SubmissionLinkView,
    SubmissionQueueView,
    SubmissionReturnView,
)
from dossiers.views.marks import MarkListView, MarkUpdateView
from dossiers.views.objections import (
    MissingCreateView,
    ObjectionCreateView,
    ObjectionDetailView,
    ObjectionListView,
    ObjectionProofView,
    ObjectionWithdrawView,
    RecordListView,
)
from dossiers.views.signatures import (
    SignatureDetailView,
    SignatureListView,
    SignerCreateView,
    SignerDeleteView,
)
from dossiers.views.submissions import (
    FileCreateView,
    FileDeleteView,
    SubmissionCreateView,
    SubmissionDetailView,
    SubmissionFileView,
    SubmissionListView,
    SubmissionMembersView,
    SubmissionRestoreView,
    SubmissionSaveView,
    SubmissionSubmitView,
    SubmissionWithdrawView,
)

PAIR = r"(?P<kind>[a-z_]+)/(?P<first>\d{1,18})/(?P<second>\d{1,18})"
SUBMISSION = r"^submissions/(?P<pk>\d{1,18})/"

app_name = "dossiers"
urlpatterns = [
    path("entries/", EntryListView.as_view(), name="entry-list"),
    path("entries/members/", EntryMembersView.as_view(), name="entry-members"),
    path("entries/<str:kind>/create/", EntryCreateView.as_view(), name="entry-create"),
    path("marks/", MarkListView.as_view(), name="mark-list"),
    re_path(r"^marks/(?P<pk>\d{1,18})/$", MarkUpdateView.as_view(), name="mark-update"),
    path("duplicates/", DuplicateListView.as_view(), name="duplicate-list"),
    re_path(rf"^duplicates/{PAIR}/$", DuplicateDetailView.as_view(), name="duplicate-detail"),
    re_path(
        rf"^duplicates/{PAIR}/decide/$", DuplicateDecideView.as_view(), name="duplicate-decide"
    ),
    path("conversions/", ConversionListView.as_view(), name="conversion-list"),
    re_path(
        r"^conversions/(?P<pk>\d{1,18})/create/$",
        ConversionCreateView.as_view(),
        name="conversion-create",
    ),
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
    path("submissions/", SubmissionListView.as_view(), name="submission-list"),
    path("submissions/create/", SubmissionCreateView.as_view(), name="submission-create"),
    path("submissions/members/", SubmissionMembersView.as_view(), name="submission-members"),
    path("submissions/queue/", SubmissionQueueView.as_view(), name="submission-queue"),
    re_path(rf"{SUBMISSION}$", SubmissionDetailView.as_view(), name="submission-detail"),
    re_path(rf"{SUBMISSION}save/$", SubmissionSaveView.as_view(), name="submission-save"),
    re_path(rf"{SUBMISSION}submit/$", SubmissionSubmitView.as_view(), name="submission-submit"),
    re_path(
        rf"{SUBMISSION}withdraw/$", SubmissionWithdrawView.as_view(), name="submission-withdraw"
    ),
    re_path(rf"{SUBMISSION}restore/$", SubmissionRestoreView.as_view(), name="submission-restore"),
    re_path(
        rf"{SUBMISSION}files/create/$", FileCreateView.as_view(), name="submission-file-create"
    ),
    re_path(
        rf"{SUBMISSION}files/(?P<file>\d{{1,18}})/$",
        SubmissionFileView.as_view(),
        name="submission-file",
    ),
    re_path(
        rf"{SUBMISSION}files/(?P<file>\d{{1,18}})/delete/$",
        FileDeleteView.as_view(),
        name="submission-file-delete",
    ),
    re_path(
        rf"{SUBMISSION}signers/create/$",
        SignerCreateView.as_view(),
        name="submission-signer-create",
    ),
    re_path(
        rf"{SUBMISSION}signers/(?P<signer>\d{{1,18}})/delete/$",
        SignerDeleteView.as_view(),
        name="submission-signer-delete",
    ),
    re_path(rf"{SUBMISSION}intake/$", SubmissionIntakeView.as_view(), name="submission-intake"),
    re_path(rf"{SUBMISSION}return/$", SubmissionReturnView.as_view(), name="submission-return"),
    re_path(rf"{SUBMISSION}decline/$", SubmissionDeclineView.as_view(), name="submission-decline"),
    re_path(rf"{SUBMISSION}link/$", SubmissionLinkView.as_view(), name="submission-link"),
    path("signatures/", SignatureListView.as_view(), name="signature-list"),
    re_path(
        r"^signatures/(?P<pk>\d{1,18})/$", SignatureDetailView.as_view(), name="signature-detail"
    ),
]
