"""Workers and schedulers that are killed at any step: nothing is lost and nothing is there twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.service_house import SOON_S, House, house, undisturbed

pytestmark = pytest.mark.slow

WORKER_STEPS = [
    "flow.service.working:claim:before",
    "flow.service.working:claim:after",
    "flow.service.call_work:transcribe_one:before",
    "flow.steps:add_transcript:after",
    "flow.steps:mark_transcribed:after",
    "flow.service.call_work:transcribe_one:after",
    "flow.service.call_work:save_hearing:after",
    "flow.service.call_work:save_match:after",
    "flow.service.call_work:save_heard_with:after",
    "flow.service.working:work_on_call:after",
    "flow.service.working:finish:before",
    "flow.service.working:finish:after",
    "flow.service.working:ask_for:after",
    "flow.service.verdict_work:judged:after",
    "flow.service.verdict_work:save_verification:after",
    "flow.service.verdict_work:finish_run:after",
    "flow.service.working:work_on_verdicts:after",
]
SCHEDULER_STEPS = [
    "flow.service.scan:store_calls:before",
    "flow.service.scan:store_calls:after",
    "flow.service.scan:set_current:after",
    "flow.service.scan:save_problems:after",
    "flow.service.scan:ask_for:before",
    "flow.service.scan:ask_for:after",
    "flow.service.scheduler:look_for_calls:after",
    "flow.service.scheduler:sweep:after",
    "flow.service.scheduler:ring_waiting:after",
]


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return undisturbed(tmp_path_factory.mktemp("calm"))


def work_to_the_end(place: House) -> None:
    """Waits until all work is done, and starts again what killed itself meanwhile."""

    def settled() -> bool:
        for name, process in list(place.processes.items()):
            if process.poll() is not None:
                place.start(name)
        return place.settled() and not (place.ears / "kill").read_text()

    place.wait_for("all work done, after a death at every step", settled, 10 * SOON_S)
    place.wait_until_settled()


def test_a_worker_killed_at_every_step(tmp_path: Path, calm: dict[str, Any]) -> None:
    with house(tmp_path, STAGECHECK_SERVICE__TRIES="100") as place:
        (place.ears / "kill").write_text("".join(f"{step}\n" for step in WORKER_STEPS))
        place.start("scheduler")
        place.start("worker")
        work_to_the_end(place)
        assert place.account() == calm


def test_a_scheduler_killed_at_every_step(tmp_path: Path, calm: dict[str, Any]) -> None:
    with house(tmp_path) as place:
        (place.ears / "kill").write_text("".join(f"{step}\n" for step in SCHEDULER_STEPS))
        place.start("scheduler")
        place.start("worker")
        work_to_the_end(place)
        assert place.account() == calm
        assert set(place.heard().values()) == {1}
