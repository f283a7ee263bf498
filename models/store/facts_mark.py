"""What tells that facts were written by somebody else, and which are there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.batches import batched
from models.tables import (
    CallFactRow,
    CrmRow,
    DealFactRow,
    DealRow,
    KeepingEventRow,
    LineFactRow,
    PersonFactRow,
    PromiseFactRow,
)
from models.tables.figures import FOREVER

FactsMark = tuple[tuple[int | None, datetime | None], ...]
_TABLES = (LineFactRow, PersonFactRow, DealFactRow, PromiseFactRow, CallFactRow)


def facts_mark(session: Session, crm_source: str) -> FactsMark:
    """Is another one after facts were written or closed, and after each forgetting or retention."""
    marks: list[tuple[int | None, datetime | None]] = []
    for table in _TABLES:
        own = table.crm_source == crm_source
        last = session.scalar(select(table.id).where(own).order_by(table.id.desc()).limit(1))
        closed = session.scalar(
            select(func.max(table.valid_until)).where(own, table.valid_until < FOREVER)
        )
        marks.append((last, closed))
    return (*marks, (session.scalar(select(func.max(KeepingEventRow.id))), None))


def current_deals(session: Session, crm_source: str) -> Sequence[str]:
    """The deals of which there are facts now."""
    own = (DealFactRow.crm_source == crm_source, DealFactRow.valid_until == FOREVER)
    return list(session.scalars(select(DealFactRow.deal_id).where(*own)))


def in_crm(
    session: Session, crm_source: str, deals: Sequence[str], pipelines: Collection[str]
) -> frozenset[str]:
    """Those of the deals that the CRM still has, in one of these pipelines."""
    found: set[str] = set()
    for some in batched(deals):
        found.update(
            session.scalars(
                select(DealRow.id)
                .join(CrmRow, CrmRow.id == DealRow.crm)
                .where(
                    CrmRow.source == crm_source,
                    DealRow.id.in_(some),
                    DealRow.pipeline_id.in_(pipelines),
                )
            )
        )
    return frozenset(found)
