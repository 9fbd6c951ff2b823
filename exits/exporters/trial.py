"""A trial run as a workbook: what would be found, for people to read before it is stored."""

from io import BytesIO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from assessments.choices import SubjectKind
from assessments.rulebook import OUTCOMES
from assessments.services import AssessmentResult, FoundFinding
from core.spreadsheets.writing import BODY, HEADER, put

HEADERS = {"规则": 34, "对象": 10, "编号": 16, "名称": 16, "建议": 14, "说明": 60, "条款": 60}


def trial_workbook(result: AssessmentResult) -> bytes:
    """One row a hit, in the order of rules and subjects."""
    workbook = Workbook()
    workbook.add_named_style(HEADER)
    workbook.add_named_style(BODY)
    sheet = workbook.active
    sheet.title = "试算结果"
    for column, (header, width) in enumerate(HEADERS.items(), start=1):
        put(sheet.cell(1, column), header, HEADER)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, finding in enumerate(result.findings, start=2):
        for column, value in enumerate(_cells(finding), start=1):
            put(sheet.cell(row, column), value, BODY)
    sheet.freeze_panes = "A2"
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _cells(finding: FoundFinding) -> tuple[str, ...]:
    judgement = finding.hit.judgement
    subject = judgement.subject
    return (
        judgement.rule.title,
        SubjectKind(subject.holder.value).label,
        subject.key,
        subject.name,
        OUTCOMES[judgement.rule.outcome],
        judgement.summary,
        "\n".join(
            f"{citation.document} {citation.clause}：“{citation.text}”"
            for citation in judgement.rule.citations
        ),
    )
