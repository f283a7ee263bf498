"""All calls that figures are counted from, as many as there are, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.store.mapping import word_of
from models.tables import CallFactRow
from models.vocabulary.figures import CallFact

_HELD = 2_000  # rows at once


def each_call(
    session: Session, crm_source: str, zone: tzinfo, as_of: datetime
) -> Iterator[CallFact]:
    """Each call as it was known at a moment, in the order of time, times in `zone`."""
    table = CallFactRow
    rows = session.execute(
        select(*table.__table__.columns)
        .where(table.crm_source == crm_source, table.valid_from <= as_of, table.valid_until > as_of)
        .order_by(table.at, table.call_id)
        .execution_options(yield_per=_HELD)
    )
    for row in rows.mappings():
        yield word_of(CallFact, dict(row), zone)
