"""One form of one member, as a file."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import User
from core.refusals import RefusalError
from members.models import Member
from reporting.choices import FormKind
from reporting.exporters.layout import FormSheet, form_sheets
from reporting.exporters.packages import file_name
from reporting.exporters.paper import form_printer
from reporting.exporters.worksheets import worksheet_file
from reporting.selectors.forms import (
    YearOutsideTermError,
    duty_forms,
    form_date,
    served_in_year,
)
from reporting.services import record_export


class NoSuchFormError(RefusalError):
    """The member has no such form in that year."""


@dataclass(frozen=True)
class FormFile:
    filename: str
    content: bytes


def single_form(
    *,
    member: Member,
    year: int,
    kind: FormKind,
    ending: str,
    actor: User,
    at: datetime,
    today: date,
) -> FormFile:
    """The form as `ending` ("pdf" or "xlsx"); the export is written down.

    The caller has made sure that the actor may read the member's forms. Raises NoSuchFormError.
    """
    sheet = _sheet(member, year, kind, actor, today)
    if ending == "pdf":
        content = form_printer().print_sheet(sheet)
    else:
        content = worksheet_file(sheet)
    label = f"{member.person.name}{year}年度{kind.label}"
    record_export(
        actor=actor,
        at=at,
        label=label,
        file_format=ending,
        files=1,
        members=1,
        sha256=hashlib.sha256(content).hexdigest(),
        obj=member,
    )
    return FormFile(f"{file_name(f'{member.code}_{label}')}.{ending}", content)


def _sheet(member: Member, year: int, kind: FormKind, viewer: User, today: date) -> FormSheet:
    try:
        on = form_date(term=member.term, year=year, today=today)
    except YearOutsideTermError as outside:
        raise NoSuchFormError(str(outside)) from outside
    own = served_in_year(term=member.term, year=year, on=on).filter(pk=member.pk)
    forms = duty_forms(term=member.term, year=year, on=on, today=today, members=own, viewer=viewer)
    for form in forms:
        for sheet in form_sheets(form):
            if sheet.kind == kind:
                return sheet
    raise NoSuchFormError(f"{member.person.name}没有{year}年度的{kind.label}。")
