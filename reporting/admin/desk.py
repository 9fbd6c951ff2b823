"""The first page after signing in (`DASHBOARD_CALLBACK` of the admin theme)."""

from django.http import Http404
from django.utils import timezone

from accounts.roles import RoleCode
from members.selectors import current_term
from reporting.admin.lists import years_so_far
from reporting.permissions import sees_assembly, sees_overview
from reporting.selectors.dashboard import (
    member_figures,
    recent_jobs,
    recent_runs,
    suggestions,
    work_figures,
)
from reporting.selectors.standing import as_of, term_progress
from reporting.selectors.worklist import work_list


def fill_index(request, context):
    """What waits for the account; and the year's state of things, for those who read every
    dossier.
    """
    term = current_term()
    context |= {
        "title": "工作台",
        "waiting": work_list(user=request.user, term=term, at=timezone.now()),
        "jobs": recent_jobs(request.user),
        "term": term,
    }
    if term is None or not request.user.reads_everything:
        return context
    today = timezone.localdate()
    years = years_so_far(term, today)
    year = chosen_year(request.GET.get("year"), years)
    return context | {
        "desk": True,
        "years": years,
        "year": year,
        "on": as_of(term, year, today),
        "people": member_figures(term, today),
        "work": work_figures(term, year, today),
        "suggestions": suggestions(term),
        "progress": term_progress(term=term, year=year, on=as_of(term, year, today)),
        "runs": recent_runs(term),
    }


def assembly_name(request) -> str:
    """Whose desk it is, under the site's name (`SITE_SUBHEADER` of the admin theme)."""
    term = current_term() if request.user.is_authenticated else None
    return term.assembly.name if term else ""


def chosen_year(asked: str | None, years: list[int]) -> int:
    if asked is None:
        return years[0]
    if not asked.isdecimal() or int(asked) not in years:
        raise Http404("本届没有这一年度。")
    return int(asked)


def offers_overview(request) -> bool:
    """Whether the menu leads to the sectors and committees."""
    return sees_overview(request.user)


def offers_assembly(request) -> bool:
    """Whether the menu leads to what the assembly itself has to hold."""
    return sees_assembly(request.user)


def gives_opinions(request) -> bool:
    """Whether the account speaks for a department that is asked for opinions."""
    return request.user.has_role(
        RoleCode.ORGANIZATION_DEPARTMENT, RoleCode.UNITED_FRONT_DEPARTMENT
    ) and request.user.has_perm("exits.give_opinion")


def offers_own_duties(request) -> bool:
    """Whether the menu leads to one's own papers: for those who sit in the assembly as well."""
    return request.user.has_role(RoleCode.LEADER, RoleCode.MEMBER)
