"""A member's first page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import TemplateView

from accounts.views.entrance import SignedIn
from dossiers.selectors.news import news_since, record_news
from dossiers.selectors.own import held_records, totals_by_year
from members.selectors import current_term
from reporting.selectors.home import duties_of, earlier_papers
from reporting.selectors.own import forms_of
from reporting.selectors.worklist import desk_of, tasks_for
from reporting.views.exports import EXPORT_PERMISSION

#: So many meetings are shown.
NEXT_MEETINGS = 3
#: So much news of one's records; the rest is a number.
MOST_NEWS = 5


class HomeView(SignedIn, TemplateView):
    """What to answer, what is owed and done, what comes, what is new. The office begins at its
    desk.
    """

    template_name = "reporting/home.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_staff:
            return redirect("admin:index")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, at = self.request.user, timezone.now()
        desk = desk_of(user=user, term=current_term(), at=at)
        today, seats, seat = desk.on, desk.seats, desk.seat
        years = forms_of(seats, today=today) if user.has_perm(EXPORT_PERMISSION) else []
        since = news_since(user=user, at=at)
        records = held_records(seats)
        news = record_news(user=user, records=records, since=since)
        duties = duties_of(seat, papers=desk.papers, today=today) if seat else []
        return super().get_context_data(**kwargs) | {
            "title": "首页",
            "today": today,
            "seat": seat,
            "waiting": tasks_for(desk),
            "meetings": desk.meetings[:NEXT_MEETINGS],
            "earlier": earlier_papers(desk.papers, today=today),
            "owing": [duty for duty in duties if not duty.owed.is_met],
            "met": [duty.owed for duty in duties if duty.owed.is_met],
            "done": totals_by_year(records).get(today.year, []),
            "since": since,
            "news": news[:MOST_NEWS],
            "more_news": max(len(news) - MOST_NEWS, 0),
            "forms": years[0] if years else None,
            "has_records": bool(seats),
        }
