"""Importing a workbook: upload, look at what it would do, confirm."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views import View
from django.views.generic import DetailView, FormView

from accounts.choices import JobState
from accounts.models import Job
from accounts.views.entrance import AskedIn
from core.refusals import RefusalError
from dossiers.exporters import workbook_template
from dossiers.forms.imports import ConfirmForm, ImportForm
from dossiers.importers import IMPORTERS, NOTES_SHEET
from dossiers.importers.office import (
    CHECK_TASK,
    IMPORT_TASK,
    PERMISSION,
    open_sheets,
    start_import,
)
from members.selectors.duties import duties_of
from members.views.terms import term_or_404

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RECENT_IMPORTS = 5


class Imports(AskedIn):
    """For those who may import; everybody sees their own files only."""

    permission_required = PERMISSION

    def checks(self) -> QuerySet[Job]:
        return Job.objects.filter(task=CHECK_TASK, owner=self.request.user)


class ImportCreateView(Imports, FormView):
    form_class = ImportForm
    template_name = "dossiers/import_create.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        term = term_or_404()
        sheets = open_sheets(user=self.request.user, term=term)
        own = {
            "title": "导入工作簿",
            "sheets": sheets,
            "takes_all": len(sheets) == len(IMPORTERS),
            "recent": Job.objects.filter(
                owner=self.request.user, task__in=[CHECK_TASK, IMPORT_TASK]
            )[:RECENT_IMPORTS],
        }
        return admin.site.each_context(self.request) | super().get_context_data(**kwargs) | own

    def form_valid(self, form: ImportForm) -> HttpResponse:
        job = form.carry_out(actor=self.request.user, at=timezone.now())
        return HttpResponseRedirect(reverse("dossiers:import-detail", args=[job.pk]))


class ImportDetailView(Imports, DetailView):
    """What the file would change, and what is wrong with it."""

    template_name = "dossiers/import_detail.html"
    context_object_name = "job"

    def get_queryset(self) -> QuerySet[Job]:
        return self.checks()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        desk = admin.site.each_context(self.request)
        own = {"title": f"检查结果：{self.object.parameters['filename']}"}
        return desk | super().get_context_data(**kwargs) | own

    @property
    def is_done(self) -> bool:
        return self.object.state == JobState.DONE

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """While the file is being checked the page of the job shows how far it is."""
        if not self.is_done:
            return HttpResponseRedirect(reverse("accounts:job-detail", args=[self.object.pk]))
        return super().render_to_response(context, **kwargs)


class ImportConfirmView(Imports, View):
    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        check = get_object_or_404(self.checks(), pk=pk)
        form = ConfirmForm(request.POST)
        form.full_clean()
        try:
            job = start_import(
                check=check,
                skip_bad_rows=form.cleaned_data["skip_bad_rows"],
                owner=request.user,
                at=timezone.now(),
            )
        except RefusalError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("dossiers:import-create"))
        return HttpResponseRedirect(reverse("accounts:job-detail", args=[job.pk]))


class ImportTemplateView(Imports, View):
    """The empty workbook, with the sheets the account may import only."""

    def get(self, request: HttpRequest) -> HttpResponse:
        term = term_or_404()
        names = open_sheets(user=request.user, term=term)
        sheets = [importer.sheet for importer in IMPORTERS if importer.sheet.name in names]
        if not sheets:
            raise Http404("您所在的部门没有采集分工，没有可下载的工作簿。请联系委员联络科设置。")
        content = workbook_template(sheets=sheets, notes_sheet=NOTES_SHEET)
        departments = "、".join(duties_of(request.user, term).departments)
        filename = f"履职数据工作簿（{departments}）.xlsx" if departments else "履职数据工作簿.xlsx"
        header = content_disposition_header(as_attachment=True, filename=filename)
        return HttpResponse(
            content,
            content_type=XLSX,
            headers={"Content-Disposition": header, "X-Content-Type-Options": "nosniff"},
        )
