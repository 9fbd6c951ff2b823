"""Non-voting seats: the board of what is to be done, a meeting's page, a member's own invitation."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import DetailView, ListView, TemplateView

from accounts.views.entrance import AskedIn, AtDesk
from attendance.choices import Purpose
from attendance.forms.seats import (
    ACTS,
    ExcessForm,
    OwnTermsForm,
    ProposalForm,
    SeatLeaveForm,
    seat_context,
)
from attendance.models import Meeting, NonVotingSeat
from attendance.selectors.leave import procedure_for
from attendance.selectors.seats import (
    open_seats,
    own_seats,
    places_of,
    seat_counts,
    seat_lines,
    seat_meetings,
    with_people,
)
from core.told import carried_out

READ = "attendance.view_nonvotingseat"
PROPOSE = "attendance.add_nonvotingseat"
CHANGE = "attendance.change_nonvotingseat"
SHOWN = 60


class SeatPage(AtDesk):
    """At the office's desk, for those with more to do with seats than to sit there."""

    permission_required = "attendance.decide_approval"

    def has_permission(self) -> bool:
        return self.request.user.has_perm(READ) and super().has_permission()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        desk = admin.site.each_context(self.request)
        rights = {
            "may_propose": self.request.user.has_perm(PROPOSE),
            "may_change": self.request.user.has_perm(CHANGE),
        }
        return desk | rights | super().get_context_data(**kwargs)


class SeatBoardView(SeatPage, TemplateView):
    """Every seat that waits for something, and the meetings ahead."""

    template_name = "attendance/seat_board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, today = self.request.user, timezone.localdate()
        meetings = list(seat_meetings(on=today))
        counts = seat_counts(meetings)
        for meeting in meetings:
            meeting.seat_count = counts.get(meeting.pk, 0)
        seats = open_seats(user=user, on=today)
        return super().get_context_data(
            title="列席工作台",
            lines=seat_lines(seats[:SHOWN], on=today),
            total=seats.count(),
            meetings=meetings,
            today=today,
            **kwargs,
        )


class SeatMeetingView(SeatPage, TemplateView):
    """One meeting: who sits there without a vote, how far each is, and one more proposed."""

    template_name = "attendance/seat_meeting.html"

    @cached_property
    def meeting(self) -> Meeting:
        visible = Meeting.objects.visible_to(self.request.user).select_related("term")
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, today = self.request.user, timezone.localdate()
        visible = NonVotingSeat.objects.visible_to(user).filter(meeting=self.meeting)
        forms = {
            "proposal": ProposalForm(meeting=self.meeting, user=user),
            "excess": ExcessForm(initial={"reason": self.meeting.non_voting_reason}),
        }
        context = super().get_context_data(
            title=f"列席：{self.meeting.title}",
            meeting=self.meeting,
            lines=seat_lines(with_people(visible).order_by("pk"), on=today),
            places=places_of(self.meeting),
            procedure=procedure_for(self.meeting, Purpose.NON_VOTING),
            is_ahead=today <= self.meeting.start_date,
        )
        return context | forms | kwargs

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(PROPOSE):
            raise PermissionDenied
        form = ProposalForm(request.POST, meeting=self.meeting, user=request.user)
        if form.is_valid() and carried_out(
            form, lambda: form.carry_out(actor=request.user, at=timezone.now())
        ):
            messages.success(request, "已提出，等待审批。")
            return HttpResponseRedirect(request.path)
        return self.render_to_response(self.get_context_data(proposal=form))


class SeatExcessView(SeatMeetingView):
    """The written reason for more than the usual number."""

    permission_required = "attendance.change_meeting"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = ExcessForm(request.POST)
        if form.is_valid() and carried_out(
            form, lambda: form.carry_out(self.meeting, actor=request.user, at=timezone.now())
        ):
            messages.success(request, "超员理由已保存，可以继续审批和通知。")
            return HttpResponseRedirect(reverse("attendance:seat-meeting", args=[pk]))
        return self.render_to_response(self.get_context_data(excess=form))


class SeatDetailView(SeatPage, DetailView):
    """One seat: its chain, and what is to be done with it now."""

    template_name = "attendance/seat_detail.html"
    context_object_name = "seat"

    def get_queryset(self) -> QuerySet[NonVotingSeat]:
        return with_people(NonVotingSeat.objects.visible_to(self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = seat_context(self.object, user=self.request.user, on=timezone.localdate())
        return super().get_context_data() | own | kwargs


class SeatActView(SeatDetailView):
    """Does one of the acts; the page again where it is refused."""

    permission_required = CHANGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        self.object = self.get_object()
        form = ACTS[act](request.POST)
        if form.is_valid() and carried_out(
            form, lambda: form.carry_out(self.object, actor=request.user, at=timezone.now())
        ):
            messages.success(request, "已办理。")
            return HttpResponseRedirect(reverse("attendance:seat-detail", args=[pk]))
        for error in form.non_field_errors():
            messages.error(request, error)
        return self.render_to_response(self.get_context_data(**{f"{act}_form": form}))


class OwnSeats(AskedIn):
    """The account's own invitations."""

    permission_required = READ

    def get_queryset(self) -> QuerySet[NonVotingSeat]:
        return own_seats(self.request.user)


class OwnSeatListView(OwnSeats, ListView):
    template_name = "attendance/seat_own_list.html"
    paginate_by = 20

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(title="我的列席", **kwargs)
        lines = seat_lines(context["object_list"], on=timezone.localdate())
        return context | {"lines": lines}


class OwnSeatView(OwnSeats, DetailView):
    """The invitation: terms to accept, papers, leave."""

    template_name = "attendance/seat_own.html"
    context_object_name = "seat"
    FORMS = {"terms": OwnTermsForm, "leave": SeatLeaveForm}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        (line,) = seat_lines([self.object], on=timezone.localdate())
        meeting = self.object.meeting
        context = super().get_context_data(
            title="列席邀请",
            line=line,
            meeting=meeting,
            materials=meeting.materials.visible_to(self.request.user),
            procedure=procedure_for(meeting, Purpose.NON_VOTING),
            is_ahead=timezone.localdate() <= meeting.start_date,
            terms_form=OwnTermsForm(),
            leave_form=SeatLeaveForm(),
        )
        return context | kwargs

    def post(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        self.object = self.get_object()
        if act not in self.FORMS:
            raise Http404("没有这项操作。")
        form = self.FORMS[act](request.POST)
        if form.is_valid() and carried_out(
            form, lambda: form.carry_out(self.object, actor=request.user, at=timezone.now())
        ):
            messages.success(request, "已确认。" if act == "terms" else "请假已报市政协办公室。")
            return HttpResponseRedirect(reverse("attendance:seat-own", args=[pk]))
        return self.render_to_response(self.get_context_data(**{f"{act}_form": form}))
