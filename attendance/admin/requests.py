"""The office's lists of leave and non-voting seats, and the procedures they follow."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.admin import register
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from accounts.admin import AuditedModelAdmin, AuditedTabularInline
from accounts.roles import RoleCode
from attendance.admin.records import MeetingTermFilter
from attendance.choices import RequestState
from attendance.forms.leave import TelephoneLeaveForm, WithdrawForm
from attendance.forms.seats import seat_context
from attendance.models import LeaveRequest, NonVotingSeat, Procedure, ProcedureStep
from attendance.selectors.leave import filing_meetings, is_withdrawable, with_chain
from attendance.selectors.seats import with_people
from core.refusals import RefusalError
from core.told import told_on
from members.admin.lists import MemberSectorFilter, TermFilter, member_search

#: Days back and ahead within which meetings are offered to file leave for.
OFFERED = 40


class ProcedureStepInline(AuditedTabularInline):
    model = ProcedureStep
    fields = ("sequence", "approver", "condition", "from_days")


@register(Procedure)
class ProcedureAdmin(AuditedModelAdmin):
    """A change holds for requests made after it; those under way keep their chain."""

    list_display = ("kind", "purpose", "chain", "notice_days", "usual_places", "citation")
    list_display_links = ("kind",)
    list_filter = (TermFilter, "purpose")
    fields = (
        "term",
        "purpose",
        "meeting_kind",
        "notice_days",
        "usual_places",
        "terms_text",
        "citation",
    )
    inlines = [ProcedureStepInline]

    def has_add_permission(self, request):
        return request.user.has_role(RoleCode.REGISTRAR) and super().has_add_permission(request)

    def has_change_permission(self, request, obj=None):
        """委员联络科 keeps the rules; a collecting unit only reads them."""
        own = request.user.has_role(RoleCode.REGISTRAR)
        return own and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        own = request.user.has_role(RoleCode.REGISTRAR)
        return own and super().has_delete_permission(request, obj)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("steps")

    @display(description="会议类别", ordering="meeting_kind")
    def kind(self, procedure):
        return procedure.get_meeting_kind_display() if procedure.meeting_kind else "其余各类会议"

    @display(description="审批环节")
    def chain(self, procedure):
        return " → ".join(str(step) for step in procedure.steps.all()) or "委员联络科"


class RequestAdmin(AuditedModelAdmin):
    """What was asked is never rewritten: it is decided, or taken back."""

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def _page(self, request, template, context):
        return TemplateResponse(request, template, self.admin_site.each_context(request) | context)

    def _row(self, request, object_id):
        row = self.get_object(request, str(object_id))
        if row is None or not self.has_view_permission(request, row):
            self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return row

    @display(description="审批进度")
    def progress(self, row):
        if row.state != RequestState.PENDING:
            return "—"
        waiting = [step for step in row.approvals.all() if step.verdict == "waiting"]
        return f"待{waiting[0].get_approver_display()}审批" if waiting else "—"


@register(LeaveRequest)
class LeaveRequestAdmin(RequestAdmin):
    list_display = ("filed", "member", "sector", "about", "state", "progress", "mark")
    list_display_links = ("filed", "member")
    list_filter = (
        MeetingTermFilter,
        "state",
        "is_late",
        ("meeting__kind", ChoicesDropdownFilter),
        MemberSectorFilter,
    )
    allowed_lookups = ("meeting", "member")
    search_fields = (*member_search(), "meeting__title", "meeting__number")
    search_help_text = "按委员姓名、编号或会议名称、编号查找"
    ordering = ("-filed_at",)

    def get_queryset(self, request):
        return with_chain(super().get_queryset(request))

    def has_add_permission(self, request):
        """For others; one's own leave has a page of its own."""
        clerk = request.user.has_role(RoleCode.REGISTRAR, RoleCode.COLLECTOR)
        return clerk and super().has_add_permission(request)

    def _may_file(self, request, leave):
        own = filing_meetings(request.user).filter(pk=leave.meeting_id)
        return self.has_add_permission(request) and own.exists()

    def get_urls(self):
        withdraw = self.admin_site.admin_view(self.withdraw_view)
        return [
            path("<int:pk>/withdraw/", withdraw, name="attendance_leaverequest_withdraw"),
            *super().get_urls(),
        ]

    @display(description="申请时间", ordering="filed_at")
    def filed(self, leave):
        return timezone.localtime(leave.filed_at).strftime("%Y-%m-%d %H:%M")

    @display(description="界别", ordering="member__sector__sequence")
    def sector(self, leave):
        return leave.member.sector

    @display(description="会议活动", ordering="meeting__start_date")
    def about(self, leave):
        return f"{leave.meeting.start_date:%Y-%m-%d} {leave.meeting.title}"

    @display(description="标记")
    def mark(self, leave):
        if leave.is_afterwards:
            return "事后补假"
        return "迟交" if leave.is_late else ""

    def add_view(self, request, form_url="", extra_context=None):
        """First the meeting, then who called."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        meetings = filing_meetings(request.user)
        context = {"title": "代委员登记请假"}
        asked = request.GET.get("meeting", "")
        if not asked:
            near = meetings.filter(
                start_date__gte=today - timedelta(days=OFFERED),
                start_date__lte=today + timedelta(days=OFFERED),
            )
            context["meetings"] = near.order_by("start_date", "number")
            return self._page(request, "attendance/leaverequest_create.html", context)
        meeting = meetings.filter(pk=int(asked)).first() if asked.isdecimal() else None
        if meeting is None:
            raise Http404("没有这次会议，或不在您的职责范围之内。")
        form = TelephoneLeaveForm(request.POST or None, request.FILES or None, meeting=meeting)
        if form.is_valid() and (leave := self._filed(request, form)):
            messages.success(request, f"已登记：{leave}。")
            return HttpResponseRedirect(page_of(leave))
        context |= {"meeting": meeting, "form": form}
        return self._page(request, "attendance/leaverequest_create.html", context)

    def _filed(self, request, form):
        """The request, or None with the refusal shown on the form."""
        with told_on(form):
            return form.carry_out(actor=request.user, at=timezone.now())
        return None

    def change_view(self, request, object_id, form_url="", extra_context=None):
        leave = self._row(request, object_id)
        context = {
            "title": str(leave),
            "leave": leave,
            "rows": leave.attendances.select_related("sitting__meeting"),
            "may_withdraw": self._may_file(request, leave)
            and is_withdrawable(leave, at=timezone.now()),
        }
        return self._page(request, "attendance/leaverequest_detail.html", context)

    def withdraw_view(self, request, pk):
        leave = self._row(request, pk)
        if not self._may_file(request, leave) or request.method != "POST":
            raise PermissionDenied
        try:
            WithdrawForm().carry_out(leave, actor=request.user, at=timezone.now())
            messages.success(request, "请假已撤回。")
        except RefusalError as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(page_of(leave))


@register(NonVotingSeat)
class NonVotingSeatAdmin(RequestAdmin):
    list_display = ("about", "guest_name", "agenda_item", "department", "state", "progress")
    list_display_links = ("about", "guest_name")
    list_filter = (
        MeetingTermFilter,
        "state",
        ("meeting__kind", ChoicesDropdownFilter),
        "department",
    )
    allowed_lookups = ("meeting", "member")
    search_fields = ("name", *member_search(), "meeting__title", "agenda_item")
    search_help_text = "按姓名、委员编号、会议名称或议题查找"
    ordering = ("-meeting__start_date", "pk")

    def get_queryset(self, request):
        return with_people(super().get_queryset(request))

    def has_add_permission(self, request):
        return False

    @display(description="会议活动", ordering="meeting__start_date")
    def about(self, seat):
        return f"{seat.meeting.start_date:%Y-%m-%d} {seat.meeting.title}"

    @display(description="列席人员")
    def guest_name(self, seat):
        return seat.guest

    def change_view(self, request, object_id, form_url="", extra_context=None):
        seat = self._row(request, object_id)
        context = seat_context(seat, user=request.user, on=timezone.localdate())
        return self._page(request, "attendance/seat_detail.html", context)


def page_of(leave: LeaveRequest) -> str:
    return reverse("admin:attendance_leaverequest_change", args=[leave.pk])
