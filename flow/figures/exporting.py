"""Facts as files: each table of figures, as of a moment, into a folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import Engine

from core.batches import in_parts
from core.clock import now
from core.columns import Cell, Column
from core.csv_lines import csv_pieces
from core.parquet import write_parquet
from figures.tables import TABLES
from models.session import reading
from models.store.current import Current, load_current
from models.store.fact_calls import each_call
from models.store.facts import load_facts
from models.vocabulary.errors import InvalidInputError, OutputError
from models.vocabulary.figures import Facts

_OF_CALLS = frozenset({"figures_calls", "figures_actions"})
_CALLS = 5_000  # that are held at once


class ExportFormat(StrEnum):
    """Which kind of file."""

    CSV = "csv"
    PARQUET = "parquet"


Write = Callable[[Path, Sequence[Column], Iterator[tuple[Cell, ...]]], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """One file that was written."""

    file: Path
    rows: int


def export(
    database: Engine, folder: Path, kind: ExportFormat, as_of: datetime | None
) -> tuple[Exported, ...]:
    """Writes all tables into a new or empty folder: all of them, or none; `as_of` now if not given.

    Raises:
        InvalidInputError: nothing was judged yet, or the folder is not empty.
        OutputError: the files cannot be written.
        StagecheckError: the database cannot be used.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidInputError(str(folder), "not an empty folder", "Name a new one with --out.")
    with reading(database) as session:
        current = load_current(session)
    if current is None:
        remedy = "Judge calls first: stagecheck run, or stagecheck up."
        raise InvalidInputError("figures", "nothing was judged yet", remedy)
    at = _moment(as_of, current.zone)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            written = tuple(_tables(database, aside, kind, current, at))
            aside.chmod(0o755)
            aside.replace(folder)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
    except OSError as error:
        raise OutputError(
            f"{folder}: cannot be written ({error}). "
            "Free some space there, or name another folder with --out."
        ) from error
    return tuple(replace(one, file=folder / one.file.name) for one in written)


def _moment(as_of: datetime | None, zone: tzinfo) -> datetime:
    """The moment that is asked for; without an offset it is one of the CRM's zone."""
    if as_of is None:
        return now()
    return as_of.replace(tzinfo=zone) if as_of.tzinfo is None else as_of


def _tables(
    database: Engine, aside: Path, kind: ExportFormat, current: Current, as_of: datetime
) -> Iterator[Exported]:
    """All in one reading, so that the files agree with each other."""
    with reading(database) as session:
        source, zone = current.crm_source, current.zone
        facts = load_facts(session, source, zone, as_of)
        for name, table in TABLES.items():
            parts: Iterable[Facts] = (facts,)
            if name in _OF_CALLS:
                calls = in_parts(each_call(session, source, zone, as_of), _CALLS)
                parts = (replace(facts, calls=some) for some in calls)
            counted = _Counted()
            rows = counted.through(row for part in parts for row in table.rows(part))
            file = aside / f"{name}.{kind.value}"
            _write(kind)(file, table.columns, rows)
            yield Exported(file, counted.rows)


def _write(
    kind: ExportFormat,
) -> Callable[[Path, Sequence[Column], Iterator[tuple[Cell, ...]]], None]:
    return write_parquet if kind is ExportFormat.PARQUET else _write_csv


def _write_csv(file: Path, columns: Sequence[Column], rows: Iterator[tuple[Cell, ...]]) -> None:
    with file.open("wb") as out:
        for piece in csv_pieces(columns, rows):
            out.write(piece)


class _Counted:
    """Counts rows on their way."""

    def __init__(self) -> None:
        self.rows = 0

    def through(self, rows: Iterator[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
        """The same rows."""
        for row in rows:
            self.rows += 1
            yield row
