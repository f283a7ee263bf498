"""Hours that a recogniser cut in two, and numbers that are a day of the month and no hour."""

from __future__ import annotations

from datetime import datetime

import pytest

from classify.dates import find_times

WEDNESDAY = datetime.fromisoformat("2026-11-18T11:00:00+03:00")


@pytest.mark.parametrize(
    ("said", "day", "clock"),
    [
        ("запишу вторник один нацать утра", "2026-11-24", "11:00:00"),
        ("в понедельник в один надцать", "2026-11-23", "11:00:00"),
        ("завтра в две надцать часов", "2026-11-19", "12:00:00"),
        ("в понедельник 23 наберу", "2026-11-23", "None"),
        ("во вторник 17", "2026-11-24", "17:00:00"),
        ("я бы в пятницу приехал", "2026-11-20", "None"),
        ("после вчерашней поездки", "2026-11-17", "None"),
    ],
)
def test_the_day_and_the_hour_that_were_meant(said: str, day: str, clock: str) -> None:
    [mention] = find_times(said, WEDNESDAY)
    assert (str(mention.date), str(mention.time)) == (day, clock)
