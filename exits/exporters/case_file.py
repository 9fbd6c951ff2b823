"""案卷: everything about a case as one PDF, in order, with a cover and a list of contents."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models.fields.files import FieldFile
from django.template.loader import render_to_string

from core.binding import NotBindableError, Sheets, bound, sheets_of_pdf, sheets_of_picture
from core.files import attachment_name
from core.letters import print_letter
from exits.citations import citation_of
from exits.models import Case, OfficialPaper
from exits.selectors.cases import steps_of
from exits.selectors.papers import PaperDamagedError, paper_content

TEMPLATE, STYLESHEET, MARKS = "exits/case_file.html", "exits/case_file.css", "exits/case_marks.css"
PICTURES = ("jpg", "jpeg", "png")
#: Pages bound at most; what comes after is named in the contents only.
MOST_PAGES = 1500


@dataclass(frozen=True)
class Part:
    """One thing in the file; without sheets it is only named, `fault` says why."""

    title: str
    on: date
    number: str = ""
    sheets: Sheets | None = None
    digest: str = ""
    fault: str = ""
    page: int = 0


@dataclass(frozen=True)
class CaseFile:
    """`parts` counts what is in it besides the cover."""

    content: bytes
    sha256: str
    parts: int
    pages: int


def case_file(*, case: Case, on: date) -> CaseFile:
    """The whole case (loaded with member, term and assembly) as it stands on the day."""
    parts = _limited([*_papers(case), *_attachments(case)])
    shared = {
        "case": case,
        "citation": citation_of(case.kind, case.ground, case.member.term.rule_pack),
        "on": on,
        "others": _others(case),
        "steps": list(steps_of(case)),
        "opinions": list(case.opinions.order_by("date", "pk")),
        "deliveries": list(case.deliveries.order_by("pk")),
    }
    front, contents = _front(parts, shared)
    volume = [front, *[part.sheets for part in contents if part.sheets]]
    total = sum(len(sheets) for sheets in volume)
    content = bound(volume, marks=_marks(total))
    return CaseFile(content, hashlib.sha256(content).hexdigest(), len(parts), total)


def _front(parts: Sequence[Part], shared: dict[str, Any]) -> tuple[Sheets, list[Part]]:
    """Cover, contents and record; printed anew until the page numbers in it are right."""
    length = 3
    while True:
        contents = _numbered(parts, length)
        total = length + sum(len(part.sheets) for part in parts if part.sheets)
        page = render_to_string(TEMPLATE, shared | {"contents": contents, "total": total})
        front = sheets_of_pdf(print_letter(page, stylesheet=STYLESHEET))
        if len(front) <= length:
            return front, contents if len(front) == length else _numbered(parts, len(front))
        length = len(front)


def _numbered(parts: Sequence[Part], length: int) -> list[Part]:
    page, numbered = length + 1, []
    for part in parts:
        numbered.append(replace(part, page=page if part.sheets else 0))
        page += len(part.sheets) if part.sheets else 0
    return numbered


def _limited(parts: Sequence[Part]) -> list[Part]:
    kept, pages = [], 0
    for part in parts:
        length = len(part.sheets) if part.sheets else 0
        if pages + length > MOST_PAGES:
            kept.append(replace(part, sheets=None, fault=f"案卷超过{MOST_PAGES}页"))
        else:
            kept.append(part)
            pages += length
    return kept


def _marks(total: int) -> bytes:
    """The running numbers, a page each."""
    return print_letter("<section>&nbsp;</section>" * total, stylesheet=MARKS)


def _others(case: Case) -> list[tuple[str, str]]:
    """Cases this one came from and went over to."""
    found = [("由此转来", case.origin)] if case.origin_id else []
    later = Case.objects.filter(origin=case).first()
    found += [("转办", later)] if later else []
    return [(label, f"{one.get_kind_display()}（{one.opened_date}立案）") for label, one in found]


def _papers(case: Case) -> Iterator[Part]:
    for paper in OfficialPaper.objects.filter(case=case).order_by("issued_date", "pk"):
        part = Part(paper.title, paper.issued_date, paper.number, digest=paper.sha256)
        try:
            yield replace(part, sheets=sheets_of_pdf(paper_content(paper)))
        except PaperDamagedError:
            yield replace(part, fault="与印发时的摘要不符")
        except NotBindableError as fault:
            yield replace(part, fault=str(fault))


def _attachments(case: Case) -> Iterator[Part]:
    for step in steps_of(case):
        if step.attachment:
            yield _attachment(step.attachment, f"{step.get_kind_display()}材料", step.date)
    for opinion in case.opinions.order_by("date", "pk"):
        if opinion.attachment:
            name = f"{opinion.get_partner_display()}来文"
            yield _attachment(opinion.attachment, name, opinion.date, opinion.document_number)


def _attachment(file: FieldFile, title: str, on: date, number: str = "") -> Part:
    name = attachment_name(file)
    part = Part(f"{title}：{name}", on, number)
    try:
        with file.open("rb") as opened:
            content = opened.read()
    except FileNotFoundError:
        return replace(part, fault="文件不在了")
    part = replace(part, digest=hashlib.sha256(content).hexdigest())
    ending = name.rpartition(".")[2].lower()
    try:
        if ending == "pdf":
            return replace(part, sheets=sheets_of_pdf(content))
        if ending in PICTURES:
            return replace(part, sheets=sheets_of_picture(content))
    except NotBindableError as fault:
        return replace(part, fault=str(fault))
    return replace(part, fault="不是 PDF 或图片")


def file_name(case: Case, on: date) -> str:
    return f"案卷_{case.member.person.name}_{case.get_kind_display()}_{on:%Y%m%d}.pdf"
