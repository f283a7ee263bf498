"""Deadlines in working time: weekends, holidays and days moved by decree."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from classify.verification.check_kinds import Within
from classify.verification.worktime import WorkCalendar
from models.vocabulary.errors import InvalidInputError

ZONE = ZoneInfo("Europe/Moscow")
RUSSIA = WorkCalendar("RU", ZONE)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 4), False),
        (date(2026, 1, 9), False),
        (date(2026, 12, 31), False),
        (date(2026, 3, 9), False),
        (date(2025, 11, 1), True),
        (date(2025, 11, 3), False),
    ],
    ids=[
        "Friday",
        "Saturday",
        "Unity Day",
        "moved day off",
        "moved to New Year's Eve",
        "observed",
        "worked Saturday",
        "its day off",
    ],
)
def test_russias_moved_days_are_known(day: date, worked: bool) -> None:
    assert RUSSIA.is_working_day(day) is worked


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (datetime(2026, 11, 12, 12, 0, tzinfo=ZONE), 3, date(2026, 11, 17)),
        (datetime(2026, 11, 14, 12, 0, tzinfo=ZONE), 1, date(2026, 11, 16)),
        (datetime(2026, 11, 3, 12, 0, tzinfo=ZONE), 1, date(2026, 11, 5)),
        (datetime(2026, 12, 30, 12, 0, tzinfo=ZONE), 1, date(2027, 1, 11)),
        (datetime(2026, 11, 12, 22, 30, tzinfo=ZoneInfo("UTC")), 1, date(2026, 11, 16)),
    ],
)
def test_working_days_are_counted_from_the_next_day(start: datetime, days: int, end: date) -> None:
    over = RUSSIA.after(start, Within(working_days=days))
    assert over == datetime(end.year, end.month, end.day, 23, 59, 59, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-12T10:00", "2026-11-12T14:00"),
        ("2026-11-12T16:00", "2026-11-13T11:00"),
        ("2026-11-13T17:00", "2026-11-16T12:00"),
        ("2026-11-14T12:00", "2026-11-16T13:00"),
        ("2026-11-12T20:00", "2026-11-13T13:00"),
        ("2026-11-12T14:00", "2026-11-12T18:00"),
    ],
)
def test_working_hours_run_only_while_people_work(start: str, end: str) -> None:
    begin, over = (datetime.fromisoformat(text).replace(tzinfo=ZONE) for text in (start, end))
    assert RUSSIA.after(begin, Within(working_hours=4)) == over


def test_minutes_run_through_nights() -> None:
    start = datetime(2026, 11, 12, 23, 50, tzinfo=ZONE)
    assert RUSSIA.after(start, Within(minutes=15)).day == 13


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="holidays_country"):
        WorkCalendar("Нарния", ZONE).is_working_day(date(2026, 11, 20))
