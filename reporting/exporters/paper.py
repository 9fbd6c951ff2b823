"""Forms on paper: grid to HTML to PDF, each kept under the digest of what it says.

A form whose facts, template and fonts are unchanged is never printed twice.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, pairwise
from pathlib import Path
from string import Template

import weasyprint
from django.conf import settings
from django.template.loader import get_template, render_to_string

from core.fonts import LABEL, MISSING, TEXT, TITLE, FontShelf, Role
from reporting.exporters import press
from reporting.exporters.flow import LABEL_PADDING, TEXT_PADDING, ems_of, lines_needed
from reporting.exporters.kept import KeptFiles, kept_files, source_digest
from reporting.exporters.layout import Cell, CellKind, FormSheet

TEMPLATES = tuple(f"reporting/forms/{name}" for name in ("form.html", "_rows.html"))
STYLESHEET = "reporting/forms/form.css"
#: Sheets a printing process takes at a time.
BATCH = 25
#: Fewer than this are printed here: starting other processes would take longer.
WORTH_SHARING = 12
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class MissingGlyphs:
    """Characters of a member's form that no installed font has; printed as 〓."""

    code: str
    name: str
    characters: str

    def __str__(self) -> str:
        listed = " ".join(f"{character}（U+{ord(character):04X}）" for character in self.characters)
        return f"{self.code} {self.name}：字体中没有这些字，表中印作“{MISSING}”：{listed}"


@dataclass(frozen=True)
class PaperRow:
    classes: str
    cells: tuple[Cell, ...]

    @property
    def breaks(self) -> bool:
        """Whether a page may end within the row."""
        return "whole" not in self.classes


