"""Plays the invented term in the system, through the services that any office uses.

Year after year: the year's workbook is imported, the rules are run on 1 January, what came late is
imported and the rules run again, then a person decides. The running year's findings stay open.
"""

import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from accounts.models import User
from accounts.roles import RoleCode
from accounts.services import save_record
from accounts.services.users import create_user
from assessments.choices import FindingState, Outcome
from assessments.models import Finding
from assessments.services import create_term, decide_finding
from dossiers.importers import import_workbook
from dossiers.models import Campaign
from exits.management.demo.accounts import stage_accounts
from exits.management.demo.calling import stage_calling
from exits.management.demo.campaigns import stage_campaigns
from exits.management.demo.cases import CaseStage, stage_cases
from exits.management.demo.chance import stream
from exits.management.demo.collecting import stage_collecting
from exits.management.demo.correspondence import stage_correspondence
from exits.management.demo.interviews import stage_interviews
from exits.management.demo.late import stage_late_decision
from exits.management.demo.leave import stage_leave
from exits.management.demo.papers import opening_date, stage_papers
from exits.management.demo.signing import stage_signing
from exits.management.demo.submissions import stage_submissions
from exits.management.demo.timeliness import stage_timeliness
from exits.management.demo.times import moment
from exits.management.demo.topics import stage_topics
from exits.management.demo.workbooks import (
    INSTALMENT,
    INSTALMENTS,
    DemoTerm,
    DemoWorkbook,
    TermOutline,
    invent_previous_term,
    write_workbook,
)
from exits.services import (
    evaluate_term,
)
from members.choices import AssemblyLevel
from members.models import Term

Say = Callable[[str], None]

CONFIRMED = "经核对考勤和履职记录，情况属实。"
DISMISSALS = {
    Outcome.REMIND: "已口头提醒，本人已说明情况，不再处理。",
    Outcome.INTERVIEW: "经查系单位紧急任务，事后已补办请假手续，不予约谈。",
}
#: Of the findings that may be let go, this many are; of last year's, half are still to review.
DISMISSED_SHARE = 0.25
UNDECIDED_SHARE = 0.5


#: The account in whose name the office's part is played.
REGISTRAR = "demo-registrar"


def demo_registrar(*, at: datetime) -> User:
    """The demonstration account of 委员联络科, opened where it is not there yet."""
    known = User.objects.filter(username=REGISTRAR).first()
    if known is not None:
        return known
    name, roles = "文清扬", [RoleCode.REGISTRAR]
    return create_user(
        username=REGISTRAR, name=name, roles=roles, actor=None, at=at, temporary=False
    ).user


@transaction.atomic
def stage_term(*, demo: DemoTerm, seed: int, actor: User, say: Say) -> Term:
    """The whole term or nothing of it."""
    stage_previous_term(demo=demo, seed=seed, actor=actor, say=say)
    term = found(demo.outline, actor)
    for year in range(demo.outline.starts.year + 1, demo.outline.ends.year + 1):
        open_campaign(term, year, opening_date(year, demo.told_until), actor)
    with tempfile.TemporaryDirectory() as folder:
        cases = CaseStage(term, demo, actor)
        settled = demo.told_until - INSTALMENT * INSTALMENTS
        for workbook in demo.workbooks:
            stage_cases(cases, until=min(workbook.day, settled))
            say(f"导入《{workbook.title}》")
            bring_in(term, workbook, Path(folder), actor)
            if workbook.year and workbook.year > demo.outline.starts.year:
                judge(term, workbook.year, workbook.day, demo, actor)
                decide(term, workbook, demo, seed, actor)
    # The latest decisions follow the last run of the rules: whoever left is judged no more.
    stage_cases(cases, until=demo.told_until)
    stage_calling(term=term, told_until=demo.told_until, actor=actor)
    stage_leave(term=term, told_until=demo.told_until, actor=actor)
    stage_timeliness(term=term, told_until=demo.told_until, actor=actor)
    stage_correspondence(term=term, told_until=demo.told_until, actor=actor)
    stage_collecting(term=term, told_until=demo.told_until, actor=actor)
    stage_topics(term=term, demo=demo, seed=seed, actor=actor)
    stage_signing(term=term, told_until=demo.told_until, actor=actor)
    stage_papers(term=term, told_until=demo.told_until, actor=actor)
    stage_campaigns(term=term, told_until=demo.told_until, actor=actor)
    stage_submissions(term=term, told_until=demo.told_until, actor=actor)
    stage_interviews(cases, told_until=demo.told_until)
    stage_late_decision(cases, told_until=demo.told_until)
    stage_accounts(term=term, told_until=demo.told_until)
    return term


