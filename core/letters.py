"""Letters on paper: any page of HTML that extends `core/letter.html` becomes a PDF.

The page is laid out with our own style and cut fonts; whatever address its text names is never
asked for.
"""

import logging
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from string import Template
from threading import Lock

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from core.fonts import LABEL, MISSING, TEXT, TITLE, Cut, FontShelf, Role

STYLESHEET = "core/letter.css"

#: WeasyPrint tells of every address it was refused; that is for the log of an administrator.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
#: The engine is not safe for threads.
_turn = Lock()


class ForbiddenAddressError(ValueError):
    """Something in a letter asked for a file or an address."""


class FontsOnly(URLFetcher):
    """Reads the font files of the stylesheet and nothing else, whatever a letter asks for."""

    def __init__(self, files: Iterable[Path]) -> None:
        super().__init__()
        self._files = {path.as_uri(): path for path in files}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        path = self._files.get(url)
        if path is None:
            raise ForbiddenAddressError(url)
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})


def print_letter(html: str, *, stylesheet: str = STYLESHEET) -> bytes:
    """The PDF of a page; characters that no font has are printed as 〓.

    The same page gives the same bytes. Raises FontUnavailableError.
    """
    page, cuts = _printable(html)
    with _turn:
        style, fonts, reader = _dress(cuts, stylesheet)
        source = HTML(string=page, url_fetcher=reader)
        return source.write_pdf(stylesheets=[style], font_config=fonts)


def _printable(html: str) -> tuple[str, tuple[Cut, ...]]:
    """The page without characters that no font has, and the cut fonts for the others."""
    shelf = _shelf()
    lacking = shelf.unprintable(mark for mark in html if not mark.isspace())
    page = html.translate({ord(character): MISSING for character in lacking})
    return page, tuple(shelf.cuts(set(page) | {MISSING}, titles=set(page)))


@lru_cache(maxsize=1)
def _shelf() -> FontShelf:
    """The fonts of this installation, looked up once a process."""
    return FontShelf(settings.FONTS_DIR)


@lru_cache(maxsize=4)
def _dress(cuts: tuple[Cut, ...], stylesheet: str) -> tuple[CSS, FontConfiguration, FontsOnly]:
    """The style over these font files, parsed once a process."""
    fonts, reader = FontConfiguration(), FontsOnly(cut.path for cut in cuts)
    faces = "".join(
        f'@font-face {{ font-family: {cut.family}; src: url("{cut.path.as_uri()}") }}\n'
        for cut in cuts
    )
    css = faces + Template(render_to_string(stylesheet)).substitute(
        text=_stack(TEXT, cuts), label=_stack(LABEL, cuts), title=_stack(TITLE, cuts)
    )
    return CSS(string=css, font_config=fonts, url_fetcher=reader), fonts, reader


def _stack(role: Role, cuts: Iterable[Cut]) -> str:
    """A CSS font list: the role's own, then its rare blocks, then the installed font."""
    own = [cut.family for cut in cuts if cut.family.startswith(role.family)]
    return ", ".join([*dict.fromkeys(own), f'"{role.fallback}"'])
