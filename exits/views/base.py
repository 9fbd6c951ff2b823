"""What the pages of cases, interviews and letters share."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts.services.reading import note_reading
from core.refusals import RefusalError


@method_decorator(never_cache, name="dispatch")
class AskedIn(LoginRequiredMixin, PermissionRequiredMixin):
    """Strangers are led to the sign-in page, accounts without the right are refused."""

    def handle_no_permission(self) -> HttpResponse:
        self.raise_exception = self.request.user.is_authenticated
        return super().handle_no_permission()

    def note(self, rows: QuerySet) -> None:
        """Keeps in mind that the account was shown these rows."""
        note_reading(rows=rows, actor=self.request.user, at=timezone.now())


class DeskPage(AskedIn):
    """A page of the office's desk: of 委员联络科, leaders and the departments."""

    title = ""

    def has_permission(self) -> bool:
        return self.request.user.is_staff and super().has_permission()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"title": self.title, "today": timezone.localdate()}
        return admin.site.each_context(self.request) | own | super().get_context_data(**kwargs)


def carried_out(form: Form, act: Callable[[], Any]) -> bool:
    """Whether the act was done; a refusal is told on the form."""
    try:
        act()
    except RefusalError as refusal:
        form.add_error(None, str(refusal))
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
    else:
        return True
    return False
