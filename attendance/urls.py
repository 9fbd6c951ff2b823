from django.urls import path, re_path

from attendance.forms.seats import ACTS
from attendance.views.approvals import ApprovalDecideView, ApprovalListView
from attendance.views.leave import (
    LeaveAttachmentView,
    LeaveCreateView,
    LeaveDetailView,
    LeaveListView,
    LeaveSlipView,
    LeaveWithdrawView,
)
from attendance.views.seats import (
    OwnSeatListView,
    OwnSeatView,
    SeatActView,
    SeatBoardView,
    SeatDetailView,
    SeatExcessView,
    SeatMeetingView,
)

app_name = "attendance"

LEAVE = [
    path("leave/", LeaveListView.as_view(), name="leave-list"),
    path("leave/<int:pk>/", LeaveDetailView.as_view(), name="leave-detail"),
    path("leave/<int:pk>/withdraw/", LeaveWithdrawView.as_view(), name="leave-withdraw"),
    path("leave/<int:pk>/slip/", LeaveSlipView.as_view(), name="leave-slip"),
    path("leave/<int:pk>/attachment/", LeaveAttachmentView.as_view(), name="leave-attachment"),
    path("meetings/<int:pk>/leave/create/", LeaveCreateView.as_view(), name="leave-create"),
    path("approvals/", ApprovalListView.as_view(), name="approval-list"),
    path("approvals/<int:pk>/decide/", ApprovalDecideView.as_view(), name="approval-decide"),
]
SEATS = [
    path("seats/", SeatBoardView.as_view(), name="seat-board"),
    path("meetings/<int:pk>/seats/", SeatMeetingView.as_view(), name="seat-meeting"),
    path("meetings/<int:pk>/seats/excess/", SeatExcessView.as_view(), name="seat-excess"),
    path("seats/own/", OwnSeatListView.as_view(), name="seat-own-list"),
    path("seats/own/<int:pk>/", OwnSeatView.as_view(), name="seat-own"),
    path("seats/own/<int:pk>/<slug:act>/", OwnSeatView.as_view(), name="seat-own-act"),
    path("seats/<int:pk>/", SeatDetailView.as_view(), name="seat-detail"),
    re_path(
        rf"^seats/(?P<pk>\d{{1,18}})/(?P<act>{'|'.join(ACTS)})/$",
        SeatActView.as_view(),
        name="seat-act",
    ),
]
urlpatterns = [*LEAVE, *SEATS]
