"""HTML to PDF: one font configuration and one parsed stylesheet a process, no reading about.

Imports nothing of Django, so that a printing process starts with little.
"""

import gc
import logging
import multiprocessing
import os
import zlib
from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from xml.etree import ElementTree

from cssselect2 import ElementWrapper
from weasyprint import CSS, HTML, Document
from weasyprint.text.ffi import harfbuzz_subset
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from core.refusals import RefusalError

#: WeasyPrint tells of every address it was refused; that is for the log of an administrator.
logging.getLogger("weasyprint").setLevel(logging.ERROR)


#: A picture written out in the page: it leads nowhere.
OWN_PICTURE = "data:image/png;base64,"

#: Documents between two searches for garbage; each leaves little.
TIDIED_AFTER = 25


class ForbiddenAddressError(ValueError):
    """Something in a document asked for a file or an address."""


class PressUnavailableError(RefusalError):
    """A system library without which printing is a hundred times slower."""


@dataclass(frozen=True)
class Style:
    """A stylesheet and the font files it names; every tag used is given its `display`."""

    css: str
    fonts: tuple[Path, ...]


class PackagedOnly(URLFetcher):
    """Reads the font files of the stylesheet and the pictures the document itself holds, and
    nothing else, whatever it asks for.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        super().__init__()
        self._files = {path.as_uri(): path for path in files}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith(OWN_PICTURE):
            return URLFetcherResponse(
                url, b64decode(url.removeprefix(OWN_PICTURE)), {"Content-Type": "image/png"}
            )
        path = self._files.get(url)
        if path is None:
            raise ForbiddenAddressError(url)
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})


class PlainHTML(HTML):
    """A document that looks as the stylesheet of its press says, and no other way.

    The engine's own stylesheet knows every tag of HTML. To try its rules on each element, and to
    compute the list markers and footnotes it provides for all of them, takes a tenth of the time.
    Our own pages are well-formed, and read as XML in no time; anything else is read as the engine
    reads it, which takes another tenth.
    """

    def __init__(self, page: str, url_fetcher: URLFetcher) -> None:
        try:
            root = ElementTree.fromstring(page)  # noqa: S314 -- written by our own template
        except ElementTree.ParseError:
            super().__init__(string=page, url_fetcher=url_fetcher)
            return
        self.base_url, self.url_fetcher, self.media_type = None, url_fetcher, "print"
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
        return []


def pack(document: Document, pdf: Any) -> None:
    """Compresses streams as zlib usually does: the engine's utmost saves 1 in 200 for twice the time."""
    for item in pdf.objects:
        if getattr(item, "compress", False):
            item.compress = False
            plain = item.data.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
            item.stream = [zlib.compress(plain)]
            item.extra["Filter"] = "/FlateDecode"


def fast_subsetting() -> bool:
    """Whether libharfbuzz-subset is there; without it every file takes 15 seconds."""
    return bool(harfbuzz_subset)


def ensure_fast_subsetting() -> None:
    if not fast_subsetting():
        raise PressUnavailableError(
            "缺少系统库 libharfbuzz-subset0，打印将慢上百倍；请运行 scripts/setup 补装。"
        )


class Press:
    """Prints with one style. The engine is not safe for threads; a press prints one at a time."""

    def __init__(self, style: Style) -> None:
        ensure_fast_subsetting()
        self._fonts = FontConfiguration()
        self._reader = PackagedOnly(style.fonts)
        self._styles = [CSS(string=style.css, font_config=self._fonts, url_fetcher=self._reader)]
        self._turn = Lock()
        self._printed = 0
        self.print("<p>预热")

    def print(self, html: str) -> bytes:
        with self._turn, self._undisturbed():
            return self._lay_out(html).write_pdf(finisher=pack)

    def bind(self, htmls: Sequence[str]) -> bytes:
        """One PDF of many documents, each with page numbers of its own."""
        with self._turn, self._undisturbed():
            documents = [self._lay_out(html) for html in htmls]
            pages = [page for document in documents for page in document.pages]
            return documents[0].copy(pages).write_pdf(finisher=pack)

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        """Looks for garbage between documents, not a hundred times within each: a fifth faster."""
        gc.disable()
        try:
            yield
        finally:
            gc.enable()
            self._printed += 1
            if self._printed % TIDIED_AFTER == 0:
                gc.collect()

    def _lay_out(self, html: str) -> Document:
        source = PlainHTML(html, self._reader)
        return source.render(stylesheets=self._styles, font_config=self._fonts)


@lru_cache(maxsize=2)
def press_for(style: Style) -> Press:
    return Press(style)


def start_printing_process(style: Style) -> None:
    """Warms up, and makes sure that no process goes on alone when its parent is killed."""
    Thread(target=_leave_with_parent, daemon=True).start()
    press_for(style)
    # What is here now stays to the end: no search for garbage need look at it again.
    gc.collect()
    gc.freeze()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def print_to(style: Style, html: str, path: Path) -> None:
    """Prints to a file that appears whole or not at all."""
    draft = path.with_suffix(f".{os.getpid()}.part")
    draft.write_bytes(press_for(style).print(html))
    draft.replace(path)


def print_many(style: Style, work: Sequence[tuple[str, Path]]) -> int:
    """Prints a batch in this process; returns how many."""
    for html, path in work:
        print_to(style, html, path)
    return len(work)
