from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from unfold.decorators import display

from accounts.admin import AuditedModelAdmin
from accounts.services.reading import note_reading
from assessments.choices import Outcome
from assessments.selectors import NotServingError, RuleUnknownError, member_rules
from exits.selectors import explain
from members.admin.lists import (
    CommitteeFilter,
    PartyFilter,
    SectorFilter,
    ServingFilter,
    TermFilter,
    member_search,
)
from members.models import Member
from members.permissions import sees_phone, shown_phone
from reporting.admin.lists import BehindFilter, DossierList, DossierYearFilter, FoundFilter
from reporting.models import DutyDossier
from reporting.selectors.dossier import dossier_of, findings_of, objections_of, years_of
from reporting.selectors.forms import printable_to
from reporting.selectors.own import forms_of
from reporting.selectors.standing import as_of, standing_of

WHOLE_TERM = "term"


@admin.register(DutyDossier)
class DutyDossierAdmin(AuditedModelAdmin):
    """一人一档, read only: every record of a member on one page."""

    list_display = (
        "code",
        "name",
        "sector",
        "committee",
        "meetings",
        "led_count",
        "cosigned_count",
        "opinion_count",
        "own_research",
        "suggestion",
    )
    list_display_links = ("code", "name")
    list_filter = (
        TermFilter,
        DossierYearFilter,
        SectorFilter,
        CommitteeFilter,
        PartyFilter,
        ServingFilter,
        BehindFilter,
        FoundFilter,
    )
    search_fields = member_search("")
    search_help_text = "按姓名或委员编号查找"
    ordering = ("-term__start_date", "code")

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("term__assembly", "person", "sector", "committee", "liaison_group")
        )

    def get_changelist(self, request, **kwargs):
        return DossierList

    @display(description="姓名", ordering="person__name")
    def name(self, member):
        return member.person.name

    @display(description="会议活动（实到/应到）")
    def meetings(self, member):
        return counted(member, "events.attended", "events.expected")

    @display(description="提案")
    def led_count(self, member):
        return counted(member, "proposals.first")

    @display(description="联名")
    def cosigned_count(self, member):
        return counted(member, "proposals.cosigned")

    @display(description="社情民意")
    def opinion_count(self, member):
        return counted(member, "opinions.submitted")

    @display(description="自主调研")
    def own_research(self, member):
        return counted(member, "research.own")

    @display(
        description="最重建议",
        label={outcome.label: "warning" for outcome in Outcome if outcome != Outcome.REMIND},
    )
    def suggestion(self, member):
        return Outcome(member.suggested).label if member.suggested else None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        why = self.admin_site.admin_view(self.explain_view)
        name = "reporting_dutydossier_explain"
        return [path("<int:pk>/rules/<slug:rule>/", why, name=name), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        member = self._member(request, object_id)
        today = timezone.localdate()
        years = years_of(member, today)
        year = chosen_year(request.GET.get("year"), years)
        note_reading(
            rows=Member.objects.filter(pk=member.pk),
            actor=request.user,
            at=timezone.now(),
            person="person",
        )
        looked_at = year or years[0]
        on = as_of(member.term, looked_at, today)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{member.person.name}的履职档案",
            "member": member,
            "phone": shown_phone(user=request.user, person=member.person),
            "sees_phone": sees_phone(user=request.user, person=member.person),
            "tenures": member.tenures.order_by("start_date"),
            "suspensions": member.suspensions.order_by("start_date"),
            "serves": member.serves(today),
            "years": years,
            "year": year,
            "dossier": dossier_of(member=member, year=year, user=request.user),
            "on": on,
            "standing": standing_of(member, year=looked_at, on=on),
            "findings": findings_of(member=member, year=year, user=request.user),
            "objections": objections_of(member=member, year=year, user=request.user),
            "forms": self._forms(request, member, looked_at),
            "is_own": member.person.user_id == request.user.pk,
            "may_see_rules": request.user.reads_everything,
        }
        return TemplateResponse(request, "reporting/dutydossier_detail.html", context)

    def explain_view(self, request, pk, rule):
        """为什么: how a rule looks on a member, hit or not."""
        if not request.user.reads_everything:
            raise Http404("没有此页，或您无权查看。")
        member = self._member(request, str(pk))
        today = timezone.localdate()
        years = years_of(member, today)
        year = chosen_year(request.GET.get("year"), years) or years[0]
        on = as_of(member.term, year, today)
        try:
            explanation = explain(member=member, rule_id=rule, year=year, on=on)
        except (RuleUnknownError, NotServingError) as refusal:
            raise Http404(str(refusal)) from refusal
        context = {
            **self.admin_site.each_context(request),
            "title": f"{member.person.name}：{explanation.rule.title}",
            "member": member,
            "year": year,
            "years": years,
            "on": on,
            "explanation": explanation,
            "rules": member_rules(member.term),
        }
        return TemplateResponse(request, "reporting/dutydossier_explain.html", context)

    def _forms(self, request, member, year):
        """The year's official forms, for those who may fetch them."""
        if not request.user.has_perm("reporting.export_dutydossier"):
            return None
        own = list(printable_to(request.user).filter(pk=member.pk).select_related("term"))
        return next(
            (forms for forms in forms_of(own, today=timezone.localdate()) if forms.year == year),
            None,
        )

    def _member(self, request, object_id):
        member = self.get_object(request, object_id)
        if member is None or not self.has_view_permission(request, member):
            self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return member


def chosen_year(asked: str | None, years: list[int]) -> int | None:
    """The year asked for, the latest where none is; None for the whole term."""
    if asked == WHOLE_TERM:
        return None
    if asked is None:
        return years[0]
    if not asked.isdecimal() or int(asked) not in years:
        raise Http404("没有这一年度的履职档案。")
    return int(asked)


def counted(member, measure: str, whole: str | None = None) -> str | None:
    """A number of the year, which `DossierList` puts on each member; none if not serving then."""
    if member.facts is None:
        return None
    number = str(member.facts.value(measure))
    return f"{number} / {member.facts.value(whole)}" if whole else number
