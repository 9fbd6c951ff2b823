"""提案, 社情民意, 调研视察 and 发表文章: what members wrote and took part in."""

from datetime import date
from typing import ClassVar

from core.spreadsheets import values
from dossiers.importers.base import Part, SheetImporter, Stored
from dossiers.importers.columns import (
    NUMBER_LENGTH,
    TEXT_LENGTH,
    Column,
    Sheet,
    choice,
    day,
    levels,
    member,
    members,
    number,
    text,
    title,
    yes_or_no,
)
from dossiers.importers.rows import ParsedRow, SheetRows
from members.choices import Level, RecordKind
from proposals.choices import (
    AdoptionLevel,
    ExaminationResult,
    HandlingResult,
    PublicationLevel,
    ResearchKind,
)
from proposals.models import (
    Article,
    CoSponsorship,
    OpinionAdoption,
    OpinionAuthorship,
    OpinionInstruction,
    Proposal,
    PublicOpinionReport,
    Research,
    ResearchParticipation,
)
from proposals.services import save_articles, save_opinions, save_proposals, save_research


class WorkImporter(SheetImporter):
    """A numbered work, done by members who served on its date."""

    term_path = "term"
    date_field: ClassVar[str]
    #: Fields naming those who must have served: one member each, or several.
    authors: ClassVar[tuple[str, ...]]

    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        on: date = row.values[self.date_field]
        for field_name in self.authors:
            named = row.values[field_name]
            for code in (named,) if isinstance(named, str) else named:
                self.check_serving(rows, row, field_name, code, on)
        self.check_owner(rows, row, "number")


class ProposalImporter(WorkImporter):
    sheet = Sheet(
        "提案",
        (
            number("提案号"),
            title("案由"),
            member("第一提案人", "lead_sponsor"),
            members("联名人", "cosponsors"),
            day("提交日期", "submitted_date", required=True),
            choice("审查结果", "examination_result", ExaminationResult),
            choice("办理结果", "handling_result", HandlingResult),
            yes_or_no("重点", "is_major"),
            yes_or_no("优秀", "is_outstanding"),
            text("承办单位", "undertaking_unit"),
        ),
        kinds=(RecordKind.PROPOSAL,),
        note="第一提案人不再列入联名人。",
    )
    model = Proposal
    paths = {
        "number": "number",
        "title": "title",
        "lead_sponsor": "lead_sponsor__code",
        "submitted_date": "submitted_date",
        "examination_result": "examination_result",
        "handling_result": "handling_result",
        "is_major": "is_major",
        "is_outstanding": "is_outstanding",
        "undertaking_unit": "undertaking_unit",
    }
    parts = {"cosponsors": Part(CoSponsorship, "proposal", "member__code", "sequence")}
    service = staticmethod(save_proposals)
    date_field = "submitted_date"
    authors = ("lead_sponsor", "cosponsors")

    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        super().check_row(rows, row, stored)
        if row.values["lead_sponsor"] in row.values["cosponsors"]:
            rows.refuse(row, "cosponsors", "第一提案人同时列为联名人", "请从联名人中删去第一提案人")

    def accept(self, row: ParsedRow) -> None:
        self.register.proposal_numbers.add(row.values["number"])


class OpinionImporter(WorkImporter):
    sheet = Sheet(
        "社情民意",
        (
            number("编号"),
            title("标题"),
            members("报送人", "authors", required=True),
            day("报送日期", "reported_date", required=True),
            levels("采用", "adoptions", AdoptionLevel),
            levels("批示", "instructions", Level),
            Column(
                "来源提案号", "source_proposal_number", values.number_text(longest=NUMBER_LENGTH)
            ),
        ),
        kinds=(RecordKind.OPINION,),
        note="联名报送的，每人各计一篇。",
    )
    model = PublicOpinionReport
    paths = {
        "number": "number",
        "title": "title",
        "reported_date": "reported_date",
        "source_proposal_number": "source_proposal_number",
    }
    parts = {
        "authors": Part(OpinionAuthorship, "report", "member__code", "sequence"),
        "adoptions": Part(OpinionAdoption, "report", "level", "pk"),
        "instructions": Part(OpinionInstruction, "report", "level", "pk"),
    }
    service = staticmethod(save_opinions)
    date_field = "reported_date"
    authors = ("authors",)

    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        super().check_row(rows, row, stored)
        source = row.values["source_proposal_number"]
        if source and source not in self.register.proposal_numbers:
            remedy = "仍予导入；请核对提案号"
            rows.caution(row, "source_proposal_number", "本届没有这个提案号", remedy)


class ResearchImporter(WorkImporter):
    sheet = Sheet(
        "调研视察",
        (
            number("编号"),
            title("题目"),
            choice("类型", "kind", ResearchKind, required=True),
            members("参加人", "participants", required=True),
            day("完成日期", "completed_date", required=True),
            text("成果", "result", width=30),
            text("承办部门", "organiser"),
        ),
        kinds=(RecordKind.RESEARCH,),
        note="自主调研、调研协商课题、视察、考察，每项一行。",
    )
    model = Research
    paths = {
        "number": "number",
        "title": "title",
        "kind": "kind",
        "completed_date": "completed_date",
        "result": "result",
        "organiser": "organiser",
    }
    parts = {"participants": Part(ResearchParticipation, "research", "member__code", "sequence")}
    service = staticmethod(save_research)
    date_field = "completed_date"
    authors = ("participants",)

    def owner(self, row: ParsedRow) -> tuple[RecordKind, str | None]:
        return RecordKind.RESEARCH, row.values["organiser"]

    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        super().check_row(rows, row, stored)
        scope = self.context.scope
        if stored and not scope.covers(RecordKind.RESEARCH, stored.values["organiser"]):
            rows.refuse(row, "number", "已登记的此项由其他部门承办", "请由承办部门修改")


class ArticleImporter(WorkImporter):
    sheet = Sheet(
        "发表文章",
        (
            number("编号"),
            title("题目"),
            member(),
            day("日期", "published_date", required=True),
            Column("刊物", "publication", values.text(longest=TEXT_LENGTH), True, width=20),
            choice("级别", "level", PublicationLevel),
        ),
        kinds=(RecordKind.ARTICLE,),
        note="在中央和省、市政协刊物、网站及微信公众号发表的文章。",
    )
    model = Article
    paths = {
        "number": "number",
        "title": "title",
        "member": "member__code",
        "published_date": "published_date",
        "publication": "publication",
        "level": "level",
    }
    service = staticmethod(save_articles)
    date_field = "published_date"
    authors = ("member",)
