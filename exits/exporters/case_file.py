"""案卷: everything about a case as one PDF, in order, with a cover and a list of contents."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from django.db.models.fields.files import FieldFile
from django.template.loader import render_to_string

from core.binding import NotBindableError, Sheets, bound, sheets_of_pdf, sheets_of_picture
from core.files import attachment_name
from core.letters import print_letter
from exits.choices import Act
from exits.citations import citation_of
from exits.models import Case, CaseOpinion, CaseStep, OfficialPaper
from exits.selectors.basis import basis_of
from exits.selectors.cases import steps_of
from exits.selectors.papers import PaperDamagedError, paper_content

TEMPLATE, STYLESHEET, MARKS = "exits/case_file.html", "exits/case_file.css", "exits/case_marks.css"
PICTURES = ("jpg", "jpeg", "png")
#: Pages bound at most; what comes after is named in the contents only.
MOST_PAGES = 1500
#: Before whatever is known to have been entered.
FIRST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Part:
    """One thing in the file; without sheets it is only named, `fault` says why. `is_statement`:
    what the member attached to their own words.
    """

    title: str
    on: date
    entered: datetime
    number: str = ""
    sheets: Sheets | None = None
    digest: str = ""
    fault: str = ""
    page: int = 0
    is_statement: bool = False


@dataclass(frozen=True)
class Story:
    """What was done in the case, or in the refused order it came from."""

    case: Case
    steps: list[CaseStep]
    opinions: list[CaseOpinion]


@dataclass(frozen=True)
class CaseFile:
    """`parts` counts what is in it besides the cover."""

    content: bytes
    sha256: str
    parts: int
    pages: int


def case_file(*, case: Case, on: date) -> CaseFile:
    """The whole case (loaded with member, term and assembly) as it stands on the day; of one that
    came of a refusal, also the order: its reminders, persuasions, letters and the refusal.
    """
    told = [case.origin, case] if case.origin else [case]
    stories = [Story(one, steps_of(one), list(one.opinions.order_by("date", "pk"))) for one in told]
    found = [part for story in stories for part in (*_papers(story.case), *_attachments(story))]
    parts = _limited(sorted(found, key=lambda part: (part.on, part.entered)))
    shared = {
        "case": case,
        "citation": citation_of(case.kind, case.ground, case.member.term.rule_pack),
        "on": on,
        "others": _others(case),
        "basis": basis_of(case),
        "stories": stories,
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
    """In the order they come; where there is too much, the office's and the departments' papers
    are bound before what the member attached.
    """
    left, kept = MOST_PAGES, dict(enumerate(parts))
    for place, part in sorted(kept.items(), key=lambda item: (item[1].is_statement, item[0])):
        length = len(part.sheets) if part.sheets else 0
        if length > left:
            kept[place] = replace(part, sheets=None, fault=f"案卷超过{MOST_PAGES}页")
        else:
            left -= length
    return list(kept.values())


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
        entered = paper.recorded_at or FIRST
        part = Part(paper.title, paper.issued_date, entered, paper.number, digest=paper.sha256)
        try:
            yield replace(part, sheets=sheets_of_pdf(paper_content(paper)))
        except PaperDamagedError:
            yield replace(part, fault="与印发时的摘要不符")
        except NotBindableError as fault:
            yield replace(part, fault=str(fault))


def _attachments(story: Story) -> Iterator[Part]:
    for step in story.steps:
        if step.attachment:
            title = f"{step.get_kind_display()}材料"
            yield _attachment(
                step.attachment,
                Part(title, step.date, step.entered_at, is_statement=step.kind == Act.ANSWER),
            )
    for opinion in story.opinions:
        if opinion.attachment:
            title, number = f"{opinion.get_partner_display()}来文", opinion.document_number
            yield _attachment(
                opinion.attachment, Part(title, opinion.date, opinion.entered_at, number)
            )


def _attachment(file: FieldFile, part: Part) -> Part:
    name = attachment_name(file)
    part = replace(part, title=f"{part.title}：{name}")
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
