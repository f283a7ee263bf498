"""Rows about the service itself: its processes, and what is wrong with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Row


class ProcessRow(Row):
    """A process of the service that runs, or ran until it was killed.

    `name` is ``scheduler`` or ``worker``; `beat_at` is when it last said that it lives.
    """

    __tablename__ = "processes"

    host: Mapped[str] = mapped_column(primary_key=True)
    pid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime] = mapped_column(index=True)


class AlertRow(Row):
    """Something that is wrong with the service, from when to when.

    `subject` names what it is about (a lane, an account, a disk); of a kind and a subject one alert
    at most is open.
    """

    __tablename__ = "alerts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[str]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)


class AlertNoticeRow(Row):
    """That somebody is to be told of an alert: `event` is ``raised`` or ``ended``.

    `channel` is ``webhook`` or ``command``. What nobody took is tried again at `due_at`; `error`
    says why, and without a `due_at` it was given up.
    """

    __tablename__ = "alert_notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    alert: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), index=True)
    event: Mapped[str]
    channel: Mapped[str]
    tries: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
