from dossiers.importers.scope import Scope
from dossiers.importers.workbook import (
    IMPORTERS,
    NOTES_SHEET,
    ImportConflictError,
    ImportPlan,
    ImportRefusedError,
    examine_workbook,
    import_workbook,
)

__all__ = [
    "IMPORTERS",
    "NOTES_SHEET",
    "ImportConflictError",
    "ImportPlan",
    "ImportRefusedError",
    "Scope",
    "examine_workbook",
    "import_workbook",
]
