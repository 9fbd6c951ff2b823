"""The typefaces of paper: cut once to what forms need, as TrueType outlines, and kept.

A whole Noto CJK face costs every document a second look at 65,000 glyphs; a cut one does not.
Each role (正文, 标签, 标题) has a *core* of everyday characters and *blocks* of 256 code points
made when a rare character is first met, so that a form's bytes depend on its own characters and
the source fonts alone.
"""

import fcntl
import hashlib
import io
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import uharfbuzz
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, newTable

from core.refusals import RefusalError

#: Part of every file name: a new way of cutting makes new files.
RECIPE = "1"
BLOCK = 256
#: Largest deviation of a TrueType curve from the original one, in thousandths of the em.
TOLERANCE = 1.0
PUNCTUATION = "　、。〃〈〉《》「」『』【】〔〕〖〗〓·—‘’“”…※×÷±℃‰№①②③④⑤⑥⑦⑧⑨⑩㈠㈡㈢Ⅰ Ⅱ Ⅲ Ⅳ Ⅴ！（），－．／：；？￥％＋＝＠～０１２３４５６７８９"
ASCII = "".join(map(chr, range(0x20, 0x7F)))
#: Printed where no font has the character, as Chinese typesetters always did.
MISSING = "〓"


class FontUnavailableError(RefusalError):
    """A font the forms are set in is not installed."""


@dataclass(frozen=True)
class Source:
    """One face of an installed font file."""

    path: Path
    index: int = 0

    @cached_property
    def digest(self) -> str:
        """Of size and date rather than of 25 MB: a font package replaces its files whole."""
        stat = self.path.stat()
        text = f"{self.path.name}\n{self.index}\n{stat.st_size}\n{int(stat.st_mtime)}\n{RECIPE}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @cached_property
    def face(self) -> uharfbuzz.Face:
        return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(self.path)), self.index)

    @cached_property
    def _codepoints(self) -> frozenset[int]:
        return frozenset(self.face.unicodes)

    def prints(self, character: str) -> bool:
        """Whether there is a glyph with ink in it (some fonts carry empty ones)."""
        if ord(character) not in self._codepoints:
            return False
        if character.isspace():
            return True
        font = self._font
        extents = font.get_glyph_extents(font.get_nominal_glyph(ord(character)))
        return extents is not None and extents.width != 0 and extents.height != 0

    @cached_property
    def _font(self) -> uharfbuzz.Font:
        return uharfbuzz.Font(self.face)


@dataclass(frozen=True)
class Role:
    """What a typeface is for. `office_names` are looked for among the fonts the office owns."""

    family: str
    fallback: str
    weight: str
    everyday: str
    office_names: tuple[str, ...]


def gb2312(first_row: int, last_row: int) -> str:
    """Characters of the rows of GB/T 2312: 16-55 the commonest, 56-87 the less common."""
    found = []
    for row in range(first_row, last_row + 1):
        for cell in range(1, 95):
            try:
                found.append(bytes([row + 0xA0, cell + 0xA0]).decode("gb2312"))
            except UnicodeDecodeError:  # the last row of the commonest is not full
                continue
    return "".join(found)


COMMONEST = ASCII + PUNCTUATION + gb2312(16, 55)
TEXT = Role(
    "FormText", "Noto Serif CJK SC", "Regular", COMMONEST + gb2312(56, 87), ("FangSong", "仿宋")
)
LABEL = Role("FormLabel", "Noto Sans CJK SC", "Regular", COMMONEST, ("SimHei", "黑体"))
TITLE = Role("FormTitle", "Noto Serif CJK SC", "Bold", COMMONEST, ("XiaoBiaoSong", "小标宋"))
ROLES = (TEXT, LABEL, TITLE)
OFFICE_FOLDER = "office"


@dataclass(frozen=True)
class Cut:
    """A cut font file under the family name it is used by."""

    family: str
    path: Path


