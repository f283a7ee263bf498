"""Rows about what happened and who is told of it: events, endpoints, deliveries, gaps."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import JsonList, JsonObject, Row


class EventRow(Row):
    """Something that happened, written with the same commit. Rows are only ever added.

    `uid` is its name for receivers; `user_id` whose it is. `payload` has ids, codes and times.
    """

    __tablename__ = "events"
    __table_args__ = ({"sqlite_autoincrement": True},)  # a number that was told never comes again

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True)
    type: Mapped[str]
    subject: Mapped[str]
    deal_id: Mapped[str | None] = mapped_column(index=True)
    user_id: Mapped[str | None]
    payload: Mapped[JsonObject]
    at: Mapped[datetime] = mapped_column(index=True)


class WebhookEndpointRow(Row):
    """Where another program takes events.

    `secret` and, until `old_until`, `old_secret` sign; both are sealed with the key of the state
    folder. `shut_why` is ``gone`` or ``by hand``.
    """

    __tablename__ = "webhook_endpoints"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    types: Mapped[JsonList]
    quotes: Mapped[bool]
    secret: Mapped[str]
    old_secret: Mapped[str | None]
    old_until: Mapped[datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    shut_at: Mapped[datetime | None]
    shut_why: Mapped[str | None]


class WebhookDeliveryRow(Row):
    """The delivery of one event to one endpoint.

    `line` is what it waits in line with: the deal, or the subject where there is none. `state` is
    ``waiting``, ``sending``, ``delivered`` or ``dead``; `token` is whose
    claim it is. It is tried for some days from `since` on.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_state_due_at", "state", "due_at"),
        Index("ix_webhook_deliveries_endpoint_line_state", "endpoint", "line", "state"),
        Index("ix_webhook_deliveries_endpoint_id", "endpoint", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint: Mapped[int] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    event: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    line: Mapped[str]
    state: Mapped[str]
    tries: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    since: Mapped[datetime]
    token: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    took_ms: Mapped[int | None]
    status: Mapped[int | None]
    error: Mapped[str | None]


class CoverageGapRow(Row):
    """A gap between the ledger and what was heard that was told, so that it is told once.

    `digest` is its identity; it goes when the gap is filled.
    """

    __tablename__ = "coverage_gaps"

    digest: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    account: Mapped[str]
    day: Mapped[date]
    told_at: Mapped[datetime]
