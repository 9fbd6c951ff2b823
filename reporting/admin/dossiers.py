from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.decorators import display

from accounts.admin import AuditedModelAdmin
from members.admin.lists import (
    CommitteeFilter,
    PartyFilter,
    SectorFilter,
    ServingFilter,
    TermFilter,
    member_search,
)
from members.permissions import shown_phone
from reporting.models import DutyDossier
from reporting.selectors.dossier import dossier_of, years_of

WHOLE_TERM = "term"


@admin.register(DutyDossier)
class DutyDossierAdmin(AuditedModelAdmin):
    """一人一档, read only: every record of a member in one page."""

    list_display = ("code", "name", "party", "sector", "committee")
    list_display_links = ("code", "name")
    list_filter = (TermFilter, SectorFilter, CommitteeFilter, PartyFilter, ServingFilter)
    search_fields = member_search("")
    search_help_text = "按姓名或委员编号查找"
    ordering = ("-term__start_date", "code")

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("term", "person", "sector", "committee", "liaison_group")
        )

    @display(description="姓名", ordering="person__name")
    def name(self, member):
        return member.person.name

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        member = self.get_object(request, object_id)
        if member is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        today = timezone.localdate()
        years = years_of(member, today)
        year = chosen_year(request.GET.get("year"), years)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{member.person.name}的履职档案",
            "opts": self.opts,
            "member": member,
            "phone": shown_phone(user=request.user, person=member.person),
            "tenures": member.tenures.order_by("start_date"),
            "suspensions": member.suspensions.order_by("start_date"),
            "serves": member.serves(today),
            "years": years,
            "year": year,
            "dossier": dossier_of(member=member, year=year, user=request.user),
        }
        return TemplateResponse(request, "reporting/dutydossier_detail.html", context)


def chosen_year(asked: str | None, years: list[int]) -> int | None:
    """The year asked for, the latest where none is; None for the whole term."""
    if asked == WHOLE_TERM:
        return None
    if asked is None:
        return years[0]
    if not asked.isdigit() or int(asked) not in years:
        raise Http404("没有这一年度的履职档案。")
    return int(asked)
