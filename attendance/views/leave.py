"""A member's own leave, on the phone: the list, asking, withdrawing, the slip."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.views import View
from django.views.generic import DetailView, FormView, ListView

from accounts.views.entrance import AskedIn
from attendance.choices import RequestState
from attendance.exporters.slips import leave_slip
from attendance.forms.leave import LeaveForm, WithdrawForm
from attendance.models import LeaveRequest, Meeting
from attendance.selectors.leave import (
    is_withdrawable,
    leave_meetings,
    own_leave,
    with_chain,
)
from core.files import attachment_response
from core.refusals import RefusalError
from core.told import carried_out
from members.models import Member

READ = "attendance.view_leaverequest"
FILE = "attendance.add_leaverequest"


class OwnLeave(AskedIn):
    permission_required = READ

    def get_queryset(self) -> QuerySet[LeaveRequest]:
        return own_leave(self.request.user)


class LeaveListView(OwnLeave, ListView):
    """Own requests, and the meetings ahead for which one may still ask."""

    template_name = "attendance/leave_list.html"
    context_object_name = "requests"
    paginate_by = 20

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        open_states = (RequestState.PENDING, RequestState.APPROVED)
        asked = own_leave(user).filter(state__in=open_states).values("meeting")
        ahead = leave_meetings(user=user, since=timezone.now()).exclude(pk__in=asked)
        return super().get_context_data(
            title="我的请假",
            meetings=ahead if user.has_perm(FILE) else [],
            **kwargs,
        )


class LeaveCreateView(AskedIn, FormView):
    """Asks leave from one meeting at which the account's own seat is expected."""

    template_name = "attendance/leave_create.html"
    permission_required = FILE
    form_class = LeaveForm

    @cached_property
    def meeting(self) -> Meeting:
        asked = self.kwargs["pk"]
        return get_object_or_404(Meeting.objects.visible_to(self.request.user), pk=asked)

    @cached_property
    def member(self) -> Member:
        member = (
            Member.objects.filter(term=self.meeting.term_id, person__user=self.request.user)
            .select_related("person")
            .first()
        )
        if member is None:
            raise Http404("您的账号没有对应的本届委员，请联系委员联络科。")
        return member

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"meeting": self.meeting}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title="请假申请", meeting=self.meeting, member=self.member, **kwargs
        )

    def form_valid(self, form: LeaveForm) -> HttpResponse:
        filed: list[LeaveRequest] = []

        def file() -> None:
            filed.append(
                form.carry_out(member=self.member, actor=self.request.user, at=timezone.now())
            )

        if not carried_out(form, file):
            return self.form_invalid(form)
        messages.success(self.request, "请假申请已提交。审批结果会通知您，也可在这里查看。")
        return HttpResponseRedirect(reverse("attendance:leave-detail", args=[filed[0].pk]))


class LeaveDetailView(OwnLeave, DetailView):
    template_name = "attendance/leave_detail.html"
    context_object_name = "leave"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title="请假申请",
            may_withdraw=is_withdrawable(self.object, at=timezone.now()),
            **kwargs,
        )


class LeaveWithdrawView(OwnLeave, View):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        leave = get_object_or_404(self.get_queryset(), pk=pk)
        try:
            WithdrawForm().carry_out(leave, actor=request.user, at=timezone.now())
            messages.success(request, "请假已撤回，请按时参会。")
        except RefusalError as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("attendance:leave-detail", args=[pk]))


class VisibleLeave(AskedIn):
    """For the member and for those who may read the request."""

    permission_required = READ

    def leave(self, pk: int) -> LeaveRequest:
        visible = LeaveRequest.objects.visible_to(self.request.user)
        return get_object_or_404(with_chain(visible), pk=pk)


class LeaveSlipView(VisibleLeave, View):
    """请假单, with the opinions of the chain."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        leave = self.leave(pk)
        name = f"请假单_{leave.member.person.name}_{leave.meeting.title}.pdf"
        return HttpResponse(
            leave_slip(leave=leave, on=timezone.localdate()),
            content_type="application/pdf",
            headers={
                "Content-Disposition": content_disposition_header(True, name),
                "X-Content-Type-Options": "nosniff",
            },
        )


class LeaveAttachmentView(VisibleLeave, View):
    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        leave = self.leave(pk)
        if not leave.attachment:
            raise Http404("这份申请没有附件。")
        return attachment_response(leave.attachment)
