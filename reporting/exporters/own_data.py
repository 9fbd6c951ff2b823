"""Everything held about one person as one package: a workbook, the same as JSON, the files."""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from accounts.models import User
from core.spreadsheets.writing import BODY, HEADER, PLAIN, TITLE, put
from reporting.exporters.packages import file_name
from reporting.selectors.own_data import Sheet, own_sheets, reasons_left_out
from reporting.services import record_export

NARROW, WIDE = 14, 40
BASIS = (
    "依据《中华人民共和国个人信息保护法》第四十五条，这里是系统中保存的关于您的信息，"
    "一类一张表；“本人数据.json”内容相同，供软件读取；附件在“附件”文件夹。"
)


@dataclass(frozen=True)
class OwnData:
    filename: str
    content: bytes


def own_data(*, user: User, at: datetime) -> OwnData:
    """The package; that it was taken is written down."""
    sheets = list(own_sheets(user))
    name = file_name(f"{user.name}_本人数据_{timezone.localtime(at):%Y%m%d}")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("说明.txt", "\n".join(_explanation(user, sheets, at)))
        package.writestr("本人数据.xlsx", _workbook(user, sheets, at))
        package.writestr("本人数据.json", _json(sheets, at))
        files = _add_files(package, sheets)
    content = stream.getvalue()
    record_export(
        actor=user,
        at=at,
        label=f"{user.name}的本人全部数据",
        file_format="zip",
        files=files + 3,
        members=1,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return OwnData(f"{name}.zip", content)


def _add_files(package: zipfile.ZipFile, sheets: list[Sheet]) -> int:
    """A file that is no longer in the storage is named in its place, not passed over."""
    number = 0
    for sheet in sheets:
        for attached in sheet.files:
            number += 1
            try:
                with attached.file.open("rb") as stored:
                    package.writestr(attached.name, stored.read())
            except FileNotFoundError:
                package.writestr(f"{attached.name}（文件已不在）.txt", "这份附件已不在存储中。")
    return number


def _explanation(user: User, sheets: list[Sheet], at: datetime) -> list[str]:
    return [
        f"{user.name}的本人全部数据",
        f"生成时间：{timezone.localtime(at):%Y年%m月%d日 %H:%M}",
        BASIS,
        "",
        "包含：",
        *(f"　{sheet.heading}　{len(sheet.rows)}条" for sheet in sheets),
        "",
        "不包含，及其原因：",
        *(f"　{reason}" for reason in reasons_left_out()),
        "",
        "有错漏的，可在“我的履职档案”中对该条提出异议，或报告记录缺漏。",
    ]


def _workbook(user: User, sheets: list[Sheet], at: datetime) -> bytes:
    book = Workbook()
    for style in (BODY, HEADER, PLAIN, TITLE):
        book.add_named_style(style)
    page = book.active
    page.title = "说明"
    page.column_dimensions["A"].width = 100
    for number, line in enumerate(_explanation(user, sheets, at), start=1):
        put(page.cell(number, 1), line, TITLE if number == 1 else PLAIN)
    for sheet in sheets:
        page = book.create_sheet(sheet.heading[:31])
        page.freeze_panes = "A2"
        for place, heading in enumerate(sheet.columns, start=1):
            put(page.cell(1, place), heading, HEADER)
            longest = max((len(str(row[place - 1])) for row in sheet.rows), default=0)
            width = WIDE if longest > NARROW else NARROW
            page.column_dimensions[get_column_letter(place)].width = width
        for number, row in enumerate(sheet.rows, start=2):
            for place, value in enumerate(row, start=1):
                put(page.cell(number, place), value, BODY)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _json(sheets: list[Sheet], at: datetime) -> str:
    data: dict[str, Any] = {
        "生成时间": timezone.localtime(at).isoformat(),
        "不包含": reasons_left_out(),
        "数据": {
            sheet.heading: [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]
            for sheet in sheets
        },
    }
    return json.dumps(data, ensure_ascii=False, indent=1)
