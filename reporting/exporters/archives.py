"""Frozen copies of a campaign's papers: laid out as their forms are, printed, and stored."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from core.bulk import among
from dossiers.choices import HandInKind, PaperState
from dossiers.models import Campaign, DutyPaper, PaperArchive
from dossiers.selectors.papers import REPORT_KINDS, audience_date
from dossiers.services.campaigns import settle_archive
from members.models import Member
from reporting.exporters.duty_report import FORMS, report_pdf
from reporting.exporters.layout import CellKind, FormSheet, form_sheets
from reporting.exporters.paper import form_printer
from reporting.selectors.archives import ArchiveDamagedError, archived_pdf
from reporting.selectors.forms import duty_forms
from reporting.services.archives import NotArchivableError, refuse_rearchive, store_archive

Progress = Callable[[int, int], None]
#: Cells that name others.
HEADINGS = {CellKind.LABEL, CellKind.HEAD}


@dataclass(frozen=True)
class Archived:
    """`left_out`: papers no form could be made for, each with its reason."""

    stored: int
    left_out: tuple[str, ...]


def archive_papers(
    *, campaign: Campaign, actor: User | None, at: datetime, progress: Progress | None = None
) -> Archived:
    """Freezes every verified paper of the campaign; what is frozen already stays as it is, so the
    work may be broken off and gone on with.
    """
    papers = list(_papers(DutyPaper.objects.filter(campaign=campaign, state=PaperState.VERIFIED)))
    tell = progress or _in_silence
    left_out = []
    stored = 0
    sheets = _sheets(campaign, papers, timezone.localdate(at))
    _print_ahead(list(sheets.values()), lambda done, total: tell(done, 2 * max(total, 1)))
    for number, paper in enumerate(papers, start=1):
        try:
            data, pdf = frozen(paper, sheets)
        except NotArchivableError as refusal:
            left_out.append(str(refusal))
            continue
        store_archive(paper=paper, data=data, pdf=pdf, actor=actor, at=at)
        stored += 1
        tell(len(papers) + number, 2 * len(papers))
    settle_archive(campaign=campaign, actor=actor, at=at)
    return Archived(stored, tuple(left_out))


def rearchive_paper(*, paper: DutyPaper, reason: str, actor: User, at: datetime) -> PaperArchive:
    """A further number of an archived paper, from the records as they are now.

    Raises NotArchivableError or ReasonMissingError.
    """
    paper = _papers(DutyPaper.objects.filter(pk=paper.pk)).get()
    refuse_rearchive(paper=paper, reason=reason)
    campaign = paper.campaign
    sheets = _sheets(campaign, [paper], timezone.localdate(at))
    data, pdf = frozen(paper, sheets)
    return store_archive(paper=paper, data=data, pdf=pdf, reason=reason, actor=actor, at=at)


Sheets = Mapping[tuple[int, str], FormSheet]


def frozen(paper: DutyPaper, sheets: Sheets) -> tuple[dict[str, Any], bytes]:
    """The paper as laid out, and its PDF. Raises NotArchivableError."""
    if paper.kind in REPORT_KINDS:
        return _report_data(paper), report_pdf(paper)
    sheet = sheets.get((paper.member_id, paper.kind))
    if sheet is None:
        raise NotArchivableError(
            f"{paper}：年底已不在任或不是常委，没有这份表册，请退回或重新审核。"
        )
    return sheet_data(sheet), form_printer().print_sheet(sheet)


def _papers(rows: Any) -> Any:
    return rows.select_related(
        "campaign__term__assembly", "member__person", "member__sector", "member__term"
    ).order_by("member__code", "kind")


def _sheets(campaign: Campaign, papers: Sequence[DutyPaper], today: date) -> Sheets:
    """The forms of all these members, in the number of queries one takes."""
    wanted = {paper.member_id for paper in papers if paper.kind not in REPORT_KINDS}
    if not wanted:
        return {}
    members = Member.objects.filter(pk__in=among(wanted))
    forms = duty_forms(
        term=campaign.term,
        year=campaign.year,
        on=audience_date(campaign, today),
        today=today,
        members=members,
        viewer=None,
    )
    kinds = {form: kind for kind, form in FORMS.items()}
    asked = {(paper.member_id, paper.kind) for paper in papers}
    found = {
        (form.member_id, HandInKind(kinds[sheet.kind]).value): sheet
        for form in forms
        for sheet in form_sheets(form)
    }
    return {key: sheet for key, sheet in found.items() if key in asked}


def _print_ahead(sheets: Sequence[FormSheet], progress: Progress) -> None:
    """Many at once on every processor; each is then found where it is kept."""
    if sheets:
        form_printer().print_sheets(sheets, processes=os.cpu_count() or 1, progress=progress)


def sheet_data(sheet: FormSheet) -> dict[str, Any]:
    return {
        "title": list(sheet.title),
        "subtitle": sheet.subtitle,
        "code": sheet.code,
        "member": sheet.member,
        "rows": [[_cell_data(cell) for cell in row] for row in sheet.rows],
    }


def _cell_data(cell: Any) -> dict[str, Any]:
    data = {"kind": str(cell.kind.value), "lines": list(cell.lines)}
    return data | ({"picture": cell.picture.digest} if cell.picture else {})


def _report_data(paper: DutyPaper) -> dict[str, Any]:
    return {
        "title": [paper.get_kind_display()],
        "subtitle": f"（{paper.campaign.year}年度）",
        "code": paper.member.code,
        "member": paper.member.person.name,
        "text": paper.text.splitlines(),
    }


@dataclass(frozen=True)
class KeptCopies:
    """The frozen copies of a paper, the latest first, and what that one says; `damage` where it
    does not agree with its digest, and then nothing of it.
    """

    copies: Sequence[PaperArchive]
    rows: Sequence[tuple[str, list[str]]]
    damage: str


def kept_copies(paper: DutyPaper) -> KeptCopies:
    copies = list(paper.archives.select_related("paper__member__person", "paper__campaign"))
    try:
        for copy in copies[:1]:
            archived_pdf(copy)
    except ArchiveDamagedError as refusal:
        return KeptCopies(copies, (), str(refusal))
    rows = [row for copy in copies[:1] for row in shown_rows(copy.data)]
    return KeptCopies(copies, [(label, lines) for label, lines in rows if label or lines], "")


def shown_rows(data: Mapping[str, Any]) -> Iterable[tuple[str, list[str]]]:
    """(label, lines) of a frozen copy, as a page lists them; a number stands by its heading."""
    if "text" in data:
        return [("正文", list(data["text"]))]
    rows: list[tuple[str, list[str]]] = []
    above: list[str] = []
    for row in data["rows"]:
        heads = ["".join(cell["lines"]) for cell in row if cell["kind"] in HEADINGS]
        values = [cell["lines"] for cell in row if cell["kind"] not in HEADINGS]
        if not values:
            above = heads
        elif any(cell["kind"] == CellKind.NUMBER for cell in row):
            columns, title = above[-len(values) :], above[: -len(values)]
            told = zip(columns, values, strict=True)
            rows.append((_named(title + heads), [f"{name}：{''.join(n)}" for name, n in told]))
        else:
            rows.append((_named(heads), [line for lines in values for line in lines]))
    return rows


def _named(heads: Iterable[str]) -> str:
    return "　".join(filter(None, heads))


def _in_silence(done: int, total: int) -> None:
    """Nobody waits for progress."""
