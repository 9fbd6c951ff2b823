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
    insert_values(
        model,
        [field.name for field in fields],
        [[_plain(field, row) for field in fields] for row in rows],
    )


def insert_values(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Inserts rows given as the plain values of the named fields; JSON fields as JSON text."""
    fields = [_field(model, name) for name in names]
    columns = ", ".join(_quoted(field.column) for field in fields)
    table = _quoted(model._meta.db_table)
    _execute(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {_source(fields)}",  # noqa: S608 - names of columns, quoted
        rows,
    )


def update_rows(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Writes the named fields of rows of one model that are stored already."""
    if not rows:
        return
    model = type(rows[0])
    fields = [model._meta.pk, *(_field(model, name) for name in names)]
    settings = ", ".join(
        f"{_quoted(field.column)} = fresh.{_quoted(field.column)}" for field in fields[1:]
    )
    table, key = _quoted(model._meta.db_table), _quoted(model._meta.pk.column)
    _execute(
        f"UPDATE {table} SET {settings} FROM {_source(fields)} WHERE {table}.{key} = fresh.{key}",  # noqa: S608 - names of columns, quoted
        [[_plain(field, row) for field in fields] for row in rows],
    )


def _execute(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        for first in range(0, len(rows), STATEMENT_ROWS):
            part = json.dumps(rows[first : first + STATEMENT_ROWS], ensure_ascii=False)
            cursor.execute(statement, [part])


def _source(fields: Sequence[models.Field]) -> str:
    """A table expression named `fresh` over the one JSON parameter."""
    is_sqlite = connection.vendor == SQLITE
    values = ", ".join(
        f"json_extract(value, '$[{place}]') AS {_quoted(field.column)}"
        if is_sqlite
        else f"(value->>{place})::{_cast(field)} AS {_quoted(field.column)}"
        for place, field in enumerate(fields)
    )
    each = "json_each(%s)" if is_sqlite else "jsonb_array_elements(%s::jsonb)"
    return f"(SELECT {values} FROM {each}) AS fresh"  # noqa: S608 - names of columns, quoted


def _cast(field: models.Field) -> str:
    """The PostgreSQL type of a value; text where a length would cut it off silently."""
    kind = (field.rel_db_type if field.primary_key else field.db_type)(connection) or "text"
    return "text" if kind.startswith("varchar") else kind


def _plain(field: models.Field, row: models.Model) -> Any:
    """The value as the database stores it, fit for JSON."""
    value = getattr(row, field.attname)
    if value is None:
        return None
    if isinstance(field, models.JSONField):
        return json.dumps(value, cls=field.encoder, ensure_ascii=False)
    prepared = field.get_db_prep_save(value, connection)
    return prepared if isinstance(prepared, str | int | float | bool) else str(prepared)


def _field(model: type[models.Model], name: str) -> models.Field:
    return next(field for field in model._meta.concrete_fields if field.name == name)


def _is_automatic(field: models.Field) -> bool:
    return isinstance(field, models.AutoField)


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(name or "")
