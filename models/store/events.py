"""What happened, written in the transaction that made it happen, and put in line for endpoints."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from models.store.mapping import word_of
from models.store.statements import changed_rows
from models.tables import EventRow, WebhookDeliveryRow, WebhookEndpointRow
from models.vocabulary.event import DeliveryState, Event, EventType, News

_UNDER_WAY = (DeliveryState.WAITING.value, DeliveryState.SENDING.value)


def add_events(session: Session, news: Iterable[News], now: datetime) -> list[Event]:
    """Writes down what happened, with the commit of the deed, for every endpoint that wants it."""
    rows = [
        EventRow(
            uid=f"evt_{secrets.token_hex(16)}",
            type=one.type.value,
            subject=one.subject,
            deal_id=one.deal_id,
            user_id=one.user_id,
            payload=dict(one.payload),
            at=now,
        )
        for one in news
    ]
    if not rows:
        return []
    session.add_all(rows)
    session.flush()
    endpoints = session.execute(
        select(WebhookEndpointRow.id, WebhookEndpointRow.types).where(
            WebhookEndpointRow.shut_at.is_(None)
        )
    ).all()
    for endpoint, types in endpoints:
        put_in_line(session, endpoint, [r for r in rows if r.type in types], now)
    session.flush()
    return [event_of(row) for row in rows]


def put_in_line(
    session: Session,
    endpoint: int,
    rows: Iterable[EventRow],
    now: datetime,
) -> None:
    """Has events delivered to one endpoint."""
    session.add_all(
        WebhookDeliveryRow(
            endpoint=endpoint,
            event=row.id,
            line=f"deal:{row.deal_id}" if row.deal_id is not None else row.subject,
            state=DeliveryState.WAITING.value,
            tries=0,
            created_at=now,
            due_at=now,
            since=now,
        )
        for row in rows
    )


def last_event(session: Session) -> int:
    """The number of the newest event; 0 where there is none."""
    return session.scalar(select(func.max(EventRow.id))) or 0


def events_after(
    session: Session,
    after: int,
    *,
    types: Collection[EventType],
    late: Sequence[int] = (),
    most: int = 500,
) -> list[Event]:
    """Events with a higher number, and those of `late` that came meanwhile, in order."""
    newer = EventRow.id > after
    rows = session.scalars(
        select(EventRow)
        .where(
            or_(newer, EventRow.id.in_(late)) if late else newer,
            EventRow.type.in_([one.value for one in types]),
        )
        .order_by(EventRow.id)
        .limit(most)
    )
    return [event_of(row) for row in rows]


def forget_events(session: Session, before: datetime) -> int:
    """Forgets what happened before a moment and was delivered or given up; gives how much."""
    waiting = select(WebhookDeliveryRow.event).where(WebhookDeliveryRow.state.in_(_UNDER_WAY))
    return changed_rows(
        session, delete(EventRow).where(EventRow.at < before, EventRow.id.not_in(waiting))
    )


def event_of(row: EventRow) -> Event:
    """The word of a row."""
    return word_of(Event, vars(row), UTC)
