"""A live CRM in our tables: what was read of it is written by id, row by row.

Whoever writes holds the connection's row until the transaction ends, so that positions are given
once and changes are numbered in the order of their commits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.mapping import columns_of
from models.store.mirror_changes import note_changes
from models.store.mirror_texts import Unwanted, as_storable, known_contact
from models.store.statements import changed_rows
from models.tables import (
    ActivityRow,
    CompanyRow,
    ContactRow,
    CrmConnectionRow,
    CrmRow,
    DealRow,
    Row,
    StageChangeRow,
)
from models.vocabulary.crm import Batch, Thing, source_of
from models.vocabulary.deal import StageChange

TABLES: Mapping[Thing, type[Row]] = {
    Thing.CONTACT: ContactRow,
    Thing.COMPANY: CompanyRow,
    Thing.STAGE_CHANGE: StageChangeRow,
    Thing.ACTIVITY: ActivityRow,
    Thing.DEAL: DealRow,  # written last, as it is in a snapshot
}
_HANGS_ON = (Thing.STAGE_CHANGE, Thing.ACTIVITY)  # on a deal


@dataclass(frozen=True, slots=True)
class Target:
    """Where a CRM is written to: its connection, its row among the CRMs, the time of now."""

    connection: int
    crm: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What came of writing a batch: how much was new, other or gone; the places of all it held."""

    changed: int
    met: Mapping[Thing, Sequence[int]] = field(default_factory=dict)


def open_mirror(session: Session, connection: int, at: datetime) -> Target | None:
    """Takes hold of a connection to write what was read of it; ``None``: it is gone."""
    held = update(CrmConnectionRow).where(CrmConnectionRow.id == connection)
    # An UPDATE that changes nothing takes the row on every database.
    if not changed_rows(session, held.values(change=CrmConnectionRow.change)):
        return None
    row = session.get_one(CrmConnectionRow, connection, populate_existing=True)
    crm = session.scalar(select(CrmRow).where(CrmRow.source == source_of(row.name)))
    if crm is None:
        crm = CrmRow(source=source_of(row.name), as_of=at)
        session.add(crm)
    crm.timezone, crm.crm = row.timezone, row.kind
    session.flush()
    return Target(connection, crm.id, at)


def find_mirror(session: Session, connection: int, at: datetime) -> Target | None:
    """Where a connection was written to, without taking hold of it; ``None``: nowhere yet."""
    row = session.get(CrmConnectionRow, connection)
    if row is None:
        return None
    crm = session.scalar(select(CrmRow.id).where(CrmRow.source == source_of(row.name)))
    return Target(connection, crm, at) if crm is not None else None


def write_batch(
    session: Session, target: Target, batch: Batch, unwanted: Unwanted | None = None
) -> Mirrored:
    """Brings the rows of what is in a batch to what it says; rows that are as before stay.

    Args:
        session: writes.
        target: from `open_mirror` in the same transaction.
        batch: what was read; of things that are in it twice the last counts.
        unwanted: the numbers of people who were forgotten; theirs is not written down.
    """
    words: dict[Thing, dict[str, dict[str, Any]]] = {
        Thing.CONTACT: _columns(batch.contacts, unwanted),
        Thing.COMPANY: _columns(batch.companies, unwanted),
        Thing.STAGE_CHANGE: _columns(map(_named, batch.stage_changes), unwanted),
        Thing.ACTIVITY: _columns(batch.activities, unwanted),
        Thing.DEAL: _columns(batch.deals, unwanted),
    }
    gone = _gone(session, target, batch, words)
    for id_, columns in list(words[Thing.CONTACT].items()):
        if not known_contact(columns):
            gone[Thing.CONTACT].add(id_)
            del words[Thing.CONTACT][id_]
    changed: dict[Thing, list[str]] = {}
    met: dict[Thing, Sequence[int]] = {}
    for thing in TABLES:
        removed = remove(session, target, thing, gone[thing] - words[thing].keys())
        written, met[thing] = _upsert(session, target, thing, words[thing])
        changed[thing] = [*removed, *written]
    note_changes(session, target.connection, changed)
    return Mirrored(sum(map(len, changed.values())), met)


