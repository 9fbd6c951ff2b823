"""The list of a sitting to be filled in by hand and brought back."""

from collections.abc import Sequence
from io import BytesIO

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from attendance.choices import ATTENDED_STATUSES, AttendanceStatus
from attendance.models import Sitting
from attendance.selectors.roster import Place
from core.spreadsheets.writing import BODY, HEADER, PLAIN, REQUIRED_HEADER, TITLE, put

SHEET = "签到表"
CODE, NAME, SECTOR, POST, STATUS, ARRIVED = (
    "委员编号",
    "姓名",
    "界别",
    "单位职务",
    "状态",
    "到会时间",
)
WIDTHS = {CODE: 14, NAME: 12, SECTOR: 20, POST: 36, STATUS: 10, ARRIVED: 12}
TEXT_FORMAT = "@"
NOTE = (
    "只填红底两列。状态填：出席、迟到、早退；未到的留空，请假以批准的申请为准。"
    "到会时间写成 08:25；只填时间的，由系统判定是否迟到。名单之外到会的委员，在表末加一行，填委员编号。"
)


def sign_in_sheet(*, sitting: Sitting, places: Sequence[Place]) -> bytes:
    """As .xlsx, with what is known already filled in."""
    book = Workbook()
    for style in (HEADER, REQUIRED_HEADER, TITLE, BODY, PLAIN):
        book.add_named_style(style)
    sheet: Worksheet = book.active
    sheet.title = SHEET
    put(sheet.cell(1, 1), f"{sitting.meeting.title} {sitting.short_name} 签到表", TITLE)
    put(sheet.cell(2, 1), NOTE, PLAIN)
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=len(WIDTHS))
    sheet.row_dimensions[2].height = 48
    for column, (name, width) in enumerate(WIDTHS.items(), start=1):
        put(sheet.cell(3, column), name, REQUIRED_HEADER if name in (STATUS, ARRIVED) else HEADER)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, place in enumerate(places, start=4):
        for column, value in enumerate(_values(place), start=1):
            cell = sheet.cell(row, column)
            put(cell, value, BODY)
            cell.number_format = TEXT_FORMAT
    _offer_choices(sheet, len(places) + 3)
    sheet.freeze_panes = "C4"
    filled = BytesIO()
    book.save(filled)
    return filled.getvalue()


def _values(place: Place) -> tuple[str, ...]:
    came_at = f"{timezone.localtime(place.arrived_at):%H:%M}" if place.arrived_at else ""
    status = AttendanceStatus(place.status).label if place.status else ""
    return place.code, place.name, place.sector, place.post, status, came_at


def _offer_choices(sheet: Worksheet, last: int) -> None:
    labels = ",".join(AttendanceStatus(status).label for status in ATTENDED_STATUSES)
    choices = DataValidation(type="list", formula1=f'"{labels}"', allow_blank=True)
    choices.showErrorMessage = False
    sheet.add_data_validation(choices)
    column = get_column_letter(list(WIDTHS).index(STATUS) + 1)
    choices.add(f"{column}4:{column}{max(last, 4)}")