class FontShelf:
    """The cut fonts kept in a folder; `office/` in it holds fonts the office owns.

    Office fonts come before the packaged ones; what they lack is taken from these.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources: Mapping[Role, tuple[Source, ...]] = {
            role: (*office_sources(role, folder / OFFICE_FOLDER), packaged_source(role))
            for role in ROLES
        }

    @cached_property
    def digest(self) -> str:
        """Changes with any source font."""
        parts = [source.digest for role in ROLES for source in self.sources[role]]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    @cached_property
    def _everyday(self) -> frozenset[str]:
        return frozenset(COMMONEST)

    def unprintable(self, characters: Iterable[str]) -> set[str]:
        """Those that no typeface for text can print."""
        return {
            character
            for character in set(characters) - self._everyday
            if not any(source.prints(character) for source in self.sources[TEXT])
        }

    def cuts(self, characters: Iterable[str], *, titles: Iterable[str] = ()) -> list[Cut]:
        """Font files that together print the texts and the titles, made where missing.

        Labels are our own words and need the everyday characters only.
        """
        wanted = {TEXT: set(characters), LABEL: set(), TITLE: set(titles)}
        return [cut for role in ROLES for cut in self._cuts_of(role, wanted[role])]

    def _cuts_of(self, role: Role, wanted: set[str]) -> Iterator[Cut]:
        everyday = set(role.everyday)
        for position, source in enumerate(self.sources[role]):
            name = f"{role.family}-{source.digest}"
            family = _family(role, position)
            yield Cut(family, self._cut(source, f"{name}.ttf", everyday))
            for block in sorted({ord(character) // BLOCK for character in wanted - everyday}):
                rare = {
                    character
                    for character in map(chr, range(block * BLOCK, (block + 1) * BLOCK))
                    if character not in everyday and source.prints(character)
                }
                if rare & wanted:
                    # A family of its own: the engine tells embedded fonts apart by family.
                    path = self._cut(source, f"{name}-{block:x}.ttf", rare)
                    yield Cut(f"{family}-{block:x}", path)

    def _cut(self, source: Source, name: str, characters: set[str]) -> Path:
        path = self.folder / name
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            with _alone(self.folder / f".{name}.lock"):
                if not path.exists():
                    draft = path.with_suffix(f".{os.getpid()}")
                    draft.write_bytes(cut_font(source, characters))
                    draft.replace(path)
        return path


def _family(role: Role, position: int) -> str:
    return f"{role.family}{position}" if position else role.family


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process at a time cuts a font; the others wait and then find it."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def office_sources(role: Role, folder: Path) -> Iterator[Source]:
    """Fonts for this role among the files the office put into the folder."""
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.suffix.lower() in {".ttf", ".otf", ".ttc"}:
            for index, names in enumerate(_names(path)):
                if any(wanted in name for wanted in role.office_names for name in names):
                    yield Source(path, index)
                    break


def _names(path: Path) -> Iterator[set[str]]:
    """Every name each face of the file goes by."""
    collection = path.suffix.lower() == ".ttc"
    fonts = TTCollection(path, lazy=True).fonts if collection else [TTFont(path, lazy=True)]
    for font in fonts:
        yield {str(record) for record in font["name"].names if record.nameID in {1, 4, 6, 16}} | {
            path.stem
        }


@cache
def packaged_source(role: Role) -> Source:
    """The installed font of the role; raises FontUnavailableError where it is not there."""
    pattern = f"{role.fallback}:style={role.weight}"
    try:
        answer = subprocess.run(  # noqa: S603 -- fixed arguments, nothing from outside
            ["fc-match", "--format", "%{family}\t%{style}\t%{index}\t%{file}", pattern],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise FontUnavailableError(
            "无法查询系统字体，请运行 scripts/setup 补装 fontconfig。"
        ) from error
    family, style, index, path = answer.split("\t")
    if role.fallback not in family.split(",") or role.weight not in style:
        raise FontUnavailableError(
            f"系统缺少字体 {role.fallback} {role.weight}，请运行 scripts/setup 补装 fonts-noto-cjk。"
        )
    return Source(Path(path), int(index))


def cut_font(source: Source, characters: Iterable[str]) -> bytes:
    """A font file of these characters with TrueType outlines and nothing else.

    uharfbuzz cuts in a tenth of a second what takes fontTools half a minute; the same input
    gives the same bytes.
    """
    wanted = uharfbuzz.SubsetInput()
    wanted.sets(uharfbuzz.SubsetInputSets.UNICODE).update({ord(c) for c in characters})
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING | uharfbuzz.SubsetFlags.NO_LAYOUT_CLOSURE
    cut = uharfbuzz.subset(source.face, wanted)
    font = TTFont(io.BytesIO(cut.blob.data), recalcTimestamp=False)
    if "CFF " in font:
        _to_truetype(font)
    for table in ("GSUB", "GPOS", "BASE", "VORG", "vhea", "vmtx"):
        if table in font:
            del font[table]
    stream = io.BytesIO()
    font.save(stream)
    return stream.getvalue()


def _to_truetype(font: TTFont) -> None:
    """Quadratic outlines in place of cubic ones: WeasyPrint embeds them several times smaller."""
    order, outlines = font.getGlyphOrder(), font.getGlyphSet()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(outlines)
        outlines[name].draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    table = font["glyf"] = newTable("glyf")
    table.glyphOrder, table.glyphs = order, glyphs
    for glyph in glyphs.values():
        glyph.recalcBounds(table)
    del font["CFF "]
    maxima = font["maxp"]
    maxima.tableVersion = 0x00010000
    for name in (
        "maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
        "maxStackElements", "maxSizeOfInstructions", "maxComponentElements",
    ):  # fmt: skip
        setattr(maxima, name, 1 if name == "maxZones" else 0)
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"
