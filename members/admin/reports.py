from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, When
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from accounts.admin import SensitiveModelAdmin
from accounts.roles import RoleCode
from accounts.services.reading import note_reading
from core.files import attachment_name, attachment_response
from core.refusals import RefusalError
from core.told import told_on
from members.admin.lists import MemberSectorFilter, MemberTermFilter, member_search
from members.choices import ReportState
from members.forms.reports import ReportForm, SettlingForm
from members.models import ChangeReport
from members.selectors.reports import SETTLE_PERMISSION
from members.services.reports import pass_on_report, withdraw_report

TONES = {
    ReportState.NEW.label: "warning",
    ReportState.ACCEPTED.label: "success",
    ReportState.SET_ASIDE.label: "info",
    ReportState.WITHDRAWN.label: "info",
}


#: Units without a group of their own, by the role of the account that reports.
REPORTING_ROLES = {RoleCode.ORGANIZATION_DEPARTMENT.label, RoleCode.REGISTRAR.label}
WAITING_FIRST = Case(When(state=ReportState.NEW, then=0), default=1)


class PassedOnFilter(DropdownFilter):
    title = "通报"
    parameter_name = "passed_on"

    def lookups(self, request, model_admin):
        return [("yes", "已通报"), ("no", "未通报")]

    def queryset(self, request, queryset):
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(passed_on_at__isnull=self.value() == "no")


@admin.register(ChangeReport)
class ChangeReportAdmin(SensitiveModelAdmin):
    """The units report, the office settles; nothing of a report is rewritten."""

    list_display = (
        "reported_at",
        "member",
        "sector",
        "kind",
        "reporter",
        "standing",
        "passed_on",
    )
    list_display_links = ("reported_at", "member")
    list_select_related = (
        "member__person",
        "member__sector",
        "liaison_group",
        "sector_group",
        "recorded_by",
    )
    list_filter = (
        MemberTermFilter,
        ("state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        PassedOnFilter,
        MemberSectorFilter,
    )
    allowed_lookups = ("member",)
    search_fields = member_search()
    search_help_text = "按委员姓名或编号查找"
    ordering = (WAITING_FIRST, "-recorded_at", "-pk")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("recorded_by__groups")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        acts = {
            "settle": self.settle_view,
            "pass-on": self.pass_on_view,
            "withdraw": self.withdraw_view,
            "attachment": self.attachment_view,
        }
        return [
            *(
                path(
                    f"<int:pk>/{act}/",
                    self.admin_site.admin_view(view),
                    name=f"members_changereport_{act}",
                )
                for act, view in acts.items()
            ),
            *super().get_urls(),
        ]

    @display(description="报告时间", ordering="recorded_at")
    def reported_at(self, report):
        return report.recorded_at

    @display(description="界别", ordering="member__sector__sequence")
    def sector(self, report):
        return report.member.sector

    @display(description="报告单位")
    def reporter(self, report):
        return reporter_of(report)

    @display(description="状态", ordering="state", label=TONES)
    def standing(self, report):
        return report.get_state_display()

    @display(description="通报", ordering="passed_on_at")
    def passed_on(self, report):
        return timezone.localdate(report.passed_on_at) if report.passed_on_at else "—"

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ReportForm(
            request.POST or None,
            request.FILES or None,
            user=request.user,
            initial={"member": request.GET.get("member")},
        )
        if form.is_valid() and (report := self._carried_out(request, form)):
            messages.success(request, "报告已提交，由委员联络科办理。办理之前可以撤回。")
            return HttpResponseRedirect(page_of(report))
        context = {"title": "报告委员情况", "form": form}
        return self._page(request, "members/changereport_create.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        report = self._report(request, object_id)
        self._note_reading(request, [report.pk])
        return self._detail(request, report, SettlingForm())

    def settle_view(self, request, pk):
        report = self._report_to_settle(request, pk)
        form = SettlingForm(request.POST or None)
        if form.is_valid() and self._carried_out(request, form, report):
            messages.success(request, "已登记办理结果。")
            return HttpResponseRedirect(page_of(report))
        return self._detail(request, report, form)

    def pass_on_view(self, request, pk):
        report = self._report_to_settle(request, pk)
        return self._done(request, report, pass_on_report, "已通报。")

    def withdraw_view(self, request, pk):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._done(request, self._report(request, str(pk)), withdraw_report, "已撤回。")

    def attachment_view(self, request, pk):
        report = self._report(request, str(pk))
        if not report.attachment:
            raise Http404("这份报告没有附件。")
        self._note_reading(request, [report.pk])
        return attachment_response(report.attachment)

    def _done(self, request, report, service, said):
        """One act without a form; a refusal is told on the report's page."""
        if request.method == "POST":
            try:
                service(report=report, actor=request.user, at=timezone.now())
            except RefusalError as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, said)
        return HttpResponseRedirect(page_of(report))

    def _carried_out(self, request, form, *args):
        """What the service made, or None with the refusal shown on the form."""
        with told_on(form):
            return form.carry_out(*args, actor=request.user, at=timezone.now())
        return None

    def _detail(self, request, report, form):
        may_settle = request.user.has_perm(SETTLE_PERMISSION)
        is_own = report.recorded_by_id == request.user.pk
        told = report.passed_on_at is not None
        over = report.state in {ReportState.SET_ASIDE, ReportState.WITHDRAWN}
        context = {
            "title": "委员情况报告",
            "report": report,
            "reporter": reporter_of(report),
            "file_name": attachment_name(report.attachment) if report.attachment else "",
            "form": form,
            "may_settle": may_settle and report.is_new,
            "may_pass_on": may_settle and not told and not over,
            "may_withdraw": is_own and report.is_new and not told,
        }
        return self._page(request, "members/changereport_detail.html", context)

    def _report_to_settle(self, request, pk):
        if not request.user.has_perm(SETTLE_PERMISSION):
            raise PermissionDenied
        return self._report(request, str(pk))

    def _report(self, request, object_id):
        report = self.get_object(request, object_id)
        if report is None or not self.has_view_permission(request, report):
            self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return report

    def _note_reading(self, request, keys):
        rows = self.model._default_manager.filter(pk__in=keys).disciplinary()
        note_reading(rows=rows, actor=request.user, at=timezone.now())

    def _page(self, request, template, context):
        return TemplateResponse(request, template, self.admin_site.each_context(request) | context)


def reporter_of(report: ChangeReport) -> str:
    """The unit, and who reported in its name."""
    account = report.recorded_by
    if account is None:
        return str(report.unit or "系统")
    roles = [group.name for group in account.groups.all() if group.name in REPORTING_ROLES]
    unit = report.unit or "、".join(sorted(roles))
    return f"{unit}（{account.name}）" if unit else account.name


def page_of(report: ChangeReport) -> str:
    return reverse("admin:members_changereport_change", args=[report.pk])
