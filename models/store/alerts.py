"""Alerts: each is raised once, told, and ended; who could not be told is tried again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.pauses import doubled_s
from models.tables import AlertNoticeRow, AlertRow
from models.vocabulary.alert import Alert, AlertKind, Notice, OpenAlert

RAISED, ENDED = "raised", "ended"
_FIRST_PAUSE_S = 30


def open_alerts(session: Session) -> list[OpenAlert]:
    """The alerts that are open, the oldest first."""
    rows = session.scalars(
        select(AlertRow).where(AlertRow.ended_at.is_(None)).order_by(AlertRow.since, AlertRow.id)
    )
    return [_open(row) for row in rows]


def keep_alerts(
    session: Session, alerts: Sequence[Alert], channels: Sequence[str], now: datetime
) -> tuple[list[OpenAlert], list[OpenAlert]]:
    """Raises what is new and ends what is over; gives both.

    An alert that goes on only learns its newest detail. `channels` are to be told of each change.
    """
    rows = session.scalars(select(AlertRow).where(AlertRow.ended_at.is_(None)).with_for_update())
    known = {(row.kind, row.subject): row for row in rows}
    raised, ended = [], []
    for alert in alerts:
        row = known.pop((alert.kind.value, alert.subject), None)
        if row is not None:
            row.detail = alert.detail
            continue
        row = AlertRow(kind=alert.kind.value, subject=alert.subject, detail=alert.detail, since=now)
        session.add(row)
        session.flush()
        _tell(session, row, RAISED, channels, now)
        raised.append(_open(row))
    for row in known.values():
        row.ended_at = now
        _tell(session, row, ENDED, channels, now)
        ended.append(_open(row))
    session.flush()
    return raised, ended


def due_notices(session: Session, now: datetime) -> list[Notice]:
    """What somebody is to be told now, in the order in which it happened."""
    rows = session.execute(
        select(AlertNoticeRow, AlertRow)
        .join(AlertRow, AlertRow.id == AlertNoticeRow.alert)
        .where(AlertNoticeRow.due_at <= now)
        .order_by(AlertNoticeRow.id)
    )
    return [
        Notice(notice.id, notice.channel, notice.event, _open(row), row.ended_at, notice.tries)
        for notice, row in rows
    ]


def mark_told(session: Session, notice: int, now: datetime) -> None:
    """Writes down that somebody was told."""
    row = session.get_one(AlertNoticeRow, notice)
    row.sent_at, row.due_at, row.error = now, None, None


def mark_not_told(
    session: Session, notice: int, error: str, *, most_tries: int, now: datetime
) -> None:
    """Writes down that nobody took it; after the last try it is given up."""
    row = session.get_one(AlertNoticeRow, notice)
    row.tries += 1
    row.error = error
    pause = timedelta(seconds=doubled_s(_FIRST_PAUSE_S, row.tries))
    row.due_at = now + pause if row.tries < most_tries else None


def forget_alerts(session: Session, before: datetime) -> None:
    """Forgets alerts that ended before a moment."""
    session.execute(delete(AlertRow).where(AlertRow.ended_at < before))


def _tell(
    session: Session, row: AlertRow, event: str, channels: Sequence[str], now: datetime
) -> None:
    session.add_all(
        AlertNoticeRow(alert=row.id, event=event, channel=channel, tries=0, due_at=now)
        for channel in channels
    )


def _open(row: AlertRow) -> OpenAlert:
    return OpenAlert(AlertKind(row.kind), row.subject, row.detail, row.since)
