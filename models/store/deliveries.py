"""Deliveries of events to endpoints: in line per deal, claimed by one sender at a time.

A claim is one UPDATE that only succeeds on a delivery that waits, is due, and has none before it in
its line; whoever lost its claim writes nothing any more (compare `models.store.claims`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Update, exists, select, update
from sqlalchemy.orm import Session, aliased

from models.store.events import event_of
from models.store.mapping import word_of
from models.store.statements import changed_rows
from models.tables import EventRow, WebhookDeliveryRow, WebhookEndpointRow
from models.vocabulary.event import Delivery, DeliveryState, ToSend

_UPDATE = update(WebhookDeliveryRow).execution_options(synchronize_session=False)
_WAITING, _SENDING = DeliveryState.WAITING.value, DeliveryState.SENDING.value
EXPIRED = "expired"


def due_deliveries(session: Session, endpoint: int, now: datetime, most: int) -> list[int]:
    """What may be sent to an endpoint now, the longest due first."""
    return list(
        session.scalars(
            select(WebhookDeliveryRow.id)
            .where(WebhookDeliveryRow.endpoint == endpoint, _may_go(now))
            .order_by(WebhookDeliveryRow.due_at, WebhookDeliveryRow.id)
            .limit(most)
        )
    )


def claim_delivery(session: Session, delivery: int, token: str, now: datetime) -> ToSend | None:
    """Takes a delivery; ``None`` where another sender has it or it may not go (any more)."""
    shut = exists().where(
        WebhookEndpointRow.id == WebhookDeliveryRow.endpoint,
        WebhookEndpointRow.shut_at.is_not(None),
    )
    taken = _UPDATE.where(WebhookDeliveryRow.id == delivery, _may_go(now), ~shut).values(
        state=_SENDING, token=token, claimed_at=now
    )
    if not changed_rows(session, taken):
        return None
    row, event, endpoint = session.execute(
        select(WebhookDeliveryRow, EventRow, WebhookEndpointRow)
        .join(EventRow, EventRow.id == WebhookDeliveryRow.event)
        .join(WebhookEndpointRow, WebhookEndpointRow.id == WebhookDeliveryRow.endpoint)
        .where(WebhookDeliveryRow.id == delivery)
    ).one()
    old = endpoint.old_secret
    both = old is not None and endpoint.old_until is not None and now < endpoint.old_until
    return ToSend(
        delivery=delivery,
        endpoint=endpoint.id,
        token=token,
        tries=row.tries + 1,
        since=row.since,
        url=endpoint.url,
        quotes=endpoint.quotes,
        sealed=(endpoint.secret, old) if both and old is not None else (endpoint.secret,),
        event=event_of(event),
    )


def mark_delivered(
    session: Session, sent: ToSend, *, status: int, took_ms: int, now: datetime
) -> bool:
    """Writes down that an endpoint took it; false: it was not ours any more."""
    return _written(
        session,
        sent,
        state=DeliveryState.DELIVERED.value,
        status=status,
        took_ms=took_ms,
        error=None,
        tried_at=now,
    )


def mark_failed(  # noqa: PLR0913 - what went wrong and when it is tried again
    session: Session,
    sent: ToSend,
    *,
    status: int | None,
    error: str,
    took_ms: int,
    due_at: datetime | None,
    now: datetime,
) -> bool:
    """Writes down that nobody took it; without a `due_at` it is given up."""
    state = DeliveryState.DEAD.value if due_at is None else _WAITING
    values = {"state": state, "status": status, "error": error, "took_ms": took_ms}
    return _written(session, sent, **values, due_at=due_at or now, tried_at=now)


def free_lost(session: Session, now: datetime, lost_s: float) -> int:
    """Lets wait again what a sender took and never came back from; gives how many."""
    lost = now - timedelta(seconds=lost_s)
    return changed_rows(
        session,
        _UPDATE.where(
            WebhookDeliveryRow.state == _SENDING, WebhookDeliveryRow.claimed_at < lost
        ).values(state=_WAITING, token=None, due_at=now),
    )


def give_up_expired(session: Session, before: datetime) -> int:
    """Gives up what has waited since before a moment, also at endpoints that were shut."""
    return changed_rows(
        session,
        _UPDATE.where(
            WebhookDeliveryRow.state == _WAITING, WebhookDeliveryRow.since <= before
        ).values(state=DeliveryState.DEAD.value, error=EXPIRED),
    )


def send_again(session: Session, endpoint: int, delivery: int | None, now: datetime) -> int:
    """Puts dead deliveries of an endpoint back in line, one or all; gives how many."""
    dead = _UPDATE.where(
        WebhookDeliveryRow.endpoint == endpoint,
        WebhookDeliveryRow.state == DeliveryState.DEAD.value,
    )
    if delivery is not None:
        dead = dead.where(WebhookDeliveryRow.id == delivery)
    return changed_rows(
        session,
        dead.values(state=_WAITING, tries=0, due_at=now, since=now, token=None),
    )


def last_deliveries(
    session: Session, endpoint: int, state: DeliveryState | None = None, most: int = 50
) -> list[Delivery]:
    """The newest deliveries of an endpoint."""
    chosen = (
        select(WebhookDeliveryRow, EventRow.uid, EventRow.type, EventRow.deal_id)
        .join(EventRow, EventRow.id == WebhookDeliveryRow.event)
        .where(WebhookDeliveryRow.endpoint == endpoint)
        .order_by(WebhookDeliveryRow.id.desc())
        .limit(most)
    )
    if state is not None:
        chosen = chosen.where(WebhookDeliveryRow.state == state.value)
    return [
        word_of(Delivery, vars(row) | {"uid": uid, "type": type_, "deal_id": deal}, UTC)
        for row, uid, type_, deal in session.execute(chosen)
    ]


def _may_go(now: datetime) -> ColumnElement[bool]:
    """Waits, is due, and nothing before it in its line is under way."""
    earlier = aliased(WebhookDeliveryRow)
    before = exists().where(
        earlier.endpoint == WebhookDeliveryRow.endpoint,
        earlier.line == WebhookDeliveryRow.line,
        earlier.state.in_((_WAITING, _SENDING)),
        earlier.event < WebhookDeliveryRow.event,
    )
    return (WebhookDeliveryRow.state == _WAITING) & (WebhookDeliveryRow.due_at <= now) & ~before


def _written(session: Session, sent: ToSend, **values: object) -> bool:
    own: Update = _UPDATE.where(
        WebhookDeliveryRow.id == sent.delivery,
        WebhookDeliveryRow.state == _SENDING,
        WebhookDeliveryRow.token == sent.token,
    )
    return changed_rows(session, own.values(**values, tries=sent.tries, token=None)) > 0
