from django.urls import path, re_path

from attendance.forms.seats import ACTS
from attendance.views import arrivals, convening, desk, hall, invited, sheet
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
SIGN_IN = [
    path("sittings/<int:pk>/sign-in/", desk.SignInDeskView.as_view(), name="sitting-sign-in"),
    path(
        "sittings/<int:pk>/sign-in/state/",
        desk.SignInStateView.as_view(),
        name="sitting-sign-in-state",
    ),
    path("sittings/<int:pk>/sheet/", sheet.SheetView.as_view(), name="sitting-sheet"),
    path("sittings/<int:pk>/sheet/file/", sheet.SheetFileView.as_view(), name="sitting-sheet-file"),
    path(
        "sittings/<int:pk>/visitors/create/",
        desk.VisitorCreateView.as_view(),
        name="visitor-create",
    ),
    path("sittings/<int:pk>/close/", desk.SittingCloseView.as_view(), name="sitting-close"),
    path("sittings/<int:pk>/reopen/", desk.SittingReopenView.as_view(), name="sitting-reopen"),
    path("sittings/<int:pk>/hall/", hall.HallView.as_view(), name="sitting-hall"),
    path("sittings/<int:pk>/hall/state/", hall.HallStateView.as_view(), name="sitting-hall-state"),
    path("sittings/<int:pk>/hall/code.svg", hall.HallCodeView.as_view(), name="sitting-hall-code"),
    path("attendances/<int:pk>/undo/", desk.AttendanceUndoView.as_view(), name="attendance-undo"),
    path(
        "attendances/<int:pk>/correct/",
        desk.AttendanceCorrectView.as_view(),
        name="attendance-correct",
    ),
    path(
        "attendances/<int:pk>/leave-early/",
        desk.AttendanceLeaveEarlyView.as_view(),
        name="attendance-leave-early",
    ),
    path("arrivals/", arrivals.ArrivalListView.as_view(), name="arrival-list"),
    path("arrivals/<int:pk>/", arrivals.ArrivalCreateView.as_view(), name="arrival-create"),
    re_path(
        r"^arrivals/(?P<pk>\d{1,18})/(?P<token>[0-9a-f-]{1,40})/$",
        arrivals.ArrivalOpenView.as_view(),
        name="arrival-open",
    ),
    path("own-code/", arrivals.OwnCodeView.as_view(), name="own-code"),
    path("own-code/state/", arrivals.OwnCodeStateView.as_view(), name="own-code-state"),
    path("own-code/code.svg", arrivals.OwnCodeImageView.as_view(), name="own-code-image"),
]
MEETINGS = [
    path("meetings/", invited.OwnMeetingListView.as_view(), name="meeting-own-list"),
    path("meetings/<int:pk>/", invited.MeetingDetailView.as_view(), name="meeting-detail"),
    path("meetings/<int:pk>/reply/", invited.MeetingReplyView.as_view(), name="meeting-reply"),
    path("meetings/<int:pk>/desk/", convening.MeetingDeskView.as_view(), name="meeting-desk"),
    path("meetings/<int:pk>/scope/", convening.ScopeView.as_view(), name="meeting-scope"),
    path("meetings/<int:pk>/copy/", convening.MeetingCopyView.as_view(), name="meeting-copy"),
    path("meetings/<int:pk>/expected/", convening.ExpectedListView.as_view(), name="expected-list"),
    path(
        "meetings/<int:pk>/expected/create/",
        convening.ExpectedCreateView.as_view(),
        name="expected-create",
    ),
    path("expected/<int:pk>/", convening.ExpectedDetailView.as_view(), name="expected-detail"),
    path(
        "meetings/<int:pk>/notices/create/",
        convening.NoticeCreateView.as_view(),
        name="notice-create",
    ),
    path(
        "meetings/<int:pk>/materials/create/",
        convening.MaterialCreateView.as_view(),
        name="material-create",
    ),
    path("materials/<int:pk>/", invited.MaterialView.as_view(), name="material-detail"),
    path(
        "materials/<int:pk>/delete/",
        convening.MaterialDeleteView.as_view(),
        name="material-delete",
    ),
]
urlpatterns = [*LEAVE, *SEATS, *SIGN_IN, *MEETINGS]
