"""Weeks of a CRM's time zone as rows, for the views of figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from models.tables import CallFactRow, DealFactRow, FactWeekRow, PromiseFactRow

_AHEAD = timedelta(weeks=8)  # weeks that are there before anything is in them
_WEEK = timedelta(weeks=1)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # what is told of earlier is a slip


def keep_weeks(session: Session, crm_source: str, zone: tzinfo, now: datetime) -> None:
    """Brings the weeks of a CRM to what they are: from its first fact to some weeks from now.

    To be called wherever facts are saved, in the same transaction.
    """
    wanted = _weeks(session, crm_source, zone, now)
    there = {
        row.starts_at: row.week
        for row in session.execute(
            select(FactWeekRow.starts_at, FactWeekRow.week).where(
                FactWeekRow.crm_source == crm_source
            )
        )
    }
    if any(wanted.get(at, day) != day or at not in wanted for at, day in there.items()):
        session.execute(delete(FactWeekRow).where(FactWeekRow.crm_source == crm_source))
        there = {}
    new = [
        {"crm_source": crm_source, "starts_at": at, "week": day}
        for at, day in wanted.items()
        if at not in there
    ]
    if new:
        session.execute(insert(FactWeekRow), new)


def _weeks(session: Session, crm_source: str, zone: tzinfo, now: datetime) -> dict[datetime, date]:
    """By when they begin: Mondays, 00:00 in the zone."""
    columns = (
        (DealFactRow, DealFactRow.first_contact_at),
        (CallFactRow, CallFactRow.at),
        (PromiseFactRow, PromiseFactRow.made_at),
    )
    firsts = [
        session.scalar(select(func.min(column)).where(table.crm_source == crm_source))
        for table, column in columns
    ]
    first = max(min((one for one in firsts if one is not None), default=now), _EARLIEST)
    day = first.astimezone(zone).date()
    day -= timedelta(days=day.weekday())
    last = (now + _AHEAD).astimezone(zone).date()
    found = {}
    while day <= last:
        found[datetime.combine(day, time(), zone).astimezone(UTC)] = day
        day += _WEEK
    return found