def remove(session: Session, target: Target, thing: Thing, ids: Collection[str]) -> list[str]:
    """Removes what is gone from the CRM; gives what of it was there. The change is not noted."""
    table = cast("Table", TABLES[thing].__table__)
    removed: list[str] = []
    for some in batched(sorted(ids)):
        chosen = (table.c.crm == target.crm, table.c.id.in_(some))
        there = list(session.scalars(select(table.c.id).where(*chosen)))
        if there:
            session.execute(delete(table).where(*chosen))
        removed += there
    return removed


def hanging_on(
    session: Session, target: Target, thing: Thing, deals: Collection[str]
) -> dict[str, str]:
    """The deal of each thing that hangs on one of the deals, by its id."""
    table = cast("Table", TABLES[thing].__table__)
    found: dict[str, str] = {}
    for some in batched(sorted(deals)):
        rows = session.execute(
            select(table.c.id, table.c.deal_id).where(
                table.c.crm == target.crm, table.c.deal_id.in_(some), table.c.id.is_not(None)
            )
        )
        found |= {row.id: row.deal_id for row in rows}
    return found


def places_taken(session: Session, target: Target, thing: Thing) -> int:
    """The place after the last one that is taken."""
    table = cast("Table", TABLES[thing].__table__)
    last = session.scalar(select(func.max(table.c.position)).where(table.c.crm == target.crm))
    return 0 if last is None else last + 1


def _gone(
    session: Session,
    target: Target,
    batch: Batch,
    words: Mapping[Thing, Mapping[str, Mapping[str, Any]]],
) -> dict[Thing, set[str]]:
    """What a batch says is gone, and what hung on it; of whole deals whatever is not in it."""
    gone: dict[Thing, set[str]] = defaultdict(set)
    for thing, id_ in batch.gone:
        gone[thing].add(id_)
    lost = gone[Thing.DEAL] - words[Thing.DEAL].keys()
    for thing in _HANGS_ON:
        gone[thing].update(hanging_on(session, target, thing, lost))
        if thing not in batch.partial:
            gone[thing].update(hanging_on(session, target, thing, batch.whole))
    return gone


def _columns(words: Iterable[object], unwanted: Unwanted | None) -> dict[str, dict[str, Any]]:
    rows = (as_storable(columns_of(word), unwanted) for word in words)
    return {row["id"]: row for row in rows}


def _named(change: StageChange) -> StageChange:
    """A move with an id; where the CRM has none it is what tells it from others."""
    if change.id is not None:
        return change
    at = change.at.astimezone(UTC).isoformat()
    return StageChange(
        change.deal_id, change.to_id, change.at, change.from_id, change.by,
        f"{change.deal_id}/{change.to_id}@{at}",
    )  # fmt: skip


def _upsert(
    session: Session, target: Target, thing: Thing, words: Mapping[str, dict[str, Any]]
) -> tuple[list[str], Sequence[int]]:
    """Writes what is new or other; gives their ids, and the places of everything."""
    table = cast("Table", TABLES[thing].__table__)
    known = _known(session, target, table, list(words))
    watched = {"changed_at": target.at} if "changed_at" in table.c else {}
    free = places_taken(session, target, thing) if words.keys() - known.keys() else 0
    new, written, met = [], [], []
    for id_, columns in words.items():
        row = known.get(id_)
        if row is None:
            new.append({"crm": target.crm, "position": free, **columns, **watched})
            met.append(free)
            free += 1
        else:
            met.append(row["position"])
            other = {name: value for name, value in columns.items() if row[name] != value}
            if not other:
                continue
            place = (table.c.crm == target.crm, table.c.position == row["position"])
            session.execute(update(table).where(*place).values(**other, **watched))
        written.append(id_)
    for some in batched(new):
        session.execute(insert(table), list(some))
    return written, met


def _known(
    session: Session, target: Target, table: Table, ids: Sequence[str]
) -> dict[str, Mapping[str, Any]]:
    known: dict[str, Mapping[str, Any]] = {}
    for some in batched(ids):
        rows = session.execute(
            select(*table.c).where(table.c.crm == target.crm, table.c.id.in_(some))
        )
        known |= {row["id"]: row for row in rows.mappings()}
    return known
