"""Workers that a broker tells of work: it may be restarted, emptied or gone; so may they."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.office import ANDREYS, BORISS
from tests.integration.broker import Broker, broker
from tests.integration.service_house import House, house

pytestmark = pytest.mark.slow


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Broker]:
    with broker(tmp_path) as made:
        yield made


@pytest.fixture
def site(tmp_path: Path, postgres_url: str, redis: Broker) -> Iterator[House]:
    with house(tmp_path, postgres_url, STAGECHECK_SERVICE__BROKER=redis.url) as made:
        yield made


def start_all(site: House) -> None:
    site.start("scheduler")
    site.start("one", "worker", "--processes", "1")
    site.start("two", "worker", "--processes", "1")


def begun(site: House, seconds: int) -> bool:
    return site.heard()[seconds] > 0


def test_two_workers_share_the_work_and_do_nothing_twice(site: House, calm: dict[str, Any]) -> None:
    (site.ears / f"wait-{ANDREYS}").touch()
    (site.ears / f"wait-{BORISS}").touch()
    start_all(site)
    site.wait_for("both at work", lambda: begun(site, ANDREYS) and begun(site, BORISS))
    (site.ears / f"wait-{ANDREYS}").unlink()
    (site.ears / f"wait-{BORISS}").unlink()
    site.wait_until_settled()
    assert site.account() == calm
    assert set(site.heard().values()) == {1}
    for name in ("one", "two", "scheduler"):
        assert site.kill(name, how=signal.SIGTERM) == 0


def test_a_broker_that_is_emptied_loses_no_work(
    site: House, redis: Broker, calm: dict[str, Any]
) -> None:
    (site.ears / f"wait-{ANDREYS}").touch()
    site.start("scheduler")
    site.start("one", "worker")
    site.wait_for("the worker at work", lambda: begun(site, ANDREYS))
    with redis.client() as client:
        client.flushall()
    (site.ears / f"wait-{ANDREYS}").unlink()
    site.wait_until_settled()
    assert site.account() == calm
    assert set(site.heard().values()) == {1}


def test_a_broker_that_is_gone_for_a_minute_is_waited_for(
    site: House, redis: Broker, calm: dict[str, Any]
) -> None:
    (site.ears / f"wait-{ANDREYS}").touch()
    start_all(site)
    site.wait_for("the worker at work", lambda: begun(site, ANDREYS))
    redis.kill()
    site.wait_for("the scheduler tells", lambda: "cannot be reached" in site.log("scheduler"))
    (site.ears / f"wait-{ANDREYS}").unlink()
    time.sleep(60)
    redis.start()
    site.wait_until_settled()
    assert site.account() == calm
    assert set(site.heard().values()) == {1}


def test_a_worker_killed_in_a_call_is_replaced_by_another(
    site: House, calm: dict[str, Any]
) -> None:
    (site.ears / f"wait-{ANDREYS}").touch()
    site.start("scheduler")
    site.start("one", "worker")
    site.wait_for("the worker at work", lambda: begun(site, ANDREYS))
    site.kill("one")
    (site.ears / f"wait-{ANDREYS}").unlink()
    site.start("two", "worker")
    site.wait_until_settled()
    assert site.account() == calm


def test_a_call_that_kills_every_worker_is_set_aside(site: House) -> None:
    (site.ears / f"die-{ANDREYS}").touch()
    start_all(site)
    site.wait_until_settled()
    calls = {call: heard for call, _, heard in site.account()["calls"]}
    assert calls == {"call-3": False, "call-4": True, "call-5": True}
    assert site.heard()[ANDREYS] == 3
