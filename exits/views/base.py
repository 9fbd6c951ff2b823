"""What the pages of cases, interviews and letters share."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils import timezone

from accounts.services.reading import note_reading
from accounts.views.entrance import AskedIn, AtDesk


class MatterPage(AskedIn):
    """Shows cases, interviews or letters; whoever reads those of others leaves a trace."""

    def note(self, rows: QuerySet) -> None:
        """Keeps in mind that the account was shown these rows."""
        note_reading(rows=rows, actor=self.request.user, at=timezone.now())


class DeskPage(MatterPage, AtDesk):
    """A page of the office's desk: of 委员联络科, leaders and the departments."""

    title = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"title": self.title, "today": timezone.localdate()}
        return admin.site.each_context(self.request) | own | super().get_context_data(**kwargs)
