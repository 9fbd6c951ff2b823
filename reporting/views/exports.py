"""Where forms are asked for and fetched."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.views import View
from django.views.generic import FormView

from accounts.views.entrance import AskedIn, AtDesk
from core.told import told_on
from members.models import Term
from members.selectors import current_term
from reporting.choices import FileFormat, FormKind
from reporting.exporters.single import NoSuchFormError, single_form
from reporting.forms.exports import ExportForm, Scope
from reporting.selectors.forms import form_years, printable_to
from reporting.services import start_export

EXPORT_PERMISSION = "reporting.export_dutydossier"
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ExportCreateView(AtDesk, FormView):
    """The office asks for a year's forms; the work goes on as a job."""

    template_name = "reporting/export_create.html"
    permission_required = EXPORT_PERMISSION
    form_class = ExportForm

    @cached_property
    def term(self) -> Term | None:
        """The term asked for in the address, else the current one."""
        code = self.request.GET.get("term")
        if code:
            return get_object_or_404(Term.objects.select_related("assembly"), code=code)
        return current_term()

    @cached_property
    def years(self) -> list[int]:
        return form_years(term=self.term, today=timezone.localdate()) if self.term else []

    def get_initial(self) -> dict[str, Any]:
        codes = "、".join(self.request.GET.getlist("codes"))
        return {
            "scope": Scope.PICKED if codes else Scope.ALL,
            "codes": codes,
            "file_format": FileFormat.PDF,
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"term": self.term, "years": self.years}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = admin.site.each_context(self.request) | super().get_context_data(**kwargs)
        return context | {
            "title": "导出表册",
            "term": self.term,
            "terms": Term.objects.all(),
            "years": self.years,
        }

    def form_valid(self, form: ExportForm) -> HttpResponse:
        chosen = form.cleaned_data
        with told_on(form):
            job = start_export(
                actor=self.request.user,
                at=timezone.now(),
                today=timezone.localdate(),
                term=self.term,
                year=chosen["year"],
                file_format=FileFormat(chosen["file_format"]),
                codes=chosen["codes"],
                sector=chosen["sector"],
                committee=chosen["committee"],
            )
            return HttpResponseRedirect(reverse("accounts:job-detail", args=[job.pk]))
        return self.form_invalid(form)


class FormDetailView(AskedIn, View):
    """One form as a file, for those who may see the member, and written down."""

    permission_required = EXPORT_PERMISSION

    def get(self, request: HttpRequest, pk: str, year: str, kind: str, ending: str) -> HttpResponse:
        member = get_object_or_404(
            printable_to(request.user).select_related("person", "term__assembly"), pk=pk
        )
        try:
            form = single_form(
                member=member,
                year=int(year),
                kind=FormKind(kind),
                ending=ending,
                actor=request.user,
                at=timezone.now(),
                today=timezone.localdate(),
            )
        except NoSuchFormError as missing:
            raise Http404(str(missing)) from missing
        return HttpResponse(
            form.content,
            content_type=CONTENT_TYPES[ending],
            headers={
                "Content-Disposition": content_disposition_header(True, form.filename),
                "X-Content-Type-Options": "nosniff",
            },
        )
