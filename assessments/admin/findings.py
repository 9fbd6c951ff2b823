from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from accounts.admin import SensitiveModelAdmin
from assessments.admin.lists import (
    SEVERITY,
    MostSevereFilter,
    RuleFilter,
    SubjectCommitteeFilter,
    SubjectSectorFilter,
    YearFilter,
)
from assessments.admin.runs import ReadOnlyAdmin
from assessments.choices import FindingState, Outcome
from assessments.forms import DecisionForm
from assessments.models import Finding
from assessments.selectors import compared_words, window_words
from core.refusals import RefusalError
from dossiers.selectors import evidence_rows
from members.admin.lists import TermFilter

TONES = {
    FindingState.OPEN.label: "warning",
    FindingState.CONFIRMED.label: "danger",
    FindingState.DISMISSED.label: "info",
    FindingState.WITHDRAWN.label: "info",
}


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin, SensitiveModelAdmin):
    """A suggestion with its evidence, for a person to confirm or dismiss with a reason."""

    list_display = (
        "subject_name",
        "sector_name",
        "title",
        "period",
        "action",
        "standing",
        "summary",
    )
    list_display_links = ("subject_name", "title")
    list_filter = (
        TermFilter,
        YearFilter,
        ("outcome", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
        RuleFilter,
        SubjectSectorFilter,
        SubjectCommitteeFilter,
        MostSevereFilter,
    )
    search_fields = ("subject_name", "subject_key", "title", "summary")
    search_help_text = "按委员姓名、编号或规则查找"
    allowed_lookups = ("member",)
    ordering = (SEVERITY.desc(), "subject_key", "rule")

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("term", "member__person", "member__sector", "sector", "committee")
        )

    def get_urls(self):
        decide = self.admin_site.admin_view(self.decide_view)
        return [
            path("<int:pk>/decide/", decide, name="assessments_finding_decide"),
            *super().get_urls(),
        ]

    @display(description="界别", ordering="member__sector__sequence")
    def sector_name(self, finding):
        return finding.member.sector if finding.member else finding.get_subject_kind_display()

    @display(description="时段", ordering="window")
    def period(self, finding):
        return window_words(finding.window)

    @display(
        description="建议",
        ordering=SEVERITY,
        label={outcome.label: "warning" for outcome in Outcome if outcome != Outcome.REMIND},
    )
    def action(self, finding):
        return finding.get_outcome_display()

    @display(description="状态", ordering="state", label=TONES)
    def standing(self, finding):
        return finding.get_state_display()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        finding = self.get_object(request, object_id)
        if finding is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self._page(request, finding, DecisionForm(initial={"version": finding.version}))

    def _page(self, request, finding, form):
        self._note_reading(request, [finding.pk])
        events = finding.events.select_related("actor", "run")
        context = {
            **self.admin_site.each_context(request),
            "title": f"{finding.subject_name}：{finding.title}",
            "finding": finding,
            "window": window_words(finding.window),
            "values": compared_words(finding.values),
            "evidence": evidence_rows(finding.term, finding.records),
            "events": events,
            "pack": finding.last_run.pack,
            "form": form,
            "may_decide": request.user.has_perm("assessments.decide_finding"),
        }
        return TemplateResponse(request, "assessments/finding_detail.html", context)

    def decide_view(self, request, pk):
        """Confirms, dismisses or reopens; a reason is always asked for."""
        if not request.user.has_perm("assessments.decide_finding"):
            raise PermissionDenied
        finding = self.get_object(request, str(pk))
        if finding is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        form = DecisionForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self._page(request, finding, form)
        page = reverse("admin:assessments_finding_change", args=[finding.pk])
        try:
            decided = form.carry_out(finding, actor=request.user, at=timezone.now())
        except RefusalError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(page)
        messages.success(request, f"已{decided.get_state_display()}。")
        return HttpResponseRedirect(page)
