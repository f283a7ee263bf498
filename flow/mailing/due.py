"""When who is sent what; pure."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from core.mail_settings import Recipient
from figures.report.names import week_name

_STILL = timedelta(days=2)  # so late a report is still sent when the service was down


def week_due(recipient: Recipient, now: datetime, zone: tzinfo) -> str | None:
    """The week whose report is due by now (the one that ended last), like ``2026-W46``."""
    local = now.astimezone(zone)
    day = local.date() - timedelta(days=(local.isoweekday() - recipient.weekday) % 7)
    at = local.replace(
        year=day.year, month=day.month, day=day.day, hour=recipient.hour, minute=0, second=0,
        microsecond=0,
    )  # fmt: skip
    if at > local:
        at -= timedelta(days=7)
    if local - at > _STILL:
        return None
    return week_name(at - timedelta(days=7), zone)


def day_due(recipient: Recipient, now: datetime, zone: tzinfo) -> str | None:
    """The day whose digest is due by now, like ``2026-11-23``: today's, from the hour on."""
    local = now.astimezone(zone)
    return local.date().isoformat() if local.hour >= recipient.hour else None


def is_quiet(now: datetime, zone: tzinfo, quiet: tuple[int, int]) -> bool:
    """Whether nobody is disturbed now; the hours may go over midnight, equal ones mean never."""
    first, last = quiet
    hour = now.astimezone(zone).hour
    if first <= last:
        return first <= hour < last
    return hour >= first or hour < last


def midnight(now: datetime, zone: tzinfo) -> datetime:
    """When today began."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
