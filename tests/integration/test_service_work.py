"""What becomes of a call's work when a recording, or the machine, is to blame."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.logs import configure_logs
from core.settings import Settings
from models.session import reading
from models.store.tallies import unusable_recordings
from models.vocabulary.errors import UnusableRecordingError
from tests.fakes.office import ANDREYS, SCRIPTS
from tests.fakes.small_service import build_office, opened, work_off
from tests.fakes.transcriber import FakeTranscriber


@pytest.fixture(autouse=True)
def _as_the_command_does() -> None:
    configure_logs(verbose=False)


def reasons(folder: Path, failure: Exception, tries: int) -> list[tuple[str, str]]:
    """What is set aside after the work was done with that failure, and how often it was tried."""
    engine = FakeTranscriber(SCRIPTS, failures={ANDREYS: failure})
    settings = Settings.model_validate({"service": {"tries": tries, "retry_s": 0}})
    with opened(build_office(folder), engine, settings) as place:
        work_off(place)
        with reading(place.database) as session:
            found = [(one.recording or "", one.error) for one in unusable_recordings(session)]
    assert engine.heard.count(ANDREYS) == (1 if found[0][1] == "corrupt" else tries)
    return found


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (UnusableRecordingError("corrupt", "it is damaged"), "corrupt"),
        (UnusableRecordingError("decoder_killed", "the machine has no memory"), "failed"),
        (RuntimeError("odd"), "failed"),
    ],
    ids=["a damaged recording", "a decoder that was killed", "something odd"],
)
def test_what_is_the_recordings_fault_is_not_tried_again_and_the_rest_is(
    failure: Exception, error: str, tmp_path: Path
) -> None:
    assert reasons(tmp_path, failure, tries=2) == [("2026/call-3.wav", error)]