class FormPrinter:
    """Prints sheets and keeps them."""

    def __init__(self, shelf: FontShelf, kept: KeptFiles) -> None:
        self.shelf = shelf
        self.kept = kept

    def print_sheet(self, sheet: FormSheet) -> bytes:
        """One form, here and now."""
        return self.print_sheets([sheet], processes=1)[0].read_bytes()

    def print_sheets(
        self, sheets: Sequence[FormSheet], *, processes: int, progress: Progress | None = None
    ) -> list[Path]:
        """The files of the sheets, in their order; only those that changed are printed."""
        paths = [self._path(sheet) for sheet in sheets]
        missing = {
            path: sheet for path, sheet in zip(paths, sheets, strict=True) if not path.exists()
        }
        done = len(sheets) - len(missing)
        tell = progress or _in_silence
        tell(done, len(sheets))
        for printed in self._print(missing, processes) if missing else ():
            done += printed
            tell(done, len(sheets))
        for path in paths:
            os.utime(path)
        return paths

    def bind(self, sheets: Sequence[FormSheet]) -> bytes:
        """One PDF of all the sheets; page numbers restart with each."""
        wording = self._wording(sheets)
        return press.press_for(wording.style).bind([wording.html(sheet) for sheet in sheets])

    def missing_glyphs(self, sheets: Iterable[FormSheet]) -> list[MissingGlyphs]:
        """Members whose forms hold characters that cannot be printed."""
        sheets = list(sheets)
        lacking = self.shelf.unprintable(characters_of(sheets))
        if not lacking:
            return []
        found: dict[tuple[str, str], set[str]] = {}
        for sheet in sheets:
            if theirs := characters_of([sheet]) & lacking:
                found.setdefault((sheet.code, sheet.member), set()).update(theirs)
        return [
            MissingGlyphs(code, name, "".join(sorted(characters)))
            for (code, name), characters in found.items()
        ]

    def _print(self, missing: Mapping[Path, FormSheet], processes: int) -> Iterator[int]:
        """Yields how many were printed, batch by batch."""
        press.ensure_fast_subsetting()
        wording = self._wording(missing.values())
        for path in missing:
            self.kept.make_room(path)
        work = [(wording.html(sheet), path) for path, sheet in missing.items()]
        alone = processes == 1 or len(work) < WORTH_SHARING
        # A child of a daemonic process may have no children: there the work is done in place.
        if alone or multiprocessing.current_process().daemon:
            for item in work:
                yield press.print_many(wording.style, [item])
            return
        size = min(BATCH, -(-len(work) // (processes * 4)))
        batches = [work[start : start + size] for start in range(0, len(work), size)]
        with ProcessPoolExecutor(
            max_workers=processes,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=press.start_printing_process,
            initargs=(wording.style,),
        ) as pool:
            tasks = [pool.submit(press.print_many, wording.style, batch) for batch in batches]
            try:
                yield from (task.result() for task in as_completed(tasks))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _wording(self, sheets: Iterable[FormSheet]) -> "Wording":
        sheets = list(sheets)
        used = characters_of(sheets)
        lacking = self.shelf.unprintable(used)
        cuts = self.shelf.cuts(
            (used - lacking) | {MISSING}, titles={c for sheet in sheets for c in sheet.name}
        )
        stacks = {
            role: _stack(role, [cut.family for cut in cuts], self.shelf)
            for role in (TEXT, LABEL, TITLE)
        }
        faces = "".join(
            f'@font-face {{ font-family: {cut.family}; src: url("{cut.path.as_uri()}") }}\n'
            for cut in cuts
        )
        sheet = Template(stylesheet()).substitute(
            text=stacks[TEXT], label=stacks[LABEL], title=stacks[TITLE]
        )
        style = press.Style(faces + sheet, tuple(cut.path for cut in cuts))
        return Wording(style, {ord(character): MISSING for character in lacking})

    def _path(self, sheet: FormSheet) -> Path:
        return self.kept.path(template_digest(), self.shelf.digest, repr(sheet), ending=".pdf")


@dataclass(frozen=True)
class Wording:
    """How a batch is dressed: its style, and what stands for characters no font has."""

    style: press.Style
    substitutes: Mapping[int, str]

    def html(self, sheet: FormSheet) -> str:
        heading = [_row(cells) for cells in sheet.rows[: sheet.heading_rows]]
        body = list(paper_rows(sheet))
        context = {
            "sheet": sheet,
            "columns": [(width, len(list(run))) for width, run in groupby(sheet.widths)],
            "heading": heading,
            "body": body,
            "whose": _whose(sheet),
        }
        html = render_to_string(TEMPLATES[0], context)
        return html.translate(self.substitutes) if self.substitutes else html


def _whose(sheet: FormSheet) -> str:
    """The heading in one line, for the pages after the first: 姓名：… 党派：…"""
    cells = [cell for row in sheet.rows[: sheet.heading_rows] for cell in row]
    return "　".join(
        f"{''.join(label.lines)}：{value.lines[0]}"
        for label, value in pairwise(cells)
        if label.kind == CellKind.LABEL and value.kind == CellKind.VALUE
    )


@lru_cache(maxsize=1)
def form_printer() -> FormPrinter:
    """The printer of this installation, its fonts looked up once a process."""
    return FormPrinter(FontShelf(settings.FONTS_DIR), kept_files())


def _in_silence(done: int, total: int) -> None:
    """Nobody waits for progress."""


def _stack(role: Role, families: Sequence[str], shelf: FontShelf) -> str:
    """A CSS font list: the role's own, then its rare blocks, then the installed font."""
    own = [family for family in families if family.startswith(role.family)]
    return ", ".join([*dict.fromkeys(own), f'"{role.fallback}"'])


@lru_cache(maxsize=1)
def stylesheet() -> str:
    return Path(get_template(STYLESHEET).origin.name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def template_digest() -> str:
    """Of everything but the facts and the fonts that decides how a form comes out."""
    templates = [get_template(name).origin.name for name in (*TEMPLATES, STYLESHEET)]
    return f"{weasyprint.__version__} {source_digest(*templates)}"


def characters_of(sheets: Iterable[FormSheet]) -> set[str]:
    found: set[str] = set()
    for sheet in sheets:
        found.update(sheet.name, sheet.subtitle, sheet.member)
        for row in sheet.rows:
            for cell in row:
                for line in cell.lines:
                    found.update(line)
    return found


# Flowing over pages -------------------------------------------------------------------------
#: A row is kept on one page up to this many lines more than its label is high.
KEPT_TOGETHER = 4


def paper_rows(sheet: FormSheet) -> Iterator[PaperRow]:
    """The rows of the body as they stand on paper; rows under one label keep to one page."""
    spanned = 0
    for cells in sheet.rows[sheet.heading_rows :]:
        if cells[-1].kind == CellKind.TEXT:
            yield from _flowing(sheet, cells)
            continue
        under = spanned > 0
        spanned = max(spanned - 1, *(cell.rows - 1 for cell in cells))
        yield _row(cells, under=under, goes_on=spanned > 0)


def _flowing(sheet: FormSheet, cells: tuple[Cell, ...]) -> Iterator[PaperRow]:
    """A label and its records.

    They stand in two rows without a line between: as many as the label is high, kept together
    with it, and the rest, which may break at a page's end after any line.
    """
    label, text = cells
    if not text.lines:
        yield PaperRow("whole roomy", cells)
        return
    text_width = ems_of(sheet.widths[1:], TEXT_PADDING)
    heights = [lines_needed(line, text_width) for line in text.lines]
    label_width = int(ems_of(sheet.widths[:1], LABEL_PADDING))
    label_height = sum(lines_needed(line, label_width) for line in label.lines)
    enough = label_height + KEPT_TOGETHER
    count = _first_part(heights, label_height, enough)
    kept = "whole" if sum(heights[:count]) <= enough else ""
    if count == len(heights):
        yield PaperRow(kept, cells)
        return
    yield PaperRow(f"{kept} begun with-next", (label, replace(text, lines=text.lines[:count])))
    blank = Cell(CellKind.VALUE, ("",))
    yield PaperRow("rest", (blank, replace(text, lines=text.lines[count:])))


def _first_part(heights: Sequence[int], label_height: int, enough: int) -> int:
    """How many paragraphs stand beside the label: all where they fit, else as few as it needs."""
    if sum(heights) <= enough:
        return len(heights)
    total = 0
    for count, height in enumerate(heights, start=1):
        total += height
        if total >= label_height:
            return count
    return len(heights)


def _row(cells: tuple[Cell, ...], *, under: bool = False, goes_on: bool = False) -> PaperRow:
    """`under` a label that began above; `goes_on`: one reaches into the next row."""
    marks = {"whole": True, "under": under, "with-next": goes_on}
    return PaperRow(" ".join(mark for mark, holds in marks.items() if holds), cells)
