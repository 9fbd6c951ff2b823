"""The REST interface: every app's endpoints under /api/v1/, and the description of them all."""

from functools import lru_cache
from typing import Any

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.urls import include, path, re_path
from django.utils.decorators import method_decorator
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework import exceptions, routers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.account import AccountView
from accounts.api.jobs import JobViewSet
from accounts.api.permissions import OwnPassword
from accounts.api.tokens import TokenView
from assessments.api import FindingViewSet, RunViewSet
from attendance.api import (
    AttendanceViewSet,
    ExpectationViewSet,
    LeaveRequestViewSet,
    MeetingViewSet,
    NonVotingSeatViewSet,
    OutsideInvitationViewSet,
    SpeechViewSet,
)
from dossiers.api import (
    CampaignViewSet,
    DutyPaperViewSet,
    FactsViewSet,
    HandInViewSet,
    ObjectionViewSet,
    StandingReviewViewSet,
    SubmissionViewSet,
)
from exits.api import EvaluationView
from members.api.conduct import CommendationViewSet, ConductFindingViewSet, SanctionViewSet
from members.api.notices import NoticeViewSet
from members.api.register import (
    CommitteeViewSet,
    DepartmentViewSet,
    LiaisonGroupViewSet,
    MemberViewSet,
    SectorGroupViewSet,
    SectorViewSet,
    SuspensionViewSet,
    TenureViewSet,
    TermViewSet,
)
from members.api.reports import ChangeReportViewSet
from proposals.api import (
    ArticleViewSet,
    OpinionViewSet,
    ProposalViewSet,
    ResearchViewSet,
    TopicViewSet,
)
from reporting.api import ExportView

ENDPOINTS = {
    "terms": TermViewSet,
    "sectors": SectorViewSet,
    "committees": CommitteeViewSet,
    "departments": DepartmentViewSet,
    "sector-groups": SectorGroupViewSet,
    "liaison-groups": LiaisonGroupViewSet,
    "members": MemberViewSet,
    "tenures": TenureViewSet,
    "suspensions": SuspensionViewSet,
    "commendations": CommendationViewSet,
    "sanctions": SanctionViewSet,
    "conduct-findings": ConductFindingViewSet,
    "notices": NoticeViewSet,
    "meetings": MeetingViewSet,
    "expectations": ExpectationViewSet,
    "attendances": AttendanceViewSet,
    "leave-requests": LeaveRequestViewSet,
    "non-voting-seats": NonVotingSeatViewSet,
    "speeches": SpeechViewSet,
    "outside-invitations": OutsideInvitationViewSet,
    "proposals": ProposalViewSet,
    "opinions": OpinionViewSet,
    "research": ResearchViewSet,
    "articles": ArticleViewSet,
    "topics": TopicViewSet,
    "campaigns": CampaignViewSet,
    "hand-ins": HandInViewSet,
    "duty-papers": DutyPaperViewSet,
    "standing-reviews": StandingReviewViewSet,
    "submissions": SubmissionViewSet,
    "objections": ObjectionViewSet,
    "change-reports": ChangeReportViewSet,
    "runs": RunViewSet,
    "findings": FindingViewSet,
    "jobs": JobViewSet,
}


class UnknownEndpoint(APIView):
    """An address nobody answers is refused in JSON too."""

    permission_classes = [AllowAny]
    schema = None

    def dispatch(self, request, *args, **kwargs):
        self.headers = self.default_response_headers
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request, *args, **kwargs)
        refusal = self.handle_exception(exceptions.NotFound())
        return self.finalize_response(self.request, refusal)


@lru_cache
def kept_schema() -> dict[str, Any]:
    """Made once a process: it takes a second or two and never changes while the process lives."""
    return SchemaGenerator().get_schema(request=None, public=True)


class SchemaView(APIView):
    permission_classes = [OwnPassword]
    schema = None

    def get(self, request: Request) -> Response:
        return Response(kept_schema())


@method_decorator(csp_update({"style-src": [UNSAFE_INLINE], "img-src": ["data:"]}), name="dispatch")
class DocumentationView(SpectacularSwaggerSplitView):
    permission_classes = [OwnPassword]


router = routers.SimpleRouter()
for prefix, viewset in ENDPOINTS.items():
    router.register(prefix, viewset, basename=prefix)
router.register("facts", FactsViewSet, basename="facts")

urlpatterns = [
    path("tokens/", TokenView.as_view(), name="token"),
    path("account/", AccountView.as_view(), name="account"),
    path("evaluations/", EvaluationView.as_view(), name="evaluations"),
    path("exports/", ExportView.as_view(), name="exports"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocumentationView.as_view(url_name="api:schema"), name="docs"),
    path("", include(router.urls)),
    re_path("", UnknownEndpoint.as_view(), name="unknown"),
]
