"""What waits for an account to decide: leave and non-voting seats in one queue."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from accounts.views.entrance import AtDesk
from attendance.forms.leave import DecisionForm
from attendance.models import Approval
from attendance.selectors.approvals import (
    decided_by,
    recordable_approvals,
    waiting_approvals,
    with_request,
)
from attendance.services.approvals import DecidedAlreadyError
from core.told import carried_out

#: Shown at once; the rest follow as these are decided.
SHOWN = 30
RECENT = 5


class ApprovalListView(AtDesk, TemplateView):
    """Own steps first; for 委员联络科 also those decided on paper."""

    template_name = "attendance/approval_list.html"
    permission_required = "attendance.decide_approval"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, today = self.request.user, timezone.localdate()
        own = waiting_approvals(user=user, on=today)
        others = recordable_approvals(user=user).exclude(pk__in=own.values("pk"))
        context = {
            "title": "待审批",
            "own": queue(own),
            "own_count": own.count(),
            "others": queue(others),
            "others_count": others.count(),
            "recent": with_request(decided_by(user))[:RECENT],
            "failed": None,
        }
        desk = admin.site.each_context(self.request)
        return desk | super().get_context_data(**kwargs) | context | kwargs


def queue(approvals: Any) -> list[Approval]:
    """The meeting that comes first stands first."""
    return list(
        with_request(approvals).order_by(
            "leave_request__meeting__start_date", "seat__meeting__start_date", "pk"
        )[:SHOWN]
    )


class ApprovalDecideView(ApprovalListView):
    """One decision; back to the queue, or the queue with what is to be mended."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        visible = Approval.objects.visible_to(request.user)
        approval = get_object_or_404(with_request(visible), pk=pk)
        form = DecisionForm(request.POST)
        back = HttpResponseRedirect(reverse("attendance:approval-list"))

        def decide() -> None:
            try:
                form.carry_out(approval, actor=request.user, at=timezone.now())
            except DecidedAlreadyError as done:
                messages.warning(request, str(done))
            else:
                about = approval.leave_request or approval.seat
                words = dict(DecisionForm.base_fields["verdict"].choices)
                messages.success(request, f"{about}：{words[form.cleaned_data['verdict']]}。")

        if form.is_valid() and carried_out(form, decide):
            return back
        context = self.get_context_data(failed=approval.pk, form=form)
        if approval not in [*context["own"], *context["others"]]:
            for errors in form.errors.values():
                messages.error(request, " ".join(errors))
            return back
        return self.render_to_response(context)
