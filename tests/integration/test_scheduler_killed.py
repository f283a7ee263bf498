"""Schedulers that are killed at any step: nothing is lost and nothing is there twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.service_house import house

pytestmark = pytest.mark.slow

STEPS = [
    "flow.service.scan:store_calls:before",
    "flow.service.scan:store_calls:after",
    "flow.service.by_number:save_matched_by_number:after",
    "flow.service.by_number:save_match:after",
    "flow.service.scan:set_current:after",
    "flow.service.scan:save_problems:after",
    "flow.service.scan:ask_for:before",
    "flow.service.scan:ask_for:after",
    "flow.service.scheduler:look_for_calls:after",
    "flow.service.scheduler:sweep:after",
    "flow.service.scheduler:ring_waiting:after",
]


def test_a_scheduler_killed_at_every_step(tmp_path: Path, calm: dict[str, Any]) -> None:
    with house(tmp_path) as place:
        (place.ears / "kill").write_text("".join(f"{step}\n" for step in STEPS))
        place.start("scheduler")
        place.start("worker")
        place.work_to_the_end()
        assert place.account() == calm
        assert set(place.heard().values()) == {1}
