from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from accounts.admin import SensitiveModelAdmin
from exits.choices import CaseState
from exits.models import Case
from members.admin.lists import MemberSectorFilter, MemberTermFilter, member_search

TONES = {
    state.label: "warning"
    for state in CaseState
    if state not in {CaseState.PUBLISHED, CaseState.NOTIFIED}
} | {CaseState.PUBLISHED.label: "success", CaseState.NOTIFIED.label: "success"}


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


@admin.register(Case)
class CaseAdmin(SensitiveModelAdmin):
    """The list of all cases; each row leads to the case's own page, where it is carried on."""

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
    list_select_related = ("member__person", "member__sector")
    list_filter = (
        MemberTermFilter,
        ("kind", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
        ClosedFilter,
        ("side", ChoicesDropdownFilter),
        MemberSectorFilter,
    )
    allowed_lookups = ("member",)
    date_hierarchy = "opened_date"
    search_fields = member_search()
    search_help_text = "按委员姓名或编号查找"

    def has_add_permission(self, request):
        return request.user.has_perm("exits.carry_on_case")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @display(description="界别", ordering="member__sector__sequence")
    def sector(self, case):
        return case.member.sector

    @display(description="状态", ordering="state", label=TONES)
    def standing(self, case):
        return case.get_state_display()

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

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Leads to the case's own page, which notes the reading; unseen rows are a 404 here too."""
        case = self.get_object(request, object_id)
        if case is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(reverse("exits:case-detail", args=[case.pk]))
