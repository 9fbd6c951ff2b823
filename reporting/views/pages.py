"""What the pages of organs, topics and the calendar share."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic.base import ContextMixin, TemplateView

from accounts.views.entrance import AskedIn
from members.models import Term
from members.views.terms import term_or_404
from reporting.selectors.forms import form_years
from reporting.selectors.standing import as_of

DESK, SHEET = "office/page.html", "accounts/plain.html"


class HousePage(AskedIn, ContextMixin):
    """Read by the office at its desk, by a member on a plain sheet."""

    title = ""

    @cached_property
    def term(self) -> Term:
        return term_or_404()

    @cached_property
    def today(self) -> date:
        return timezone.localdate()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        desk = self.request.user.is_staff
        shared = admin.site.each_context(self.request) if desk else {}
        own = {"base": DESK if desk else SHEET, "desk": desk, "title": self.title}
        return shared | own | super().get_context_data(**kwargs) | {"today": self.today}


class YearPage(HousePage, TemplateView):
    """About one year of the current term, the running one where none is asked for."""

    @cached_property
    def years(self) -> list[int]:
        years = form_years(term=self.term, today=self.today)
        return years or [self.term.start_date.year]

    @cached_property
    def year(self) -> int:
        asked = self.request.GET.get("year")
        if asked is None:
            return self.years[0]
        if not (asked.isascii() and asked.isdecimal()) or int(asked[:5]) not in self.years:
            raise Http404("本届没有这一年度。")
        return int(asked)

    @cached_property
    def on(self) -> date:
        return as_of(self.term, self.year, self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        about = {"term": self.term, "years": self.years, "year": self.year, "on": self.on}
        return super().get_context_data(**kwargs) | about
