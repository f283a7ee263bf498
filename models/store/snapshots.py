"""The CRM as it was read last: written whole, given back whole."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.clock import now
from models.store.mapping import columns_of, word_of
from models.tables import (
    ActivityRow,
    CompanyRow,
    ContactRow,
    CrmRow,
    DealRow,
    PipelineRow,
    Row,
    StageChangeRow,
    UserRow,
)
from models.vocabulary.deal import (
    Activity,
    Company,
    Contact,
    CrmSnapshot,
    Deal,
    Pipeline,
    StageChange,
    User,
)

_TABLES: dict[str, type[Row]] = {
    "users": UserRow,
    "companies": CompanyRow,
    "contacts": ContactRow,
    "stage_changes": StageChangeRow,
    "activities": ActivityRow,
}
# Written last: who asks for what changed since a moment sees it soon after that.
_WATCHED: tuple[tuple[str, type[PipelineRow | DealRow], type[Pipeline | Deal]], ...] = (
    ("pipelines", PipelineRow, Pipeline),
    ("deals", DealRow, Deal),
)
Word = TypeVar("Word")


def save_snapshot(session: Session, source: str, snapshot: CrmSnapshot) -> None:
    """Replaces what is known of the CRM `source` by `snapshot`.

    Pipelines and deals that are as before keep since when.
    """
    crm = session.scalar(select(CrmRow).where(CrmRow.source == source))
    if crm is None:
        crm = CrmRow(source=source)
        session.add(crm)
    crm.as_of, crm.timezone, crm.crm = snapshot.as_of, snapshot.timezone, snapshot.crm
    session.flush()
    for name, table in _TABLES.items():
        session.execute(delete(table).where(table.__table__.c.crm == crm.id))
        session.add_all(_rows(table, crm.id, getattr(snapshot, name)))
    session.flush()
    for name, watched, kind in _WATCHED:
        _replace_watched(session, watched, kind, crm.id, getattr(snapshot, name))


def load_snapshot(session: Session, source: str) -> CrmSnapshot | None:
    """Gives the CRM `source` as it was read last, times in its zone; ``None`` if it never was."""
    crm = session.scalar(select(CrmRow).where(CrmRow.source == source))
    if crm is None:
        return None
    zone = ZoneInfo(crm.timezone)

    def words(kind: type[Word], table: type[Row]) -> tuple[Word, ...]:
        columns = table.__table__.c
        rows = session.scalars(
            select(table).where(columns.crm == crm.id).order_by(columns.position)
        )
        return tuple(word_of(kind, vars(row), zone) for row in rows)

    return CrmSnapshot(
        as_of=crm.as_of.astimezone(zone),
        timezone=crm.timezone,
        crm=crm.crm,
        pipelines=words(Pipeline, PipelineRow),
        users=words(User, UserRow),
        companies=words(Company, CompanyRow),
        contacts=words(Contact, ContactRow),
        deals=words(Deal, DealRow),
        stage_changes=words(StageChange, StageChangeRow),
        activities=words(Activity, ActivityRow),
    )


def load_house(session: Session) -> tuple[str, tuple[User, ...]] | None:
    """Gives the time zone and the users of the CRM that was read last; ``None`` if none was."""
    crm = session.scalar(select(CrmRow).order_by(CrmRow.as_of.desc()).limit(1))
    if crm is None:
        return None
    users = session.scalars(select(UserRow).where(UserRow.crm == crm.id).order_by(UserRow.position))
    return crm.timezone, tuple(word_of(User, vars(row), UTC) for row in users)


def _replace_watched(
    session: Session,
    table: type[PipelineRow | DealRow],
    kind: type[Pipeline | Deal],
    crm: int,
    words: Iterable[Pipeline | Deal],
) -> None:
    rows = session.execute(select(*table.__table__.c).where(table.crm == crm)).mappings()
    known: dict[str, tuple[object, datetime]] = {
        row["id"]: (word_of(kind, {**row}, UTC), row["changed_at"]) for row in rows
    }
    session.execute(delete(table).where(table.crm == crm))
    at = now()
    for position, word in enumerate(words):
        before, since = known.get(word.id, (None, at))
        since = since if before == word else at
        session.add(table(crm=crm, position=position, changed_at=since, **columns_of(word)))
    session.flush()


def _rows(table: type[Row], crm: int, words: Iterable[object]) -> Iterable[Row]:
    for position, word in enumerate(words):
        yield table(crm=crm, position=position, **columns_of(word))
