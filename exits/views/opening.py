"""From what the rules suggest on a member to an interview or a case; and a case by hand."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView

from assessments.choices import FindingState, Outcome
from assessments.models import Finding
from core.told import carried_out
from exits.choices import CaseKind
from exits.citations import citations_of_kind
from exits.forms.opening import OpeningForm, SuggestionForm
from exits.models import Case
from exits.permissions import CARRY_ON
from exits.procedures import PROCEDURES
from exits.selectors.cases import KIND_OF, findings_for, kinds_for
from exits.selectors.suggestions import suggestions_on
from exits.views.base import DeskPage
from exits.views.cases import page_of
from members.models import Member
from members.selectors import current_term

#: How many members a search offers.
OFFERED = 20


class CaseCreateView(DeskPage, FormView):
    """The member, then the kind of case, then its ground and the facts."""

    permission_required = CARRY_ON
    template_name = "exits/case_create.html"
    form_class = OpeningForm
    title = "立案"

    @cached_property
    def member(self) -> Member | None:
        asked = self.request.GET.get("member", "")
        if not asked and self.finding is not None:
            return self.finding.member
        if not asked:
            return None
        members = Member.objects.visible_to(self.request.user).exclude(
            person__user=self.request.user
        )
        return get_object_or_404(
            members.select_related("person", "sector", "term"), pk=number_in(asked)
        )

    @cached_property
    def finding(self) -> Finding | None:
        asked = self.request.GET.get("finding", "")
        if not asked:
            return None
        findings = Finding.objects.visible_to(self.request.user).filter(
            member__isnull=False, state=FindingState.CONFIRMED
        )
        related = findings.select_related("member__person", "member__sector", "member__term")
        return get_object_or_404(related, pk=number_in(asked))

    @cached_property
    def kind(self) -> CaseKind | None:
        asked = self.request.GET.get("kind", "")
        if asked:
            if asked not in CaseKind.values:
                raise Http404("没有这一类事项。")
            return CaseKind(asked)
        return KIND_OF.get(Outcome(self.finding.outcome)) if self.finding else None

    def get_form(self, form_class: type | None = None) -> OpeningForm | None:
        return super().get_form(form_class) if self.member and self.kind else None

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        return kwargs | {
            "member": self.member,
            "kind": self.kind,
            "finding": self.finding if self.finding_fits else None,
            "today": timezone.localdate(),
        }

    @property
    def finding_fits(self) -> bool:
        finding = self.finding
        return (
            finding is not None
            and finding.member_id == self.member.pk
            and KIND_OF.get(Outcome(finding.outcome)) == self.kind
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        member, today = self.member, timezone.localdate()
        own: dict[str, Any] = {"member": member, "kind": self.kind}
        if member is None:
            asked = self.request.GET.get("q", "").strip()
            own |= {"asked": asked, "found": self.found(asked) if asked else []}
        else:
            self.note(self.findings_shown())
            kinds = kinds_for(member, today)
            own |= {
                "kinds": kinds,
                "procedure": PROCEDURES[self.kind] if self.kind else None,
                "citation": citations_of_kind(self.kind, self.member.term.rule_pack)
                if self.kind
                else "",
                "refused": next((one.refused for one in kinds if one.kind == self.kind), ""),
            }
        return super().get_context_data(**kwargs) | own

    def findings_shown(self) -> QuerySet[Finding]:
        """What the address names, and what the form offers to rest the case on."""
        shown = Finding.objects.filter(pk=self.finding.pk if self.finding else None)
        offered = findings_for(self.member, self.kind) if self.kind else Finding.objects.none()
        return Finding.objects.filter(Q(pk__in=shown) | Q(pk__in=offered.order_by()))

    def found(self, words: str) -> list[Member]:
        term = current_term()
        members = Member.objects.visible_to(self.request.user).filter(term=term)
        named = members.filter(person__name__contains=words) | members.filter(code__contains=words)
        others = named.exclude(person__user=self.request.user)
        return list(others.select_related("person", "sector").order_by("code")[:OFFERED])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.member is None or self.kind is None:
            return self.get(request, *args, **kwargs)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: OpeningForm) -> HttpResponse:
        opened: list[Case] = []
        act = lambda: opened.append(  # noqa: E731
            form.carry_out(actor=self.request.user, at=timezone.now())
        )
        if not carried_out(form, act):
            return self.form_invalid(form)
        messages.success(self.request, "已立案。")
        return HttpResponseRedirect(page_of(opened[0]))


class SuggestionDetailView(DeskPage, TemplateView):
    """All clauses that fit a member side by side, each to be confirmed or dismissed."""

    permission_required = "assessments.view_finding"
    template_name = "exits/suggestion_detail.html"

    @cached_property
    def member(self) -> Member:
        members = Member.objects.visible_to(self.request.user).exclude(
            person__user=self.request.user
        )
        related = members.select_related("person", "sector", "committee", "term__assembly")
        return get_object_or_404(related, pk=self.kwargs["pk"])

    @property
    def may_decide(self) -> bool:
        return self.request.user.has_perm("assessments.decide_finding")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.may_decide:
            return self.handle_no_permission()
        findings = Finding.objects.visible_to(request.user).filter(member=self.member)
        finding = get_object_or_404(findings, pk=number_in(request.POST.get("finding", "")))
        form = SuggestionForm(request.POST)
        act = lambda: form.carry_out(finding, actor=request.user, at=timezone.now())  # noqa: E731
        if not form.is_valid() or not carried_out(form, act):
            return self.render_to_response(self.get_context_data(returned=(finding.pk, form)))
        label = FindingState(form.cleaned_data["state"]).label
        messages.success(request, f"“{finding.title}”{label}。")
        return HttpResponseRedirect(reverse("exits:suggestion-detail", args=[self.member.pk]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        returned_pk, returned = kwargs.pop("returned", (None, None))
        every = suggestions_on(member=self.member, user=self.request.user)
        self.note(Finding.objects.filter(pk__in=[one.finding.pk for one in every]))
        # What came back with a refusal is shown with it, whatever others decided meanwhile.
        standing = [
            one
            for one in every
            if one.finding.state != FindingState.DISMISSED or one.finding.pk == returned_pk
        ]
        own = {
            "title": f"{self.member.person.name}：考核建议",
            "member": self.member,
            "suggestions": [
                (one, form_for(one.finding, returned if one.finding.pk == returned_pk else None))
                for one in standing
            ],
            "outcomes": list(
                dict.fromkeys(
                    one.finding.get_outcome_display() for one in standing if one.kind is not None
                )
            ),
            "dismissed": [one for one in every if one not in standing],
            "may_decide": self.may_decide,
            "carries_on": self.request.user.has_perm(CARRY_ON),
            "arranges": self.request.user.has_perm("exits.conduct_interview"),
        }
        return super().get_context_data(**kwargs) | own


def form_for(finding: Finding, returned: SuggestionForm | None) -> SuggestionForm | None:
    """The form of an open finding, or what came back of it with a refusal."""
    if returned is not None:
        return returned
    if finding.state != FindingState.OPEN:
        return None
    return SuggestionForm(initial={"version": finding.version}, auto_id=f"id_{finding.pk}_%s")


def number_in(asked: str) -> int:
    """A key out of an address. Raises Http404."""
    if not (asked.isascii() and asked.isdecimal()) or len(asked) > 18:
        raise Http404("没有此页。")
    return int(asked)
