"""Tables as Parquet files, written by DuckDB; nothing else of it is used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from core.batches import in_parts
from core.columns import Cell, Column, ColumnKind

_TYPES = {
    ColumnKind.TEXT: "VARCHAR",
    ColumnKind.WHOLE: "BIGINT",
    ColumnKind.NUMBER: "DOUBLE",
    ColumnKind.YES: "BOOLEAN",
    ColumnKind.MOMENT: "TIMESTAMPTZ",
    ColumnKind.DAY: "DATE",
}
_ROWS = 5_000  # that are handed over at once
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "512MB",
    "threads": "1",
    "autoinstall_known_extensions": "false",  # it would fetch them from the internet
    "autoload_known_extensions": "false",
}


def write_parquet(file: Path, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """Writes a table to a new `file`; its rows may be more than memory holds.

    Moments are kept in UTC to the microsecond, texts in UTF-8; packed with Zstandard.

    Raises:
        OSError: there is no room for it, or nothing may be written there.
    """
    import duckdb

    types = [_TYPES[one.kind] for one in columns]
    with TemporaryDirectory(dir=file.parent, prefix=".parquet-") as aside:
        settings = _SETTINGS | {"temp_directory": aside}
        try:
            with duckdb.connect(str(Path(aside, "rows.duckdb")), config=settings) as base:
                told = zip(columns, types, strict=True)
                base.execute(
                    f"CREATE TABLE t ({', '.join(_quoted(c.name) + ' ' + k for c, k in told)})"
                )
                base.execute("BEGIN")
                taken = ", ".join(f"unnest(?::{kind}[])" for kind in types)
                for some in in_parts(rows, _ROWS):
                    base.execute(
                        f"INSERT INTO t SELECT {taken}", [list(c) for c in zip(*some, strict=True)]
                    )
                base.execute("COMMIT")
                base.execute("COPY t TO ? (FORMAT PARQUET, COMPRESSION ZSTD)", [str(file)])
        except duckdb.Error as error:
            raise OSError(f"{file}: the Parquet file cannot be written ({error})") from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
