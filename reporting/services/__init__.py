from reporting.services.exports import (
    ExportNotAllowedError,
    NothingToExportError,
    Selection,
    TooManyExportsError,
    UnknownMembersError,
    record_export,
    start_export,
)

__all__ = [
    "ExportNotAllowedError",
    "NothingToExportError",
    "Selection",
    "TooManyExportsError",
    "UnknownMembersError",
    "record_export",
    "start_export",
]
