"""The first page after signing in (`DASHBOARD_CALLBACK` of the admin theme)."""

from django.http import Http404
from django.utils import timezone

from members.models import Sector, SpecialCommittee, Term
from members.selectors import current_term
from reporting.selectors.dashboard import (
    behind_by,
    member_figures,
    recent_jobs,
    recent_runs,
    suggestions,
    work_figures,
)


def fill_index(request, context):
    """Adds the year's state of things, for those who read every dossier."""
    term = current_term()
    context |= {"title": "工作台", "jobs": recent_jobs(request.user), "term": term}
    if term is None or not request.user.reads_everything:
        return context
    today = timezone.localdate()
    years = years_so_far(term, today)
    year = chosen_year(request.GET.get("year"), years)
    return context | {
        "desk": True,
        "years": years,
        "year": year,
        "people": member_figures(term, today),
        "work": work_figures(term, year, today),
        "suggestions": suggestions(term),
        "sectors": behind_by(Sector, term, year, today),
        "committees": behind_by(SpecialCommittee, term, year, today),
        "runs": recent_runs(term),
    }


def years_so_far(term: Term, today) -> list[int]:
    """Calendar years of the term that have begun, the latest first."""
    last = max(term.start_date.year, min(term.end_date, today).year)
    return list(range(last, term.start_date.year - 1, -1))


def chosen_year(asked: str | None, years: list[int]) -> int:
    if asked is None:
        return years[0]
    if not asked.isdigit() or int(asked) not in years:
        raise Http404("本届没有这一年度。")
    return int(asked)