def stage_previous_term(*, demo: DemoTerm, seed: int, actor: User, say: Say) -> None:
    """The term before, with its roster only: one person keeps one identity through both."""
    previous = invent_previous_term(demo, seed)
    term = found(previous.outline, actor)
    say(f"导入{term.name}名册")
    with tempfile.TemporaryDirectory() as folder:
        bring_in(term, previous.workbooks[0], Path(folder), actor)


def found(outline: TermOutline, actor: User) -> Term:
    return create_term(
        code=outline.code,
        name=outline.name,
        pack_id=outline.pack,
        level=AssemblyLevel.CITY,
        start_date=outline.starts,
        end_date=outline.ends,
        actor=actor,
        at=moment(outline.starts),
    )


def open_campaign(term: Term, year: int, opens: date, actor: User) -> None:
    campaign = Campaign(
        term=term,
        year=year,
        opens_date=opens,
        deadline_date=Campaign.default_deadline(year),
    )
    save_record(obj=campaign, actor=actor, at=moment(min(date(year, 11, 20), opens, term.end_date)))


def is_supplement(workbook: DemoWorkbook) -> bool:
    """What reached the office in January of the year after."""
    return workbook.year is not None and workbook.day.year > workbook.year


def bring_in(term: Term, workbook: DemoWorkbook, folder: Path, actor: User) -> None:
    if not any(workbook.sheets.values()):
        return
    filename = f"{workbook.title}.xlsx"
    import_workbook(
        path=write_workbook(workbook.sheets, folder / filename),
        filename=filename,
        term=term,
        actor=actor,
        at=moment(workbook.day, 17),
    )


def judge(term: Term, year: int, day: date, demo: DemoTerm, actor: User) -> None:
    """On 1 January for the year before, by itself; after a supplement, and today, by hand."""
    by_itself = day == date(year, 12, 31)
    evaluate_term(
        term=term,
        year=year,
        as_of=min(date(year, 12, 31), demo.told_until),
        actor=None if by_itself else actor,
        at=moment(date(year + 1, 1, 1), 0, 30) if by_itself else moment(day, 18),
    )


def decide(term: Term, workbook: DemoWorkbook, demo: DemoTerm, seed: int, actor: User) -> None:
    """After the supplement a person goes through what is open."""
    if not is_supplement(workbook):
        return
    rng = stream(seed, "decisions", workbook.year)
    last_year = workbook.year == demo.told_until.year - 1
    keyed = {member.code for member in demo.members if member.part.key}
    playing = {member.code for member in demo.members if member.part.rules}
    findings = Finding.objects.filter(term=term, state=FindingState.OPEN).order_by("pk")
    for finding in findings:
        undecided = last_year and rng.random() < UNDECIDED_SHARE
        let_go = finding.outcome in DISMISSALS and rng.random() < DISMISSED_SHARE
        if undecided and finding.subject_key not in keyed:
            continue
        dismissed = let_go and finding.subject_key not in playing
        decide_finding(
            finding=finding,
            state=FindingState.DISMISSED if dismissed else FindingState.CONFIRMED,
            reason=DISMISSALS[Outcome(finding.outcome)] if dismissed else CONFIRMED,
            actor=actor,
            at=moment(workbook.day + timedelta(days=6)),
            seen_version=finding.version,
        )
