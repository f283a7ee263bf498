"""Looks for a person in every text of every table, whatever the tables are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Column, Connection, MetaData, String, Table, select, update
from sqlalchemy.orm import Session

from models.vocabulary.traces import Traces

_AUDIT = "keeping_events"  # the database lets nobody change it, and it names nobody
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class SearchedRows:
    """What was looked through, and where (table, column, key of the row) something was found."""

    tables: int
    columns: int
    rows: int
    places: tuple[str, ...]


def search_rows(session: Session, traces: Traces) -> SearchedRows:
    """Looks for a person in all text and JSON of the database, as it is and not as we know it."""
    tables = _tables(session.connection())
    places: list[str] = []
    rows = 0
    for table, columns in tables.items():
        for row in _rows(session.connection(), table, columns):
            rows += 1
            places += [
                f"{table.name}.{column.name} of row {_key(table, row, traces)}"
                for column in columns
                if _names(row[column.name], traces)
            ]
    return SearchedRows(
        len(tables), sum(len(columns) for columns in tables.values()), rows, tuple(places)
    )


def redact_rows(session: Session, traces: Traces) -> int:
    """Takes a person out of all text and JSON of the database; gives how many places."""
    connection = session.connection()
    changed = 0
    for table, columns in _tables(connection).items():
        if table.name == _AUDIT:
            continue
        free = [column for column in columns if not column.primary_key]
        for row in [one for one in _rows(connection, table, free) if _any(one, free, traces)]:
            values = {
                column.name: traces.without_in(row[column.name])
                for column in free
                if _names(row[column.name], traces)
            }
            keys = [column == row[column.name] for column in table.primary_key.columns]
            connection.execute(update(table).where(*keys).values(values))
            changed += len(values)
    return changed


def _tables(connection: Connection) -> Mapping[Table, list[Column[Any]]]:
    metadata = MetaData()
    metadata.reflect(connection)
    return {
        table: [one for one in table.columns if isinstance(one.type, String | JSON)]
        for table in metadata.sorted_tables
    }


def _rows(
    connection: Connection, table: Table, columns: list[Column[Any]]
) -> Iterator[Mapping[str, Any]]:
    if not columns:
        return
    wanted = dict.fromkeys([*table.primary_key.columns, *columns])
    rows = connection.execute(select(*wanted), execution_options={"yield_per": _AT_ONCE})
    for row in rows:
        yield row._asdict()


def _any(row: Mapping[str, Any], columns: list[Column[Any]], traces: Traces) -> bool:
    return any(_names(row[column.name], traces) for column in columns)


def _names(value: Any, traces: Traces) -> bool:
    return value is not None and traces.without_in(value) != value


def _key(table: Table, row: Mapping[str, Any], traces: Traces) -> str:
    return traces.without(", ".join(str(row[one.name]) for one in table.primary_key.columns))
