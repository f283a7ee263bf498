"""Workers that are killed at any step: nothing is lost and nothing is there twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.service_house import house

pytestmark = pytest.mark.slow

STEPS = [
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


def test_a_worker_killed_at_every_step(tmp_path: Path, calm: dict[str, Any]) -> None:
    with house(tmp_path, STAGECHECK_SERVICE__TRIES="100") as place:
        (place.ears / "kill").write_text("".join(f"{step}\n" for step in STEPS))
        place.start("scheduler")
        place.start("worker")
        place.work_to_the_end()
        assert place.account() == calm
