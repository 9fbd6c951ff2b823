"""Hostile files, made here: each is refused quickly, cheaply and in Chinese."""

import random
import stat
import subprocess
import sys
import time
import tracemalloc
import zipfile

import pytest
from django.conf import settings

from core.spreadsheets.reading import WorkbookRefusedError, open_workbook

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
OUTLINE = (
    '<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>'
)
RELATIONS = (
    "<Relationships>"
    '<Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
    '<Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>"
)
SHEET = "<worksheet><sheetData>{}</sheetData></worksheet>"
CELL = '<c r="A1"><v>1</v></c>'
#: Seconds of work on a machine three times as slow as ours, and bytes.
PATIENCE, MEMORY = 6.0, 300 * 1024 * 1024
#: Reads every file named and prints the most memory the process ever took, in KB.
READER = """
import re, sys
from pathlib import Path
from core.spreadsheets.reading import WorkbookRefusedError, open_workbook
for name in sys.argv[1:]:
    try:
        with open_workbook(Path(name)) as workbook:
            for sheet in workbook.sheet_names:
                for row in workbook.rows(sheet):
                    pass
    except WorkbookRefusedError:
        continue
print(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def make(path, rows="", *, more=(), strings="", kind=zipfile.ZIP_DEFLATED):
    """A workbook of one sheet; `more` are further (name, content) parts."""
    with zipfile.ZipFile(path, "w", kind) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("xl/workbook.xml", OUTLINE)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS)
        archive.writestr("xl/worksheets/sheet1.xml", SHEET.format(rows))
        if strings:
            archive.writestr("xl/sharedStrings.xml", strings)
        for name, content in more:
            archive.writestr(name, content)
    return path


def refusal(path):
    """What is said; nothing is said late."""
    began = time.process_time()
    with pytest.raises(WorkbookRefusedError) as refused, open_workbook(path) as workbook:  # noqa: PT012
        for name in workbook.sheet_names:
            for _ in workbook.rows(name):
                pass
    assert time.process_time() - began < PATIENCE
    return str(refused.value)


def noise(length):
    """Digits that pack about two to one, so that no ratio stops them."""
    return "".join(random.Random(1).choices("0123456789", k=length))  # noqa: S311


def padded(length):
    """Bytes that pack about thirty to one: under the cap of the ratio."""
    return (random.Random(1).randbytes(2000) + bytes(60_000)) * (length // 62_000)  # noqa: S311


def encrypted(path):
    make(path)
    content = bytearray(path.read_bytes())
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        place = content.find(mark) + (6 if mark == b"PK\x03\x04" else 8)
        content[place] |= 1
    path.write_bytes(bytes(content))


def symlink(path):
    link = zipfile.ZipInfo("xl/link.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    make(path, more=[(link, "/etc/passwd")])


HOSTILE = {
    "csv renamed": (lambda path: path.write_text("a,b\n1,2\n"), "不是 xlsx 工作簿"),
    "empty file": (lambda path: path.write_bytes(b""), "不是 xlsx 工作簿"),
    "old xls": (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "旧版 xls"),
    "password": (
        lambda path: path.write_bytes(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
        ),
        "打开密码",
    ),
    "encrypted entry": (encrypted, "加密"),
    "50 MB": (lambda path: path.write_bytes(b"PK\x03\x04" + bytes(50 * 1024 * 1024)), "超过 10 MB"),
    "other zip": (
        lambda path: zipfile.ZipFile(path, "w").writestr("a.txt", "x"),
        "不是 xlsx 工作簿",
    ),
    "truncated": (
        lambda path: path.write_bytes(make(path, "<row/>" * 99).read_bytes()[:-40]),
        "已损坏",
    ),
    "10,000 entries": (
        lambda path: make(path, more=[(f"xl/p{n}.xml", "") for n in range(10_000)]),
        "超过 1000 个",
    ),
    "ratio": (lambda path: make(path, " " * 5_000_000), "压缩比"),
    "unpacked size": (
        lambda path: make(
            path, more=[(f"xl/media/{n}.bin", padded(10_000_000)) for n in range(11)]
        ),
        "超过 1",
    ),
    "path outside": (lambda path: make(path, more=[("../../evil.xml", "x")]), "指向外部"),
    "absolute path": (lambda path: make(path, more=[("/etc/evil.xml", "x")]), "指向外部"),
    "backslash path": (lambda path: make(path, more=[("xl\\..\\evil.xml", "x")]), "指向外部"),
    "symlink": (symlink, "指向外部"),
    "same name twice": (
        lambda path: make(path, more=[("xl/a.xml", "x"), ("xl/a.xml", "y")]),
        "重名",
    ),
    "macro": (lambda path: make(path, more=[("xl/vbaProject.bin", "x")]), "含有宏"),
    "old macro": (lambda path: make(path, more=[("xl/macrosheets/sheet1.xml", "x")]), "含有宏"),
    "entity bomb": (
        lambda path: make(
            path,
            more=[("docProps/app.xml", '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>')],
        ),
        "实体声明",
    ),
    "entities in another encoding": (
        lambda path: make(
            path, more=[("docProps/app.xml", '<!DOCTYPE a [<!ENTITY b "b">]><a/>'.encode("utf-16"))]
        ),
        "实体声明",
    ),
    "external entity": (
        lambda path: make(
            path, strings='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst>&x;</sst>'
        ),
        "实体声明",
    ),
    "row bomb": (
        lambda path: make(path, "".join(f'<row r="{n}"/>' for n in range(1, 100_003))),
        "超过 100000 行",
    ),
    "rows without numbers": (
        lambda path: make(path, "".join(f"<row><!--{n}--></row>" for n in range(100_002))),
        "超过 100000 行",
    ),
    "sparse bomb": (
        lambda path: make(path, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "超过 100000 行",
    ),
    "far column": (
        lambda path: make(path, '<row r="1"><c r="GS1"><v>1</v></c></row>'),
        "超过 200 列",
    ),
    "many cells of one name": (
        lambda path: make(path, f'<row r="1">{CELL * 201}</row>'),
        "超过 200 列",
    ),
    "deep nesting": (
        lambda path: make(path, "".join(f"<a{n % 97}>" for n in range(1000))),
        "结构异常",
    ),
    "deep nesting elsewhere": (
        lambda path: make(path, strings="<sst>" + "<r>" * 1000),
        "结构异常",
    ),
    "endless text": (
        lambda path: make(path, strings=f"<sst><si><t>{noise(200_000)}</t></si></sst>"),
        "结构异常",
    ),
    "broken XML": (lambda path: make(path, "<row><c></row>"), "已损坏"),
    "text that is not there": (
        lambda path: make(path, '<row r="1"><c r="A1" t="s"><v>7</v></c></row>'),
        "已损坏",
    ),
    "no such sheet": (
        lambda path: zipfile.ZipFile(make(path), "w").writestr("[Content_Types].xml", CONTENT_TYPES),
        "不是 xlsx 工作簿",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_file_is_refused(tmp_path, case):
    build, words = HOSTILE[case]
    path = tmp_path / "hostile.xlsx"
    build(path)

    assert words in refusal(path)


def test_hostile_files_cost_little_memory(tmp_path):
    paths = []
    for number, (build, _) in enumerate(HOSTILE.values()):
        paths.append(tmp_path / f"{number}.xlsx")
        build(paths[-1])

    told = subprocess.run(  # noqa: S603
        [sys.executable, "-c", READER, *map(str, paths)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(told.stdout) * 1024 < MEMORY


def test_missing_file_is_refused(tmp_path):
    assert "找不到文件" in refusal(tmp_path / "missing.xlsx")


def test_caps_themselves_are_allowed(tmp_path):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 100_002))
    path = make(tmp_path / "book.xlsx", rows + "", strings="")
    wide = make(tmp_path / "wide.xlsx", '<row r="1"><c r="GR1"><v>1</v></c></row>')

    with open_workbook(path) as workbook:
        assert sum(1 for _ in workbook.rows("表")) == 100_001
    with open_workbook(wide) as workbook:
        assert [row.cells for row in workbook.rows("表")] == [{199: 1}]


def test_text_used_often_costs_nothing(tmp_path):
    """One long text in many cells: a reader that copies it would need gigabytes."""
    cells = "".join(f'<c r="{letter}{{n}}" t="s"><v>0</v></c>' for letter in "ABCDEFGH")
    rows = "".join(f'<row r="{n}">{cells.format(n=n)}</row>' for n in range(1, 2001))
    path = make(tmp_path / "book.xlsx", rows, strings=f"<sst><si><t>{noise(30_000)}</t></si></sst>")

    tracemalloc.start()
    with open_workbook(path) as workbook:
        kept = list(workbook.rows("表"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(kept[0].cells) == 8
    assert peak < 20 * 1024 * 1024
