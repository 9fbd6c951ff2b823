"""述职报告, 年度履职报告 and 届末履职报告 on paper."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime

from django.template.loader import render_to_string

from accounts.models import User
from core.letters import print_letter
from dossiers.choices import HandInKind
from dossiers.models import DutyPaper
from dossiers.selectors.papers import REPORT_KINDS
from reporting.choices import FormKind
from reporting.exporters.packages import file_name
from reporting.exporters.single import FormFile, NoSuchFormError, single_form
from reporting.services import record_export

#: A line that heads what follows: 一、… or 1．…, without a full stop.
HEADING = re.compile(r"^(?:[一二三四五六七八九十]+、|\d{1,2}[.．])[^。；]{1,40}$")
FORMS = {
    HandInKind.ANNUAL_RETURN: FormKind.ANNUAL_RETURN,
    HandInKind.PERFORMANCE_FORM: FormKind.PERFORMANCE_FORM,
}


@dataclass(frozen=True)
class ReportLine:
    text: str

    @property
    def is_heading(self) -> bool:
        return bool(HEADING.match(self.text))


def report_pdf(paper: DutyPaper) -> bytes:
    """The written report as a letter is set; the same text gives the same bytes."""
    lines = [ReportLine(line.strip()) for line in paper.text.splitlines() if line.strip()]
    title = f"{paper.campaign.year}年度{paper.get_kind_display().removeprefix('年度')}"
    if paper.kind == HandInKind.TERM_DUTY_REPORT:
        title = f"{paper.member.term.name}{paper.get_kind_display()}"
    context = {"paper": paper, "lines": lines, "title": title}
    return print_letter(render_to_string("reporting/duty_report.html", context))


def paper_file(
    *, paper: DutyPaper, ending: str, actor: User, at: datetime, today: date
) -> FormFile:
    """Any paper of a campaign as it prints for the actor; the export is written down.

    The caller has made sure that the actor may read it. Raises NoSuchFormError.
    """
    if paper.kind not in REPORT_KINDS:
        return single_form(
            member=paper.member,
            year=paper.campaign.year,
            kind=FORMS[HandInKind(paper.kind)],
            ending=ending,
            actor=actor,
            at=at,
            today=today,
        )
    if ending != "pdf":
        raise NoSuchFormError(f"{paper.get_kind_display()}只有 PDF。")
    content = report_pdf(paper)
    label = f"{paper.member.person.name}{paper.campaign.year}年度{paper.get_kind_display()}"
    record_export(
        actor=actor,
        at=at,
        label=label,
        file_format=ending,
        files=1,
        members=1,
        sha256=hashlib.sha256(content).hexdigest(),
        obj=paper.member,
    )
    return FormFile(f"{file_name(f'{paper.member.code}_{label}')}.{ending}", content)
