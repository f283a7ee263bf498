"""Rows about reports: which were issued, and what is to be sent to whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import JsonList, JsonObject, Row


class ReportEditionRow(Row):
    """A report that was issued, with all that it rests on beside facts: it can be made again.

    `scope` says whose rows were counted, `inputs` holds plans, working hours and the like;
    `digest` is that of the document.
    """

    __tablename__ = "report_editions"

    id: Mapped[int] = mapped_column(primary_key=True)
    crm_source: Mapped[str]
    kind: Mapped[str]
    language: Mapped[str]
    whom: Mapped[str]
    scope: Mapped[JsonObject]
    period_from: Mapped[datetime]
    period_until: Mapped[datetime]
    zone: Mapped[str]
    as_of: Mapped[datetime]
    inputs: Mapped[JsonObject]
    rules: Mapped[JsonList]
    digest: Mapped[str]
    issued_at: Mapped[datetime] = mapped_column(index=True)
    issued_for: Mapped[str]


class MailingRow(Row):
    """Something that is to be sent to somebody once; `slot` is when or of what.

    `state` is ``due``, ``taken`` (claimed), ``handed`` (given to the other side), ``sent``,
    ``failed`` or ``empty`` (nothing was left to tell). Who died while it was ``handed`` may have
    sent it: it is not sent again by itself.
    """

    __tablename__ = "mailings"
    __table_args__ = (UniqueConstraint("recipient", "channel", "kind", "slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str]
    channel: Mapped[str]
    kind: Mapped[str]
    slot: Mapped[str]
    state: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int]
    token: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
    edition: Mapped[int | None] = mapped_column(
        ForeignKey("report_editions.id", ondelete="SET NULL")
    )
