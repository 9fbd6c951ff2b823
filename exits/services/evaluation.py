"""Running the rules: by hand, as a job, and by themselves once a year."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

from django.utils import timezone

from accounts.models import Job, User
from accounts.services import start_job
from assessments.rulebook import OUTCOMES, Pack, load_pack
from assessments.selectors import latest_as_of
from assessments.services import AssessmentResult, refuse_year, run_assessment
from core.refusals import RefusalError
from dossiers.selectors.campaigns import forms_deadline
from exits.selectors import refusals
from members.models import Term

ASSESSMENT_TASK = "exits.tasks.run_assessment"
Report = Callable[[int, int, str], None]


class FutureAsOfError(RefusalError):
    """A run to be stored looked at from a day that has not come."""


def evaluate_term(
    *,
    term: Term,
    year: int,
    as_of: date,
    actor: User | None,
    at: datetime,
    pack: Pack | None = None,
    stores: bool = True,
) -> AssessmentResult:
    """Judges the year by the term's own pack, or by another to compare, and stores the findings.

    Raises YearOutsideTermError.
    """
    return run_assessment(
        term=term,
        year=year,
        as_of=as_of,
        pack=pack or load_pack(term.rule_pack),
        actor=actor,
        at=at,
        refusals=refusals(term=term, on=as_of),
        stores=stores,
    )


def default_as_of(*, term: Term, year: int, today: date) -> date:
    """Today in a running year; of a finished one 31 December, or the day its forms were due."""
    return min(max(date(year, 12, 31), forms_deadline(term=term, year=year)), today)


def start_assessment(
    *,
    term: Term,
    year: int,
    as_of: date,
    stores: bool,
    owner: User | None,
    at: datetime,
    key: str | None = None,
) -> Job:
    """Enters the run in the ledger of jobs; a key that is there already gives the same job.

    Raises YearOutsideTermError or FutureAsOfError, so that nobody waits for a job that cannot
    succeed. A trial may look ahead; a run that is stored may not: no run before its date would
    be stored after it.
    """
    refuse_year(term, year, as_of)
    if stores and as_of > timezone.localdate(at):
        raise FutureAsOfError(f"截至日期{as_of}还没有到，正式考核不能选将来的日期；可以先试算。")
    kind = "年度考核" if stores else "年度考核（试算）"
    return start_job(
        task=ASSESSMENT_TASK,
        title=f"{term.name}{year}{kind}",
        owner=owner,
        at=at,
        parameters={"term": term.code, "year": year, "as_of": as_of, "stores": stores},
        key=key,
        permission="assessments.start_run",
    )


def start_yearly_runs(*, on: date, at: datetime) -> list[Job]:
    """The year before, for every term with a day in it; each run once, however often this is called.

    In January the year is seen from 31 December, or from the latest date it was seen from by hand.
    Where the forms were due after that, it is seen once more from the day they were due.
    """
    year = on.year - 1
    end = date(year, 12, 31)
    terms = Term.objects.select_related("assembly").filter(
        start_date__lte=end, end_date__gte=date(year, 1, 1)
    )
    jobs = []
    for term in terms.order_by("code"):
        due, key = forms_deadline(term=term, year=year), f"yearly:{term.code}:{year}"
        if on.month == 1:
            jobs.append(_start_yearly_run(term, year, end, key, on, at))
        if end < due < on:
            jobs.append(_start_yearly_run(term, year, due, f"{key}:{due}", on, at))
    return jobs


def _start_yearly_run(term: Term, year: int, as_of: date, key: str, on: date, at: datetime) -> Job:
    latest = latest_as_of(term=term, by=on)
    return start_assessment(
        term=term,
        year=year,
        as_of=max(as_of, latest or as_of),
        stores=True,
        owner=None,
        at=at,
        key=key,
    )


def perform_assessment(*, job: Job, report: Report, at: datetime) -> AssessmentResult:
    """Does what a job of `start_assessment` asks."""
    wanted = job.parameters
    term = Term.objects.select_related("assembly").get(code=wanted["term"])
    report(0, 2, "正在汇总履职记录并逐条考核")
    result = evaluate_term(
        term=term,
        year=wanted["year"],
        as_of=date.fromisoformat(wanted["as_of"]),
        actor=job.owner,
        at=at,
        stores=wanted["stores"],
    )
    report(2, 2, "考核完毕")
    return result


def figures_of(result: AssessmentResult) -> dict[str, int]:
    """How many were judged, how often rules hold and with what outcome, what was stored."""
    outcomes = Counter(OUTCOMES[finding.hit.judgement.rule.outcome] for finding in result.findings)
    figures = {
        "考核委员": len(result.assessment.facts.members),
        "成立": len(result.findings),
        **{label: outcomes[label] for label in OUTCOMES.values() if outcomes[label]},
    }
    if result.run is not None:
        figures |= {
            "新发现": result.run.created,
            "证据变更": result.run.changed,
            "撤回": result.run.withdrawn,
        }
    return figures


def summary_of(result: AssessmentResult) -> str:
    """The figures of a run in one sentence."""
    figures = "，".join(f"{label}{number}" for label, number in figures_of(result).items())
    return f"{figures}。{result.unstored_because}"
