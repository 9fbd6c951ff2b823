"""What a member takes home: the forms of every year, and everything held about them."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views import View
from django.views.generic import TemplateView

from accounts.views.entrance import SignedIn
from dossiers.selectors.objections import seats_of
from members.models import Person
from reporting.exporters.own_data import own_data
from reporting.selectors.own import forms_of
from reporting.selectors.own_data import reasons_left_out
from reporting.views.exports import EXPORT_PERMISSION


class OwnDataView(SignedIn, TemplateView):
    template_name = "reporting/own_data.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        has_forms = user.has_perm(EXPORT_PERMISSION)
        own = {
            "title": "表册与数据下载",
            "years": forms_of(seats_of(user), today=timezone.localdate()) if has_forms else [],
            "has_person": Person.objects.filter(user=user).exists(),
            "left_out": reasons_left_out(),
        }
        return super().get_context_data(**kwargs) | own


class OwnDataFileView(SignedIn, View):
    """One's own and nobody else's: the address names no person."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if not Person.objects.filter(user=request.user).exists():
            raise Http404("账号尚未与委员名册对应，请联系委员联络科。")
        package = own_data(user=request.user, at=timezone.now())
        return HttpResponse(
            package.content,
            content_type="application/zip",
            headers={
                "Content-Disposition": content_disposition_header(True, package.filename),
                "X-Content-Type-Options": "nosniff",
            },
        )
