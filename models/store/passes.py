"""How far the parts of a live CRM were read, and who reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.store.statements import changed_rows
from models.tables import CrmConnectionRow, CrmPassRow

_OF = CrmConnectionRow
_UPDATE = update(CrmConnectionRow).execution_options(synchronize_session=False)


@dataclass(frozen=True, slots=True)
class PartPass:
    """How far a part was read: see `CrmPassRow`."""

    part: str
    since: datetime | None = None
    cursor: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    whole_at: datetime | None = None
    things: int = 0

    @property
    def under_way(self) -> bool:
        """Whether a pass was begun and has not ended."""
        return self.started_at is not None


def load_passes(session: Session, connection: int) -> list[PartPass]:
    """How far each part was read; parts that nobody began to read are left out."""
    rows = session.scalars(
        select(CrmPassRow).where(CrmPassRow.connection == connection).order_by(CrmPassRow.part)
    )
    return [
        PartPass(
            row.part,
            row.since,
            row.cursor,
            row.started_at,
            row.ended_at,
            row.whole_at,
            row.things,
        )
        for row in rows
    ]


def save_pass(session: Session, connection: int, one: PartPass) -> None:
    """Writes down how far a part was read, with what was read of it."""
    row = session.get(CrmPassRow, (connection, one.part))
    if row is None:
        row = CrmPassRow(connection=connection, part=one.part)
        session.add(row)
    row.since, row.cursor, row.started_at = one.since, one.cursor, one.started_at
    row.ended_at, row.whole_at, row.things = one.ended_at, one.whole_at, one.things
    session.flush()


def swept(session: Session, connection: int, parts: Sequence[str], now: datetime) -> None:
    """Writes down that everything of some parts was read once more."""
    session.execute(
        update(CrmPassRow)
        .where(CrmPassRow.connection == connection, CrmPassRow.part.in_(parts))
        .values(whole_at=now)
        .execution_options(synchronize_session=False)
    )


def take_reading(
    session: Session, connection: int, reader: str, now: datetime, silent_s: float
) -> bool:
    """Takes or keeps the turn to read a CRM; false: another process has it.

    The turn of one that fell silent ends after `silent_s`; so does one that a wrong clock wrote.
    """
    silent = timedelta(seconds=silent_s)
    free = or_(
        _OF.reader.is_(None),
        _OF.reader == reader,
        _OF.reader_at.is_(None),
        _OF.reader_at <= now - silent,
        _OF.reader_at > now + silent,
    )
    ours = _UPDATE.where(_OF.id == connection, free).values(reader=reader, reader_at=now)
    return changed_rows(session, ours) > 0


def is_reading(session: Session, connection: int, reader: str) -> bool:
    """Whether the turn to read a CRM is still somebody's."""
    return session.scalar(select(_OF.reader).where(_OF.id == connection)) == reader


def leave_reading(session: Session, connection: int, reader: str) -> None:
    """Gives the turn to read a CRM back."""
    session.execute(
        _UPDATE.where(_OF.id == connection, _OF.reader == reader).values(
            reader=None, reader_at=None
        )
    )


def went_well(session: Session, connection: int, now: datetime, *, loaded: bool) -> None:
    """Writes down that a CRM was read; `loaded`: everything of it has been by now."""
    row = session.get_one(CrmConnectionRow, connection)
    row.read_at, row.refused, row.error, row.error_at = now, None, None, None
    if loaded and row.loaded_at is None:
        row.loaded_at = now
    session.flush()


def went_wrong(
    session: Session, connection: int, now: datetime, problem: str, *, shut: bool
) -> bool:
    """Writes down why a CRM cannot be read; `shut`: a person has to look. True where it is news."""
    row = session.get(CrmConnectionRow, connection)
    if row is None:
        return False
    before = (row.refused, row.error)
    row.refused = problem if shut else None
    row.error = problem
    if before != (row.refused, row.error) or row.error_at is None:
        row.error_at = now
    session.flush()
    return before != (row.refused, row.error)
