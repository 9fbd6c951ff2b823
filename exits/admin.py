from django.contrib import admin
from django.db.models import TextChoices
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from accounts.admin import SensitiveModelAdmin
from exits.choices import Act, CaseState, InterviewAct, InterviewState
from exits.models import Case, Interview
from exits.permissions import sees_conductors
from members.admin.lists import MemberSectorFilter, MemberTermFilter, member_search

TONES = {
    state.label: "warning"
    for state in CaseState
    if state not in {CaseState.PUBLISHED, CaseState.NOTIFIED}
} | {CaseState.PUBLISHED.label: "success", CaseState.NOTIFIED.label: "success"}
INTERVIEW_TONES = {
    InterviewState.ARRANGED.label: "warning",
    InterviewState.NOTIFIED.label: "warning",
    InterviewState.HELD.label: "warning",
    InterviewState.CLOSED.label: "success",
    InterviewState.CANCELLED.label: "info",
}


class ClosedFilter(admin.SimpleListFilter):
    title = "办理情况"
    parameter_name = "closed"

    def lookups(self, request, model_admin):
        return [("no", "办理中"), ("late", "已超期"), ("yes", "已办结")]

    def queryset(self, request, queryset):
        match self.value():
            case "no":
                return queryset.open()
            case "yes":
                return queryset.filter(closed_date__isnull=False)
            case "late":
                return queryset.open().filter(due_date__lt=timezone.localdate())
        return queryset


class LedOnAdmin(SensitiveModelAdmin):
    """A list whose rows lead to pages of their own (`page`), where they are carried on.

    These pages note the reading; a row that is not seen is a 404 here too.
    """

    page: str
    acts: type[TextChoices]
    list_select_related = ("member__person", "member__sector")
    allowed_lookups = ("member",)
    search_fields = member_search()
    search_help_text = "按委员姓名或编号查找"

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def act_in_words(self, detail):
        return dict(self.acts.choices).get(detail.get("act"), "")

    @display(description="界别", ordering="member__sector__sequence")
    def sector(self, row):
        return row.member.sector

    @display(description="状态", ordering="state", label=TONES | INTERVIEW_TONES)
    def standing(self, row):
        return row.get_state_display()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(reverse(self.page, args=[row.pk]))


@admin.register(Case)
class CaseAdmin(LedOnAdmin):
    page = "exits:case-detail"
    acts = Act
    list_display = (
        "opened_date",
        "member",
        "sector",
        "kind",
        "standing",
        "side",
        "due",
        "closed_date",
    )
    list_display_links = ("opened_date", "member")
    list_filter = (
        MemberTermFilter,
        ("kind", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
        ClosedFilter,
        ("side", ChoicesDropdownFilter),
        MemberSectorFilter,
    )
    date_hierarchy = "opened_date"

    def has_add_permission(self, request):
        return request.user.has_perm("exits.carry_on_case")

    def get_hidden_history_fields(self, request, obj):
        return () if sees_conductors(request.user, obj) else ("conductors", "told_date")

    @display(description="本步时限", ordering="due_date")
    def due(self, case):
        if case.due_date is None:
            return "—"
        late = case.closed_date is None and case.due_date < timezone.localdate()
        return f"{case.due_date:%Y-%m-%d}{'（已超期）' if late else ''}"

    def add_view(self, request, form_url="", extra_context=None):
        page = reverse("exits:case-create")
        asked = request.GET.urlencode()
        return HttpResponseRedirect(f"{page}?{asked}" if asked else page)


@admin.register(Interview)
class InterviewAdmin(LedOnAdmin):
    page = "exits:interview-detail"
    acts = InterviewAct
    list_display = ("scheduled_at", "member", "sector", "kind", "standing", "leader", "result")
    list_display_links = ("scheduled_at", "member")
    list_select_related = ("member__person", "member__sector", "leader__person")
    list_filter = (
        MemberTermFilter,
        ("kind", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
        ("result", ChoicesDropdownFilter),
        MemberSectorFilter,
    )
    date_hierarchy = "scheduled_at"

    def has_add_permission(self, request):
        return False
