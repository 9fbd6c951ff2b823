"""Writing and choosing many rows in one statement, whether they are ten or thousands.

Django's own bulk operations split by the number of parameters, so their number of statements
grows with the rows. Here the rows travel as one JSON parameter, on SQLite and PostgreSQL alike.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL

SQLITE = "sqlite"
#: Rows one statement carries at most, for the sake of memory.
STATEMENT_ROWS = 50_000


def among(keys: Iterable[int]) -> RawSQL:
    """Whole numbers as a set to look up with `__in`, in a single parameter."""
    if connection.vendor == SQLITE:
        return RawSQL("SELECT value FROM json_each(%s)", (json.dumps(list(keys)),))
    return RawSQL("SELECT unnest(%s::bigint[])", (list(keys),))


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Inserts rows of one model whose keys the database gives; the rows do not learn them."""
    if not rows:
        return
    model = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not _is_automatic(field)]
    columns = ", ".join(_quoted(field.column) for field in fields)
    _execute(
        f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) SELECT {columns} FROM {{fresh}}",  # noqa: S608 - names of columns, quoted
        fields,
        rows,
    )


def update_rows(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Writes the named fields of rows of one model that are stored already."""
    if not rows:
        return
    meta = type(rows[0])._meta
    fields = [field for field in meta.concrete_fields if field.name in names]
    settings = ", ".join(
        f"{_quoted(field.column)} = fresh.{_quoted(field.column)}" for field in fields
    )
    table, key = _quoted(meta.db_table), _quoted(meta.pk.column)
    _execute(
        f"UPDATE {table} SET {settings} FROM {{fresh}} WHERE {table}.{key} = fresh.{key}",  # noqa: S608 - names of columns, quoted
        [meta.pk, *fields],
        rows,
    )


def _execute(statement: str, fields: Sequence[models.Field], rows: Sequence[models.Model]) -> None:
    statement = statement.format(fresh=_rows_source(fields))
    with connection.cursor() as cursor:
        for first in range(0, len(rows), STATEMENT_ROWS):
            document = [
                {field.column: _plain(field, row) for field in fields}
                for row in rows[first : first + STATEMENT_ROWS]
            ]
            cursor.execute(statement, [json.dumps(document, ensure_ascii=False)])


def _rows_source(fields: Sequence[models.Field]) -> str:
    """A table expression named `fresh` over the JSON parameter."""
    if connection.vendor == SQLITE:
        values = ", ".join(
            f"""json_extract(value, '$."{field.column}"') AS {_quoted(field.column)}"""
            for field in fields
        )
        return f"(SELECT {values} FROM json_each(%s)) AS fresh"  # noqa: S608 - names of columns, quoted
    types = ", ".join(
        f"{_quoted(field.column)} {field.rel_db_type(connection) if field.primary_key else field.db_type(connection)}"
        for field in fields
    )
    return f"jsonb_to_recordset(%s::jsonb) AS fresh({types})"


def _plain(field: models.Field, row: models.Model) -> Any:
    """The value as the database stores it, fit for JSON."""
    value = getattr(row, field.attname)
    if value is None:
        return None
    if isinstance(field, models.JSONField):
        is_text = connection.vendor == SQLITE
        return json.dumps(value, cls=field.encoder, ensure_ascii=False) if is_text else value
    prepared = field.get_db_prep_save(value, connection)
    return prepared if isinstance(prepared, str | int | float | bool) else str(prepared)


def _is_automatic(field: models.Field) -> bool:
    return isinstance(field, models.AutoField | models.BigAutoField)


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(name or "")
