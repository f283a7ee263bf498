"""`stagecheck up` and its parts are killed, and end well when they are told to."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.fakes.office import ANDREYS, BORISS
from tests.integration.service_house import House, house

pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        yield made


def start(site: House) -> None:
    site.start("up", "up", "--port", "0")


def test_a_worker_that_dies_is_started_again(site: House, calm: dict[str, Any]) -> None:
    (site.ears / f"die-{ANDREYS}-once").touch()
    start(site)
    site.wait_until_settled()
    assert "the worker ended with status" in site.log("up")
    assert site.account() == calm


def test_killed_with_all_its_parts_it_goes_on(site: House, calm: dict[str, Any]) -> None:
    (site.ears / f"wait-{BORISS}").touch()
    start(site)
    site.wait_for("the worker at work", lambda: site.heard()[BORISS])
    parts = site.parts("up")
    site.kill("up")
    assert parts
    _, alive = psutil.wait_procs(parts, timeout=60)
    assert alive == [], "the worker outlived what started it"
    (site.ears / f"wait-{BORISS}").unlink()
    start(site)
    site.wait_until_settled()
    assert site.account() == calm


def test_ctrl_c_ends_it_with_all_its_parts(site: House) -> None:
    start(site)
    site.wait_until_settled()
    parts = site.parts("up")
    assert site.kill("up", signal.SIGINT) == 0
    _, alive = psutil.wait_procs(parts, timeout=60)
    assert alive == []


def test_a_call_set_aside_is_tried_again_when_asked_for(site: House, calm: dict[str, Any]) -> None:
    (site.ears / f"die-{ANDREYS}").touch()
    start(site)
    site.wait_until_settled()
    shown = site.command("status")
    assert re.search(r"call:\d+  2026/call-3.wav: worker_lost", shown), shown
    (site.ears / f"die-{ANDREYS}").unlink()
    assert "1 to be tried again" in site.command("retry")
    site.wait_until_settled()
    assert site.account() == calm
    assert "set aside" not in site.command("status")
    assert "nothing of this is set aside" in site.command("retry")
