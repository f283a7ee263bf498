"""What the files of recordings folders were found to be, so that none is read twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from sqlalchemy import Table, bindparam, delete, insert, select
from sqlalchemy.orm import Session

from models.tables import KnownFileRow
from models.vocabulary.files import KnownFile, Mark

_LARGEST = (1 << 63) - 1


def load_known_files(session: Session, source: str) -> dict[str, KnownFile]:
    """Gives what is known of the files of `source` by their place."""
    row = KnownFileRow
    columns = (row.place, row.size, row.mtime_ns, row.inode, row.ctime_ns)
    found = session.execute(
        select(*columns, row.sha256, row.error, row.detail).where(row.source == source)
    )
    return {
        place: KnownFile(Mark(size, mtime, inode, ctime), sha256, error, detail)
        for place, size, mtime, inode, ctime, sha256, error, detail in found
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


def _mark_columns(mark: Mark) -> dict[str, int]:
    # A time after 2262 fits no column; cut off, it never agrees, and the file is read each time.
    return {name: max(-_LARGEST, min(_LARGEST, value)) for name, value in mark._asdict().items()}
