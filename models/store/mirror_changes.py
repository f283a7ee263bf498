"""What of a live CRM changed, by the number of the change: so that only that is loaded anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from core.batches import batched
from models.tables import CrmChangeRow, CrmConnectionRow
from models.vocabulary.crm import Thing

KEPT = 20_000  # changes that are told one by one; who knows less loads everything


@dataclass(frozen=True, slots=True)
class Told:
    """What changed since a moment: the things by kind, or ``None``: more than can be told."""

    change: int
    things: Mapping[Thing, Sequence[str]] | None


def note_changes(session: Session, connection: int, changed: Mapping[Thing, Sequence[str]]) -> None:
    """Numbers a change and writes down what it was of; nothing where nothing changed.

    While a CRM is read for the first time nobody follows it thing by thing.
    """
    if not any(changed.values()):
        return
    row = session.get_one(CrmConnectionRow, connection)
    row.change += 1
    if row.loaded_at is None:
        row.told_from = row.change
        session.flush()
        return
    for thing, ids in changed.items():
        for some in batched(ids):
            session.execute(
                delete(CrmChangeRow).where(
                    CrmChangeRow.connection == connection,
                    CrmChangeRow.thing == thing.value,
                    CrmChangeRow.subject.in_(some),
                )
            )
            session.execute(
                insert(CrmChangeRow),
                [
                    {
                        "connection": connection,
                        "thing": thing.value,
                        "subject": id_,
                        "change": row.change,
                    }
                    for id_ in dict.fromkeys(some)
                ],
            )
    session.flush()


def bump_change(session: Session, connection: int) -> None:
    """Numbers a change that is of no single thing."""
    session.get_one(CrmConnectionRow, connection).change += 1
    session.flush()


def changes_since(session: Session, connection: int, change: int) -> Told:
    """What changed after the change of a number."""
    row = session.get_one(CrmConnectionRow, connection, populate_existing=True)
    if change < row.told_from or change > row.change:
        return Told(row.change, None)
    things: dict[Thing, list[str]] = {}
    for thing, subject in session.execute(
        select(CrmChangeRow.thing, CrmChangeRow.subject).where(
            CrmChangeRow.connection == connection, CrmChangeRow.change > change
        )
    ):
        things.setdefault(Thing(thing), []).append(subject)
    return Told(row.change, things)


def forget_changes(session: Session, connection: int, kept: int = KEPT) -> None:
    """Keeps the last changes; who has not followed these loads everything."""
    of_connection = CrmChangeRow.connection == connection
    last = session.scalar(
        select(CrmChangeRow.change)
        .where(of_connection)
        .order_by(CrmChangeRow.change.desc())
        .offset(kept)
        .limit(1)
    )
    if last is None:
        return
    session.execute(delete(CrmChangeRow).where(of_connection, CrmChangeRow.change <= last))
    session.execute(
        update(CrmConnectionRow)
        .where(CrmConnectionRow.id == connection)
        .values(told_from=last)
        .execution_options(synchronize_session=False)
    )
