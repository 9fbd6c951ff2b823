"""滞后榜, and the records behind each of its numbers."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from accounts.views.entrance import AtDesk
from members.choices import RecordKind
from members.models import Term
from members.selectors import current_term
from members.views.terms import term_or_404
from reporting.selectors.departments import own_departments
from reporting.selectors.timeliness import LABELS, Arrival, Timeliness, records_of, timeliness

PER_PAGE = 25


class MeasuresTimeliness(AtDesk):
    """The office and the leaders see every department, a collecting unit its own."""

    permission_required = "members.view_collectionduty"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = timezone.localdate()

    @cached_property
    def term(self) -> Term | None:
        return current_term()

    def the_year(self) -> int:
        asked = self.request.GET.get("year", "")
        years = self.years()
        if not asked:
            return years[0]
        if not asked.isdecimal() or int(asked) not in years:
            raise Http404("本届没有这一年度，或那一年还不考核报送时限。")
        return int(asked)

    def years(self) -> list[int]:
        """The years in which records are measured, the latest first."""
        first = (self.term.collected_from or self.term.start_date).year
        last = max(first, min(self.today, self.term.end_date).year)
        return list(range(last, first - 1, -1))

    def measured(self, year: int) -> Timeliness | None:
        user = self.request.user
        return timeliness(
            term=self.term,
            year=year,
            on=self.today,
            departments=None if user.reads_everything else own_departments(user, self.term),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return admin.site.each_context(self.request) | super().get_context_data(**kwargs)


class TimelinessView(MeasuresTimeliness, TemplateView):
    template_name = "reporting/timeliness.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = {"title": "滞后榜", "term": self.term}
        if self.term is not None:
            year = self.the_year()
            own |= {"years": self.years(), "year": year, "measured": self.measured(year)}
        return super().get_context_data(**kwargs) | own


class TimelinessRecordsView(MeasuresTimeliness, TemplateView):
    """The records of one number: how they arrived, by department and kind."""

    template_name = "reporting/timeliness_records.html"

    @cached_property
    def term(self) -> Term:
        return term_or_404()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        year = self.the_year()
        measured = self.measured(year)
        if measured is None:
            raise Http404("规则包没有规定报送时限。")
        asked = self.request.GET
        arrival = chosen(Arrival, asked.get("state", ""))
        kind = chosen(RecordKind, asked["kind"]) if asked.get("kind") else None
        department = asked.get("department", "")
        items = measured.matching(arrival=arrival, department=department, kind=kind or "")
        records = records_of(term=self.term, items=items)
        page = Paginator(records, PER_PAGE).get_page(asked.get("page"))
        label = LABELS[arrival]
        return super().get_context_data(**kwargs) | {
            "title": f"{label}的履职记录",
            "term": self.term,
            "year": year,
            "arrival": arrival,
            "label": label,
            "department": department,
            "kind": kind,
            "measured": measured,
            "page": page,
            "total": len(records),
        }


def chosen(codes: Any, value: str) -> Any:
    try:
        return codes(value)
    except ValueError:
        raise Http404("没有这一类记录。") from None
