"""Endpoints: where other programs take events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models.store.mapping import word_of
from models.store.statements import changed_rows
from models.tables import WebhookDeliveryRow, WebhookEndpointRow
from models.vocabulary.event import DeliveryState, Endpoint, EventType

GONE, BY_HAND = "gone", "by hand"


def add_endpoint(  # noqa: PLR0913 - what an endpoint is
    session: Session,
    *,
    url: str,
    types: Sequence[EventType],
    quotes: bool,
    secret: str,
    created_by: str,
    now: datetime,
) -> Endpoint:
    """Adds an endpoint; `secret` is sealed."""
    row = WebhookEndpointRow(
        url=url,
        types=[one.value for one in types],
        quotes=quotes,
        secret=secret,
        created_by=created_by,
        created_at=now,
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    return endpoint_of(row)


def load_endpoints(session: Session) -> list[Endpoint]:
    """All of them, the oldest first."""
    rows = session.scalars(select(WebhookEndpointRow).order_by(WebhookEndpointRow.id))
    return [endpoint_of(row) for row in rows]


def load_endpoint(session: Session, endpoint: int) -> Endpoint | None:
    """One of them; ``None``: there is none."""
    row = session.get(WebhookEndpointRow, endpoint)
    return endpoint_of(row) if row is not None else None


def find_endpoint(session: Session, endpoint: int) -> WebhookEndpointRow | None:
    """The row of one, shut to others until the end of the transaction; ``None``: there is none."""
    return session.scalar(
        select(WebhookEndpointRow).where(WebhookEndpointRow.id == endpoint).with_for_update()
    )


def open_endpoints(session: Session) -> list[int]:
    """Those that events are sent to."""
    chosen = select(WebhookEndpointRow.id).where(WebhookEndpointRow.shut_at.is_(None))
    return list(session.scalars(chosen.order_by(WebhookEndpointRow.id)))


def shut_endpoint(session: Session, endpoint: int, why: str, now: datetime) -> None:
    """Sends nothing there any more; what waits is kept as long as it would be tried."""
    row = find_endpoint(session, endpoint)
    if row is not None and row.shut_at is None:
        row.shut_at, row.shut_why = now, why


def remove_endpoint(session: Session, endpoint: int) -> bool:
    """Removes one with its deliveries; false where there is none."""
    return (
        changed_rows(session, delete(WebhookEndpointRow).where(WebhookEndpointRow.id == endpoint))
        > 0
    )


def tallies(session: Session, endpoint: int | None = None) -> dict[int, dict[DeliveryState, int]]:
    """By endpoint, of all or of one, how many deliveries stand how."""
    counted = select(WebhookDeliveryRow.endpoint, WebhookDeliveryRow.state, func.count()).group_by(
        WebhookDeliveryRow.endpoint, WebhookDeliveryRow.state
    )
    if endpoint is not None:
        counted = counted.where(WebhookDeliveryRow.endpoint == endpoint)
    rows = session.execute(counted)
    found: dict[int, dict[DeliveryState, int]] = {}
    for of, state, count in rows:
        found.setdefault(of, {})[DeliveryState(state)] = count
    return found


def endpoint_of(row: WebhookEndpointRow) -> Endpoint:
    """The word of a row."""
    return word_of(Endpoint, vars(row), UTC)
