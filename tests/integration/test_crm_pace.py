"""All processes together stay below what a CRM allows."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from crm.pace import SharedPace
from models.session import open_database


@pytest.fixture
def engines(database_url: str) -> Iterator[list[Engine]]:
    """The database as four processes see it."""
    opened = [open_database(database_url) for _ in range(4)]
    yield opened
    for one in opened:
        one.dispose()


@pytest.fixture
def slept() -> list[float]:
    return []


def pace(engine: Engine, slept: list[float], *, burst: int = 1) -> SharedPace:
    """Two requests a second, by a clock that stands still."""
    return SharedPace(
        engine,
        "bitrix24 x",
        rate_per_s=2,
        burst=burst,
        sleep=slept.append,
        clock=lambda: 1000.0,
    )


def test_four_at_once_keep_the_rate(engines: list[Engine]) -> None:
    went: list[float] = []

    def work(engine: Engine) -> None:
        one = SharedPace(engine, "amocrm x", rate_per_s=20)
        for _ in range(5):
            one.wait()
            went.append(time.time())

    threads = [threading.Thread(target=work, args=(one,), daemon=True) for one in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    went.sort()
    assert len(went) == 20
    assert went[-1] - went[0] >= 0.9 * 19 / 20


def test_after_a_rest_some_go_at_once(engines: list[Engine], slept: list[float]) -> None:
    one = pace(engines[0], slept, burst=3)
    for _ in range(5):
        one.wait()
    assert slept == pytest.approx([0.5, 1.0])


def test_who_is_told_to_slow_down_holds_all(engines: list[Engine], slept: list[float]) -> None:
    pace(engines[0], slept, burst=3).hold(30)
    pace(engines[1], slept, burst=3).wait()
    assert slept == pytest.approx([30.0])


def test_a_clock_that_was_wrong_is_forgiven(engines: list[Engine], slept: list[float]) -> None:
    one = pace(engines[0], slept)
    one.hold(10_000_000)
    one.wait()
    assert slept == pytest.approx([3600.0])
