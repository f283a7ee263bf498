"""What is an alert and what is not, by figures alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from classify.verification.worktime import WorkCalendar
from core.alert_settings import AlertSettings
from flow.service.alarms import Figures, alerts_of
from models.store.measures import Received
from models.store.standing import Standing
from models.vocabulary.work import JobKind, JobState, Lane, LaneTally, Pace

ZONE = ZoneInfo("Europe/Moscow")
CALENDAR = WorkCalendar("RU", ZONE, (9, 18))
MONDAY = datetime(2026, 11, 23, 14, 0, tzinfo=ZONE)
GB = 1 << 30


def _figures(
    at: datetime = MONDAY,
    *,
    lags_min: Mapping[Lane, float] | None = None,
    received: Mapping[str, datetime] | None = None,
    set_aside: int = 0,
    free_gb: float = 100,
    seen: Mapping[str, float] | None = None,
) -> Figures:
    tallies = tuple(
        LaneTally(JobKind.CALL, lane, JobState.WAITING, 7, at - timedelta(minutes=minutes))
        for lane, minutes in (lags_min or {}).items()
    )
    ages = {"scheduler": 0.0, "worker": 0.0} if seen is None else seen
    return Figures(
        Standing(at, tallies, None, Pace(0, 0, 0), {}, {}, ()),
        {name: Received(3, last) for name, last in (received or {}).items()},
        set_aside,
        {"state": int(free_gb * GB)},
        {name: at - timedelta(seconds=age) for name, age in ages.items()},
    )


def _kinds(figures: Figures, **settings: object) -> list[str]:
    alerts = alerts_of(figures, AlertSettings.model_validate(settings), CALENDAR, silent_s=60)
    return [f"{one.kind.value} {one.subject}" for one in alerts]


def test_a_service_that_works_raises_nothing() -> None:
    assert _kinds(_figures(lags_min={Lane.FRESH: 29, Lane.BACKLOG: 60})) == []


@pytest.mark.parametrize(
    ("last", "alerts"),
    [
        (datetime(2026, 11, 23, 10, 1, tzinfo=ZONE), []),
        (datetime(2026, 11, 23, 10, 0, tzinfo=ZONE), ["silent office"]),
        # Friday 17:59, a weekend, and five hours of Monday.
        (datetime(2026, 11, 20, 17, 59, tzinfo=ZONE), ["silent office"]),
    ],
)
def test_silence_counts_working_hours(last: datetime, alerts: list[str]) -> None:
    assert _kinds(_figures(received={"office": last})) == alerts


def test_a_weekend_is_no_silence() -> None:
    friday = datetime(2026, 11, 20, 15, 0, tzinfo=ZONE)
    sunday = datetime(2026, 11, 22, 23, 0, tzinfo=ZONE)
    assert _kinds(_figures(sunday, received={"office": friday})) == []


def test_a_public_holiday_is_no_silence() -> None:
    before = datetime(2026, 11, 3, 15, 0, tzinfo=ZONE)
    unity_day = datetime(2026, 11, 4, 20, 0, tzinfo=ZONE)
    assert _kinds(_figures(unity_day, received={"office": before})) == []


def test_with_accounts_each_is_watched_and_without_all_together() -> None:
    old, new = MONDAY - timedelta(days=3), MONDAY
    assert _kinds(_figures(received={"a": old, "b": new, "": old})) == ["silent a"]
    assert _kinds(_figures(received={"": old})) == ["silent recordings"]
    assert _kinds(_figures(received={"": old}), silent_hours=0) == []


def test_each_lane_has_a_patience_of_its_own() -> None:
    late = {Lane.FRESH: 31.0, Lane.BACKLOG: 31.0}
    assert _kinds(_figures(lags_min=late)) == ["lag fresh"]
    assert _kinds(_figures(lags_min=late), backlog_lag_minutes=30) == ["lag fresh", "lag backlog"]
    assert _kinds(_figures(lags_min=late), lag_minutes=31) == []


def test_more_set_aside_than_allowed() -> None:
    assert _kinds(_figures(set_aside=10)) == []
    assert _kinds(_figures(set_aside=11)) == ["set_aside work"]


def test_a_disk_that_fills_up() -> None:
    assert _kinds(_figures(free_gb=5)) == []
    assert _kinds(_figures(free_gb=4.9)) == ["disk state"]


def test_no_worker_only_matters_while_work_waits() -> None:
    gone = {"scheduler": 0.0, "worker": 61.0}
    assert _kinds(_figures(seen=gone)) == []
    assert _kinds(_figures(seen=gone, lags_min={Lane.BACKLOG: 4})) == []
    assert _kinds(_figures(seen=gone, lags_min={Lane.BACKLOG: 6})) == ["no_worker workers"]
    assert _kinds(_figures(seen=gone | {"worker": 59.0}, lags_min={Lane.BACKLOG: 6})) == []


def test_no_scheduler() -> None:
    assert _kinds(_figures(seen={"worker": 0.0})) == ["no_scheduler scheduler"]
