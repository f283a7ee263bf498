"""How it stands with a connected CRM: how far it was read, what waits, what was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.store.connections import find_connection
from models.store.crm_writes import writes_of_deal
from models.tables import (
    CompanyRow,
    ContactRow,
    CrmBellRow,
    CrmPassRow,
    CrmRow,
    CrmWriteRow,
    DealRow,
)
from models.vocabulary.crm import Connection, source_of
from models.vocabulary.crm_write import WriteState
from models.vocabulary.outbox import WrittenLine


@dataclass(frozen=True, slots=True)
class PartRead:
    """How far a part of a CRM was read; `begun_at`: a pass is under way, `things` were in it."""

    part: str
    things: int
    begun_at: datetime | None
    ended_at: datetime | None
    whole_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConnectionFigures:
    """How it stands with a connection; `bells` wait since `bells_since` to be read again."""

    parts: tuple[PartRead, ...]
    deals: int
    contacts: int
    companies: int
    bells: int
    bells_since: datetime | None
    writes: Mapping[WriteState, int]

    @property
    def waiting(self) -> int:
        """How much is on its way into the CRM."""
        ways = (WriteState.WAITING, WriteState.SENDING, WriteState.UNDOING)
        return sum(self.writes.get(state, 0) for state in ways)


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """How much of a CRM is known here; `begun`: somebody has begun to read it."""

    begun: bool
    deals: int
    contacts: int


def figures_of(session: Session, connection: Connection) -> ConnectionFigures:
    """How it stands with a connection now."""
    passes = session.scalars(
        select(CrmPassRow).where(CrmPassRow.connection == connection.id).order_by(CrmPassRow.part)
    )
    bells, since = session.execute(
        select(func.count(CrmBellRow.id), func.min(CrmBellRow.rung_at)).where(
            CrmBellRow.connection == connection.id
        )
    ).one()
    writes = session.execute(
        select(CrmWriteRow.state, func.count(CrmWriteRow.id))
        .where(CrmWriteRow.connection == connection.id)
        .group_by(CrmWriteRow.state)
    )
    crm = session.scalar(select(CrmRow.id).where(CrmRow.source == connection.source))
    counts = [_count(session, table, crm) for table in (DealRow, ContactRow, CompanyRow)]
    return ConnectionFigures(
        parts=tuple(
            PartRead(one.part, one.things, one.started_at, one.ended_at, one.whole_at)
            for one in passes
        ),
        deals=counts[0],
        contacts=counts[1],
        companies=counts[2],
        bells=bells,
        bells_since=since,
        writes={WriteState(row[0]): row[1] for row in writes},
    )


def progress_of(session: Session, connection: int, source: str) -> ReadingProgress:
    """How much is known now of the CRM of a connection, which `source` names."""
    begun = select(CrmPassRow.part).where(CrmPassRow.connection == connection).limit(1)
    crm = session.scalar(select(CrmRow.id).where(CrmRow.source == source))
    return ReadingProgress(
        begun=session.scalar(begun) is not None,
        deals=_count(session, DealRow, crm),
        contacts=_count(session, ContactRow, crm),
    )


def written_into(session: Session, source: str, deal_id: str, most: int = 20) -> list[WrittenLine]:
    """What was written into a deal of the CRM that `source` is read of, the newest first."""
    name = source.removeprefix(source_of(""))
    found = find_connection(session, name) if name != source else None
    return writes_of_deal(session, found.id, deal_id, most) if found is not None else []


def waiting_bells_of(session: Session, connection: int) -> int:
    """How many things of a CRM wait to be read again."""
    return (
        session.scalar(select(func.count(CrmBellRow.id)).where(CrmBellRow.connection == connection))
        or 0
    )


def forget_crm(session: Session, source: str) -> None:
    """Removes what was read of a CRM: its pipelines, people, deals and their history.

    Verdicts and findings about its deals stay, as those of earlier runs do.
    """
    removed = delete(CrmRow).execution_options(synchronize_session=False)
    session.execute(removed.where(CrmRow.source == source))


def _count(
    session: Session, table: type[DealRow | ContactRow | CompanyRow], crm: int | None
) -> int:
    chosen = select(func.count()).select_from(table).where(table.crm == crm)
    return session.scalar(chosen) or 0
