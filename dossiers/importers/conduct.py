"""奖惩 and 材料提交."""

from core.spreadsheets import values
from dossiers.choices import HandInKind
from dossiers.importers.base import Key, Save, SheetImporter, Stored, Values
from dossiers.importers.columns import (
    TITLE_LENGTH,
    Column,
    Sheet,
    choice,
    day,
    member,
    text,
    written,
)
from dossiers.importers.rows import ParsedRow, SheetRows
from dossiers.models import HandIn
from dossiers.services import save_hand_ins
from members.choices import ConductKind, Level, RecordKind, SanctionKind
from members.models import Commendation, ConductFinding, Sanction
from members.services import save_commendations, save_conduct_findings, save_sanctions

COMMENDATION, SANCTION, FINDING = "commendation", "sanction", "conduct_finding"
TYPES = {"奖励": COMMENDATION, "惩处": SANCTION, "行为认定": FINDING}
#: The kinds that may be written for each type; awards are free text.
KINDS = {SANCTION: written(SanctionKind), FINDING: written(ConductKind)}
MODELS = {COMMENDATION: Commendation, SANCTION: Sanction, FINDING: ConductFinding}
SERVICES: dict[str, Save] = {
    COMMENDATION: save_commendations,
    SANCTION: save_sanctions,
    FINDING: save_conduct_findings,
}


class ConductImporter(SheetImporter):
    sheet = Sheet(
        "奖惩",
        (
            member(key=True),
            Column(
                "类型",
                "type",
                values.one_of(TYPES),
                required=True,
                key=True,
                options=tuple(TYPES),
                words={code: label for label, code in TYPES.items()},
            ),
            Column(
                "种类",
                "kind",
                values.text(longest=TITLE_LENGTH),
                required=True,
                key=True,
                note="奖励自填；惩处、行为认定按说明中所列填写",
                width=24,
                words={code: label for kinds in KINDS.values() for label, code in kinds.items()},
            ),
            choice("级别", "level", Level),
            day("日期", "date", required=True, key=True),
            text("事由", "cause", width=40),
            text("文号", "document_number", width=24),
        ),
        kinds=(RecordKind.CONDUCT,),
        note="惩处种类："
        + "、".join(KINDS[SANCTION])
        + "。行为认定种类："
        + "、".join(KINDS[FINDING])
        + "。",
    )
    paths = {
        "member": "member__code",
        "kind": "kind",
        "level": "level",
        "date": "date",
        "cause": "cause",
        "document_number": "document_number",
    }

    def resolve(self, rows: SheetRows, row: ParsedRow) -> None:
        super().resolve(rows, row)
        kinds = KINDS.get(row.values["type"])
        if kinds is None:
            return
        label = values.narrow(row.values["kind"])
        if label not in kinds:
            rows.refuse(row, "kind", "不是可选的种类", "只能填：" + "、".join(kinds))
        row.values["kind"] = kinds.get(label, label)

    def stored(self, unique: object) -> dict[Key, Stored]:
        found: dict[Key, Stored] = {}
        for type_, model in MODELS.items():
            rows = model._base_manager.filter(member__term=self.term)
            fields = [*self.paths]
            for pk, *stored in rows.values_list("pk", *self.paths.values()):
                known = {**dict(zip(fields, stored, strict=True)), "type": type_}
                key = tuple(known[name] for name in self.sheet.key_fields)
                found[key] = Stored(pk, known)
        return found

    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        """Disciplinary rows are 委员联络科's alone: the preview would tell what is stored."""
        self.check_owner(rows, row, "member")
        if not self.context.scope.is_whole and row.values["type"] != COMMENDATION:
            problem = "惩处和行为认定只由委员联络科登记"
            rows.refuse(row, "type", problem, "请删去此行，另行报委员联络科")

    def write_of(self, row: ParsedRow) -> Save:
        return SERVICES[row.values["type"]]

    def new_values(self, row: ParsedRow) -> Values:
        return {name: value for name, value in row.values.items() if name != "type"}


class HandInImporter(SheetImporter):
    sheet = Sheet(
        "材料提交",
        (
            member(key=True),
            Column("年度", "year", values.year, required=True, key=True, note="如 2023", width=8),
            choice("类型", "kind", HandInKind, required=True, key=True, width=18),
            day("提交日期", "submitted_date", required=True),
        ),
        kinds=(RecordKind.HAND_IN,),
        note="每人每年度每种材料一行。",
    )
    model = HandIn
    paths = {
        "member": "member__code",
        "year": "year",
        "kind": "kind",
        "submitted_date": "submitted_date",
    }
    service = staticmethod(save_hand_ins)

    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        self.check_owner(rows, row, "member")
