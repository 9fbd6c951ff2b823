"""Stored ends that a row leaves blank: an older list would quietly take them back.

What an import told, an import may correct, with a word of caution. An end that a case or a clerk
set is taken back by procedure only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Model

from accounts.choices import Verb
from accounts.models import AuditChange
from dossiers.importers.querying import in_lists
from dossiers.importers.rows import ParsedRow, SheetRows


@dataclass(frozen=True)
class Ending:
    """How one kind of end is spoken of: its field in the sheet and in `model`, what was on that
    day, and what a blank makes of it.
    """

    field: str
    model: type[Model]
    stored_as: str
    noun: str
    again: str
    filled_in: str


@dataclass(frozen=True)
class Reopened:
    """A row without the end that the stored row with this key has."""

    row: ParsedRow
    key: int
    end: date


def check_reopened(rows: SheetRows, ending: Ending, reopened: Iterable[Reopened]) -> None:
    """Refuses the rows whose stored end was decided, warns of those whose end was imported."""
    found = [each for each in reopened if rows.is_good(each.row)]
    imported = _told_by_import(ending, {each.key: each.end for each in found})
    for each in found:
        problem = f"已登记于 {each.end} {ending.noun}"
        if each.key in imported:
            remedy = f"请核对；{ending.filled_in}"
            rows.caution(each.row, ending.field, f"{problem}，导入后{ending.again}", remedy)
        else:
            remedy = f"{ending.filled_in}；确须{ending.again}的，须按程序办理"
            rows.refuse(each.row, ending.field, f"{problem}，不能以空白取消", remedy)


def _told_by_import(ending: Ending, ends: Mapping[int, date]) -> set[int]:
    """Keys of the rows whose end, as it stands, came by an import."""
    imported: dict[str, bool] = {}
    told = {str(key): end.isoformat() for key, end in ends.items()}
    for some in in_lists(told):
        changes = AuditChange.objects.filter(
            object_type=ending.model._meta.label_lower, object_id__in=some
        ).order_by("entry__sequence", "position")
        imported |= {
            key: verb == Verb.IMPORT
            for key, after, verb in changes.values_list("object_id", "after", "entry__verb")
            if after is not None and after.get(ending.stored_as) == told[key]
        }
    return {key for key in ends if imported.get(str(key), False)}
