"""履职日历: a month of meetings and activities."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from attendance.choices import MeetingKind
from core.parameters import FIRST_YEAR, LAST_YEAR
from members.models import Sector, SpecialCommittee
from reporting.permissions import sees_overview
from reporting.selectors.calendar import month_of
from reporting.selectors.organs import owed_by_organs
from reporting.selectors.standing import as_of
from reporting.views.pages import HousePage


class CalendarView(HousePage, TemplateView):
    permission_required = "attendance.view_meeting"
    template_name = "reporting/calendar_detail.html"
    title = "履职日历"

    @cached_property
    def first(self) -> date:
        asked = self.request.GET.get("month", "")
        try:
            first = date.fromisoformat(f"{asked}-01") if asked else self.today.replace(day=1)
        except ValueError as error:
            raise Http404("没有这个月份。") from error
        if not FIRST_YEAR <= first.year <= LAST_YEAR:
            raise Http404("没有这个月份。")
        return first

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        term = self.term
        committees = SpecialCommittee.objects.filter(term=term)
        sectors = Sector.objects.filter(term=term)
        committee, sector = self._chosen("committee", committees), self._chosen("sector", sectors)
        kind = self.request.GET.get("kind", "")
        month = month_of(
            term=term,
            first=self.first,
            user=self.request.user,
            kind=kind if kind in MeetingKind.values else "",
            committee=committee,
            sector=sector,
        )
        return super().get_context_data(**kwargs) | {
            "month": month,
            "kinds": MeetingKind.choices,
            "kind": kind,
            "committees": committees,
            "committee": committee,
            "sectors": sectors,
            "sector": sector,
            "query": self._filters(),
            "owed": self._owed(committee, sector),
        }

    def _chosen(self, name: str, organs: QuerySet) -> int | None:
        """The organ asked for, where the term has it."""
        asked = self.request.GET.get(name, "")
        if not (asked.isascii() and asked.isdecimal() and len(asked) <= 18):
            return None
        return int(asked) if any(organ.pk == int(asked) for organ in organs) else None

    def _filters(self) -> str:
        """What the links to other months carry on."""
        query = self.request.GET.copy()
        query.pop("month", None)
        return query.urlencode()

    def _owed(self, committee: int | None, sector: int | None) -> list:
        """What still has to be held in the year shown; members are not bothered with it."""
        year = self.first.year
        begun = self.term.start_date.year <= year <= min(self.today, self.term.end_date).year
        if not begun or not sees_overview(self.request.user):
            return []
        on = as_of(self.term, year, self.today)
        return owed_by_organs(term=self.term, year=year, on=on, committee=committee, sector=sector)
