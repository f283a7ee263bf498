"""All processes together stay below what a CRM allows."""

from __future__ import annotations

import threading
import time

import pytest

from flow.live.pace import SharedPace
from models.session import open_database


def test_four_at_once_keep_the_rate(database_url: str) -> None:
    engines = [open_database(database_url) for _ in range(4)]
    paces = [SharedPace(engine, "amocrm x", rate_per_s=20) for engine in engines]
    went: list[float] = []

    def work(pace: SharedPace) -> None:
        for _ in range(5):
            pace.wait()
            went.append(time.time())

    threads = [threading.Thread(target=work, args=(one,)) for one in paces]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    for engine in engines:
        engine.dispose()
    went.sort()
    assert len(went) == 20
    assert went[-1] - went[0] >= 19 / 20 * 0.9


@pytest.fixture
def slept() -> list[float]:
    return []


def pace(database_url: str, slept: list[float], **other: float) -> SharedPace:
    engine = open_database(database_url)
    return SharedPace(
        engine,
        "bitrix24 x",
        rate_per_s=2,
        burst=int(other.get("burst", 1)),
        sleep=slept.append,
        clock=lambda: 1000.0,
    )


def test_after_a_rest_some_go_at_once(database_url: str, slept: list[float]) -> None:
    one = pace(database_url, slept, burst=3)
    for _ in range(5):
        one.wait()
    assert slept == [0.5, 1.0]


def test_who_is_told_to_slow_down_holds_all(database_url: str, slept: list[float]) -> None:
    one, other = pace(database_url, slept, burst=3), pace(database_url, slept, burst=3)
    one.hold(30)
    other.wait()
    assert slept == [30.0]


def test_a_clock_that_was_wrong_is_forgiven(database_url: str, slept: list[float]) -> None:
    one = pace(database_url, slept)
    one.hold(10_000_000)
    one.wait()
    assert slept == [3600.0]
