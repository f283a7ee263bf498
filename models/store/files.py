"""What the files of recordings folders were found to be, so that none is read twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import cast

from sqlalchemy import Table, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from models.tables import KnownFileRow
from models.vocabulary.files import KnownFile, Mark
from models.vocabulary.traces import Traces

_LARGEST = (1 << 63) - 1


def load_known_files(session: Session, source: str) -> dict[str, KnownFile]:
    """Gives what is known of the files of `source` by their place."""
    row = KnownFileRow
    columns = (row.place, row.size, row.mtime_ns, row.inode, row.ctime_ns)
    found = session.execute(
        select(*columns, row.sha256, row.error, row.detail, row.clear_size).where(
            row.source == source
        )
    )
    return {
        place: KnownFile(Mark(size, mtime, inode, ctime), sha256, error, detail, clear)
        for place, size, mtime, inode, ctime, sha256, error, detail, clear in found
    }


def save_known_files(session: Session, source: str, files: Mapping[str, KnownFile]) -> None:
    """Writes down what was found in files of `source`, new or changed."""
    forget_known_files(session, source, files)
    if files:
        session.execute(
            insert(KnownFileRow),
            [
                {"source": source, "place": place, **_mark_columns(file.mark)}
                | {"sha256": file.sha256, "error": file.error, "detail": file.detail}
                | {"clear_size": file.clear_size}
                for place, file in files.items()
            ],
        )


def forget_known_files(session: Session, source: str, places: Iterable[str]) -> None:
    """Forgets files of `source`."""
    rows = [{"at": place} for place in places]
    if rows:
        table = cast("Table", KnownFileRow.__table__)
        gone = delete(table).where(table.c.source == source, table.c.place == bindparam("at"))
        session.connection().execute(gone, rows)


def forget_files_of(session: Session, traces: Traces, hashes: Collection[str]) -> int:
    """Forgets all files that are one of these recordings or named after a person.

    Gives how many.
    """
    row = KnownFileRow
    named: dict[str, list[str]] = defaultdict(list)
    for source, place, sha256 in session.execute(select(row.source, row.place, row.sha256)):
        if sha256 in hashes or traces.count(place):
            named[source].append(place)
    for source, places in named.items():
        forget_known_files(session, source, places)
    return sum(map(len, named.values()))


def _mark_columns(mark: Mark) -> dict[str, int]:
    # A time after 2262 fits no column; cut off, it never agrees, and the file is read each time.
    return {name: max(-_LARGEST, min(_LARGEST, value)) for name, value in mark._asdict().items()}
