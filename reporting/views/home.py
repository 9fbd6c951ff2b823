"""A member's first page."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from reporting.selectors.own import own_forms
from reporting.views.exports import EXPORT_PERMISSION


@method_decorator(never_cache, name="dispatch")
class HomeView(LoginRequiredMixin, TemplateView):
    """A member's first page: their years and forms. The office begins at its desk."""

    template_name = "reporting/home.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_staff:
            return redirect("admin:index")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        years = own_forms(user=self.request.user, today=timezone.localdate())
        may_export = self.request.user.has_perm(EXPORT_PERMISSION)
        return super().get_context_data(
            title="我的履职表册", years=years if may_export else [], **kwargs
        )
