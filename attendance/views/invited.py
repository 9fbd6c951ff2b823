"""A meeting as an invited member sees it, on the phone."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import TemplateView

from accounts.views.entrance import AskedIn
from attendance.choices import Capacity, Participation
from attendance.forms.convening import ReplyForm
from attendance.models import Meeting, MeetingMaterial
from attendance.selectors.convening import OwnPlace, own_meetings, own_place
from attendance.services.convening import reply_to_meeting
from core.files import attachment_response
from core.refusals import RefusalError


class OwnMeetingListView(AskedIn, TemplateView):
    """Meetings ahead the account's own seat is invited to."""

    template_name = "attendance/meeting_own_list.html"
    permission_required = "attendance.view_meeting"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = own_meetings(self.request.user, on=timezone.localdate())
        return super().get_context_data(title="我的会议", rows=rows, **kwargs)


class OwnMeeting(AskedIn):
    """Of a meeting whose list has the account's own seat; any other is a 404."""

    permission_required = "attendance.view_meeting"

    @cached_property
    def meeting(self) -> Meeting:
        meetings = Meeting.objects.visible_to(self.request.user).select_related("term")
        return get_object_or_404(meetings, pk=self.kwargs["pk"])

    @cached_property
    def place(self) -> OwnPlace:
        place = own_place(meeting=self.meeting, user=self.request.user)
        if place is None:
            raise Http404("您不在这次会议的应到名单中。")
        return place


class MeetingDetailView(OwnMeeting, TemplateView):
    template_name = "attendance/meeting_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who is not invited but keeps the meeting is led to its desk."""
        if own_place(meeting=self.meeting, user=request.user) is None and request.user.is_staff:
            return HttpResponseRedirect(reverse("attendance:meeting-desk", args=[self.meeting.pk]))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting, today = self.meeting, timezone.localdate()
        own = {
            "title": meeting.title,
            "meeting": meeting,
            "place": self.place,
            "row": self.place.expectation,
            "is_over": today > (meeting.end_date or meeting.start_date),
            "is_sign_up": meeting.participation == Participation.SIGN_UP,
            "is_voting": self.place.expectation.capacity == Capacity.EXPECTED,
        }
        return super().get_context_data(**kwargs) | own


class MeetingReplyView(OwnMeeting, View):
    """参加, 不参加, 报名: one button each."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = ReplyForm(request.POST)
        if form.is_valid():
            try:
                reply_to_meeting(
                    expectation=self.place.expectation,
                    reply=form.cleaned_data["reply"],
                    actor=request.user,
                    at=timezone.now(),
                )
                messages.success(request, "已回复。")
            except RefusalError as refusal:
                messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("attendance:meeting-detail", args=[pk]))


class MaterialView(AskedIn, View):
    """A paper as a download, for those invited and those who keep the meeting."""

    permission_required = "attendance.view_meetingmaterial"

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        material = get_object_or_404(MeetingMaterial.objects.visible_to(request.user), pk=pk)
        return attachment_response(material.file)
