"""Signing in by Excel: the list down, the filled list up, looked at, then taken."""

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views import View
from django.views.generic import FormView

from attendance.exporters.sign_in_sheet import sign_in_sheet
from attendance.forms.sign_in import SheetForm
from attendance.importers.sign_in_sheet import SheetReading, read_sign_in_sheet
from attendance.selectors.roster import roster
from attendance.services.sign_in_batch import Arrival, sign_in_many
from attendance.views.base import SittingPage
from attendance.views.desk import desk_of
from core.refusals import RefusalError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHECKED_SALT = "attendance.sign_in_sheet"
#: How long a checked list may wait to be confirmed.
CHECKED_LASTS = timedelta(minutes=30)


class SheetFileView(SittingPage, View):
    """The list of the sitting, to be filled in."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        content = sign_in_sheet(sitting=self.sitting, places=roster(self.sitting))
        filename = f"{self.sitting.meeting.title} {self.sitting.short_name} 签到表.xlsx"
        return HttpResponse(
            content,
            content_type=XLSX,
            headers={
                "Content-Disposition": content_disposition_header(True, filename),
                "X-Content-Type-Options": "nosniff",
            },
        )


class SheetView(SittingPage, FormView):
    """Upload, see what is wrong or what will be done, confirm.

    What was checked travels through the page, signed for this sitting and this account.
    """

    template_name = "attendance/sitting_sheet.html"
    form_class = SheetForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"title": "按表格签到", "back": desk_of(self.sitting.pk)}
        return super().get_context_data(**kwargs) | own

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "checked" in request.POST:
            return self._take(request.POST["checked"])
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: SheetForm) -> HttpResponse:
        upload = form.cleaned_data["file"]
        try:
            with TemporaryDirectory() as folder:
                path = Path(folder) / "list.xlsx"
                path.write_bytes(upload.read())
                reading = read_sign_in_sheet(path=path, sitting=self.sitting)
        except RefusalError as refusal:
            form.add_error("file", str(refusal))
            return self.form_invalid(form)
        context = self.get_context_data(form=SheetForm(), reading=reading, filename=upload.name)
        if reading.arrivals and not reading.faults:
            context["checked"] = self._sealed(reading, upload.name)
        return self.render_to_response(context)

    def _sealed(self, reading: SheetReading, filename: str) -> str:
        rows = [
            [row.member, row.status, row.arrived_at and row.arrived_at.isoformat()]
            for row in reading.arrivals
        ]
        return signing.dumps(
            {"user": self.request.user.pk, "sitting": self.sitting.pk, "rows": rows}
            | {"filename": filename},
            salt=CHECKED_SALT,
            compress=True,
        )

    def _take(self, sealed: str) -> HttpResponse:
        try:
            checked = signing.loads(sealed, salt=CHECKED_SALT, max_age=CHECKED_LASTS)
        except signing.BadSignature:
            checked = {}
        own = {"user": self.request.user.pk, "sitting": self.sitting.pk}
        if {key: checked.get(key) for key in own} != own:
            messages.error(self.request, "检查结果已失效，请重新上传签到表。")
            return HttpResponseRedirect(self.request.path)
        arrivals = [
            Arrival(member, status, moment and datetime.fromisoformat(moment))
            for member, status, moment in checked["rows"]
        ]
        try:
            number = sign_in_many(
                sitting=self.sitting,
                arrivals=arrivals,
                filename=checked["filename"],
                actor=self.request.user,
                at=timezone.now(),
            )
        except RefusalError as refusal:
            messages.error(self.request, str(refusal))
            return HttpResponseRedirect(self.request.path)
        messages.success(self.request, f"已按表格签到 {number} 人。")
        return HttpResponseRedirect(desk_of(self.sitting.pk))
