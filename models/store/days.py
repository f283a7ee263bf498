"""How many calls came how far, hour by hour; whoever shows days puts them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.tables import CallRow, RecordingRow
from models.vocabulary.call import Direction

COUNTS = (
    *("calls", "in_ledger", "answered", "recorded", "transcribed", "judged", "unusable"),
    "missing",
)


@dataclass(frozen=True, slots=True)
class HourTally:
    """The calls of one telephone system that began in an hour of UTC, counted by `COUNTS`."""

    hour: datetime
    account: str
    counts: Mapping[str, int]


def tallies_by_hour(
    session: Session, source: str, begins: datetime, ends: datetime, account: str | None
) -> list[HourTally]:
    """The hours from `begins` to before `ends` in which there were calls, counted in one query."""
    recorded = CallRow.recording != ""
    outside = CallRow.direction.is_(None) | (CallRow.direction != Direction.INTERNAL.value)
    answered = CallRow.answered.is_(True)
    counted: dict[str, ColumnElement[bool]] = {
        "in_ledger": CallRow.in_cdr.is_(True),
        "answered": answered,
        "recorded": recorded,
        "transcribed": CallRow.transcript_id.is_not(None),
        "judged": CallRow.outcome.is_not(None),
        "unusable": RecordingRow.state == "unusable",
        "missing": answered & outside & ~recorded,
    }
    hour = _hour(session)
    sums = [func.count().filter(test).label(name) for name, test in counted.items()]
    chosen = (
        select(hour.label("hour"), CallRow.account, func.count().label("calls"), *sums)
        .outerjoin(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
        .where(CallRow.source == source, CallRow.current)
        .where(CallRow.started_at >= begins, CallRow.started_at < ends)
        .group_by(hour, CallRow.account)
    )
    if account is not None:
        chosen = chosen.where(CallRow.account == account)
    return [
        HourTally(
            _moment(row["hour"]),
            row["account"],
            {name: row[name] for name in COUNTS},
        )
        for row in session.execute(chosen).mappings()
    ]


def changed_hours(
    session: Session, source: str, begins: datetime, ends: datetime, since: datetime
) -> set[tuple[datetime, str]]:
    """The hours, with the telephone system, of calls of which something changed since a moment.

    Calls that do not count any more are among them.
    """
    chosen = (
        select(_hour(session), CallRow.account)
        .where(CallRow.source == source, CallRow.updated_at >= since)
        .where(CallRow.started_at >= begins, CallRow.started_at < ends)
        .distinct()
    )
    return {(_moment(hour), account) for hour, account in session.execute(chosen)}


def _hour(session: Session) -> ColumnElement[Any]:
    """The hour of UTC in which a call began, as `_moment` reads it."""
    if session.get_bind().dialect.name == "postgresql":
        return func.date_trunc("hour", func.timezone("UTC", CallRow.started_at))
    return func.strftime("%Y-%m-%dT%H:00:00", CallRow.started_at)


def _moment(hour: datetime | str) -> datetime:
    naive = datetime.fromisoformat(hour) if isinstance(hour, str) else hour
    return naive.replace(tzinfo=UTC)
