"""What web-hooks of live CRMs told us to read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from core.batches import batched
from models.tables import CrmBellRow
from models.vocabulary.crm import Rung, Thing


@dataclass(frozen=True, slots=True)
class Bell:
    """Something to be read again; `rings` is how often it had rung when it was taken."""

    id: int
    thing: Thing
    subject: str
    rung_at: datetime
    rings: int


def ring(session: Session, connection: int, rung: Rung, now: datetime) -> int:
    """Writes down what is to be read again, once however often it rings; gives how many things."""
    things = sorted({(thing.value, subject) for thing, subject in rung.things if subject})
    for some in batched(things):
        rows = [
            {"connection": connection, "thing": thing, "subject": subject, "rung_at": now}
            for thing, subject in some
        ]
        make = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
        once = make(CrmBellRow).values(rows)
        session.execute(
            once.on_conflict_do_update(
                index_elements=["connection", "thing", "subject"],
                set_={"rings": CrmBellRow.rings + 1},
            )
        )
    return len(things)


def waiting_bells(session: Session, connection: int, most: int) -> list[Bell]:
    """The bells that wait, the oldest first. They stay until `bells_done`."""
    rows = session.scalars(
        select(CrmBellRow)
        .where(CrmBellRow.connection == connection)
        .order_by(CrmBellRow.rung_at, CrmBellRow.id)
        .limit(most)
    )
    return [Bell(row.id, Thing(row.thing), row.subject, row.rung_at, row.rings) for row in rows]


def bells_done(session: Session, bells: Sequence[Bell]) -> None:
    """What the bells told was read; one that rang meanwhile stays."""
    for one in bells:
        session.execute(
            delete(CrmBellRow)
            .where(CrmBellRow.id == one.id, CrmBellRow.rings == one.rings)
            .execution_options(synchronize_session=False)
        )


def bells_later(session: Session, bells: Sequence[Bell], now: datetime) -> None:
    """Puts bells behind the others: what they tell of cannot be read now."""
    session.execute(
        update(CrmBellRow)
        .where(CrmBellRow.id.in_([one.id for one in bells]))
        .values(rung_at=now)
        .execution_options(synchronize_session=False)
    )


def oldest_bell(session: Session, connection: int) -> tuple[int, datetime | None]:
    """How many bells wait, and since when the oldest does."""
    count, since = session.execute(
        select(func.count(CrmBellRow.id), func.min(CrmBellRow.rung_at)).where(
            CrmBellRow.connection == connection
        )
    ).one()
    return count, since
