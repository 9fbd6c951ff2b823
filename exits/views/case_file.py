"""案卷 of a case, for those who carry it on and those who conduct it."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views import View

from exits.exporters.case_file import case_file, file_name
from exits.permissions import CARRY_ON, DECIDE
from exits.services.files import record_case_file
from exits.views.cases import CasePage
from exits.views.papers import pdf_answer


class CaseFileView(CasePage, View):
    def has_permission(self) -> bool:
        user = self.request.user
        takes = user.has_perm(CARRY_ON) or user.has_perm(DECIDE)
        return super().has_permission() and takes

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        now = timezone.now()
        on = timezone.localdate(now)
        made = case_file(case=self.case, on=on)
        record_case_file(
            case=self.case,
            sha256=made.sha256,
            parts=made.parts,
            pages=made.pages,
            actor=request.user,
            at=now,
        )
        return pdf_answer(made.content, file_name(self.case, on), as_attachment=True)
