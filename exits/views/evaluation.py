"""Pages that run the rules: a real run or a trial, and what a changed pack would find."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import FormView

from accounts.views.entrance import AskedIn
from assessments.rulebook import load_pack
from core.told import told_on
from exits.forms.evaluation import RunForm, TrialForm
from members.models import Term
from members.views.terms import term_or_404


class RunsRules(AskedIn):
    """For those who may start a run; on the term the office works on."""

    permission_required = "assessments.start_run"

    @cached_property
    def term(self) -> Term:
        return term_or_404()

    def get_form_kwargs(self) -> dict[str, Any]:
        own = {"term": self.term, "today": timezone.localdate()}
        return super().get_form_kwargs() | own

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"term": self.term, "pack": load_pack(self.term.rule_pack), "title": self.title}
        return admin.site.each_context(self.request) | super().get_context_data(**kwargs) | own


class RunCreateView(RunsRules, FormView):
    title = "运行年度考核"
    form_class = RunForm
    template_name = "exits/run_create.html"

    def form_valid(self, form: RunForm) -> HttpResponse:
        with told_on(form):
            job = form.carry_out(actor=self.request.user, at=timezone.now())
            return HttpResponseRedirect(reverse("accounts:job-detail", args=[job.pk]))
        return self.form_invalid(form)


class TrialCreateView(RunsRules, FormView):
    """Nothing is stored, so the answer comes on the page itself."""

    title = "试算改动的规则"
    form_class = TrialForm
    template_name = "exits/trial_create.html"

    def form_valid(self, form: TrialForm) -> HttpResponse:
        with told_on(form):
            comparison = form.carry_out()
            return self.render_to_response(self.get_context_data(form=form, comparison=comparison))
        return self.form_invalid(form)


class PackDetailView(RunsRules, View):
    """The term's own pack as a file, to change and try."""

    def get(self, request: HttpRequest) -> HttpResponse:
        pack = load_pack(self.term.rule_pack)
        response = HttpResponse(pack.content, content_type="application/toml; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{pack.id}.toml"'
        response["X-Content-Type-Options"] = "nosniff"
        return response
