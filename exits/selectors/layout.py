"""How each kind of official letter is laid out."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.dates import written
from core.official import AnnexTable, Cell, LetterForm, OfficialLetter
from exits.choices import PaperKind
from exits.models import Interview, LetterHead
from exits.selectors.interviews import told_moment
from exits.selectors.papers import values_of_interview

#: Letters to one person or house carry the name alone; the others say that they are 文件.
AS_DOCUMENT = (PaperKind.PROPOSAL, PaperKind.DECISION_UNIT, PaperKind.EXCHANGE)
#: What is not distributed has no colophon.
WITHOUT_COLOPHON = (
    PaperKind.INTERVIEW_NOTICE,
    PaperKind.INTERVIEW_MINUTES,
    PaperKind.REMINDER,
    PaperKind.DECISION_MEMBER,
    PaperKind.PUBLICATION,
)


def laid_out(
    *,
    head: LetterHead,
    kind: str,
    number: str,
    title: str,
    body: str,
    addressees: Sequence[str],
    copied_to: Sequence[str],
    appendix: Sequence[Mapping[str, Any]],
    issued_date: date,
    interview: Interview | None,
    is_draft: bool = False,
) -> OfficialLetter:
    """The letter of this kind under the head of its assembly."""
    is_record = kind == PaperKind.INTERVIEW_MINUTES
    is_minutes = kind == PaperKind.CONSULTATION
    signed_by_hand = is_record or is_minutes
    return OfficialLetter(
        form=_form(kind),
        masthead=_masthead(head, kind),
        number=number,
        title=title,
        body=body,
        issued_date=issued_date,
        issuer="" if signed_by_hand else issuer_of(head, kind),
        addressees=() if signed_by_hand or kind == PaperKind.PUBLICATION else addressees,
        tables=[_table(table) for table in appendix],
        facts=_facts(interview) if is_record and interview else (),
        present=[("出席", "、".join(addressees))] if is_minutes and addressees else (),
        signs=addressees if signed_by_hand else (),
        copied_to=copied_to,
        printer="" if kind in WITHOUT_COLOPHON else head.printer,
        is_draft=is_draft,
    )


def issuer_of(head: LetterHead, kind: str) -> str:
    """公告 are the assembly's, everything else its office's."""
    return head.assembly.name if kind == PaperKind.PUBLICATION else head.office_name


def _form(kind: str) -> LetterForm:
    if kind == PaperKind.INTERVIEW_MINUTES:
        return LetterForm.RECORD
    if kind == PaperKind.CONSULTATION:
        return LetterForm.MINUTES
    return LetterForm.DOCUMENT


def _masthead(head: LetterHead, kind: str) -> str:
    if kind == PaperKind.PUBLICATION:
        return f"{head.assembly.name}公告"
    if kind == PaperKind.CONSULTATION:
        return f"{head.assembly.name}会商纪要"
    return f"{head.office_name}文件" if kind in AS_DOCUMENT else head.office_name


def _table(table: Mapping[str, Any]) -> AnnexTable:
    rows = [[Cell(str(cell)) for cell in row] for row in table["rows"]]
    return AnnexTable(table["title"], table["columns"], rows, table.get("note", ""))


def _facts(interview: Interview) -> list[tuple[str, str]]:
    values = values_of_interview(interview)
    held = interview.held_at
    return [
        ("委员姓名", values["委员姓名"]),
        ("界别", values["界别"]),
        ("单位职务", values["单位职务"] or "—"),
        ("约谈时间", told_moment(held) if held else values["约谈时间"]),
        ("约谈地点", values["约谈地点"]),
        ("约谈领导", values["约谈领导"]),
        ("参加人员", values["其他参加人员"]),
        ("约谈事由", values["事由"]),
    ]


def paper_name(number: str, title: str, on: date) -> str:
    """What the file is called when it is handed out."""
    return f"{number}{title}（{written(on)}）.pdf"
