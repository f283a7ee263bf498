"""A run may be killed at any moment; the next one goes on where it was and loses nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from core.settings import Settings
from flow.run import RunRequest, run
from models.session import open_database, reading, sqlite_url
from models.tables import CallRow, RunRow, TranscriptRow
from models.vocabulary.errors import StagecheckError
from tests.fakes.office import ANDREYS, BORISS, SCRIPTS, STRANGERS, build_recordings, write_crm
from tests.fakes.transcriber import FakeTranscriber


@pytest.fixture
def request_(tmp_path: Path) -> RunRequest:
    return RunRequest(
        recordings=build_recordings(tmp_path / "records"),
        crm=write_crm(tmp_path / "crm.json"),
        json=tmp_path / "out.json",
        state=tmp_path / "state",
    )


@contextmanager
def stopped_before(request: RunRequest, seconds: int) -> Iterator[subprocess.Popen[str]]:
    """A run of its own process that stands still before the recording of that length."""
    places = map(str, (request.recordings, request.crm, request.state, request.json))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.slow_run", *places, str(seconds)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    with process.stdout as lines:
        while lines.readline() != f"heard {seconds}\n":
            assert process.poll() is None, "the run ended before it came to the recording"
        try:
            yield process
        finally:
            process.kill()
            process.wait(60)


def database_of(request: RunRequest) -> Engine:
    return open_database(sqlite_url(request.state / "stagecheck.db"))


def test_a_run_killed_in_the_middle_is_taken_up_again(request_: RunRequest) -> None:
    assert request_.json is not None
    with stopped_before(request_, STRANGERS):
        pass
    assert not request_.json.exists()

    ears = FakeTranscriber(SCRIPTS)
    report = run(request_, Settings(), engine_for=lambda _speech: ears)

    assert ears.heard == [STRANGERS]
    assert [call["call_id"] for call in report.result["calls"]] == [
        f"call-{seconds}" for seconds in (ANDREYS, BORISS, STRANGERS)
    ]
    engine = database_of(request_)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(TranscriptRow)) == 3
        assert session.scalar(select(func.count()).select_from(CallRow)) == 3
        states = list(session.scalars(select(RunRow.state).order_by(RunRow.id)))
    engine.dispose()
    assert states == ["interrupted", "done"]


def test_the_result_is_the_same_as_without_the_kill(request_: RunRequest, tmp_path: Path) -> None:
    assert request_.json is not None
    with stopped_before(request_, BORISS):
        pass
    run(request_, Settings(), engine_for=lambda _speech: FakeTranscriber(SCRIPTS))
    undisturbed = RunRequest(
        request_.recordings, request_.crm, json=tmp_path / "calm.json", state=tmp_path / "calm"
    )
    run(undisturbed, Settings(), engine_for=lambda _speech: FakeTranscriber(SCRIPTS))
    assert undisturbed.json is not None
    assert json.loads(request_.json.read_bytes()) == json.loads(undisturbed.json.read_bytes())


def test_a_result_of_before_stays_whole_when_the_next_run_is_killed(request_: RunRequest) -> None:
    assert request_.json is not None
    run(request_, Settings(), engine_for=lambda _speech: FakeTranscriber(SCRIPTS))
    before = request_.json.read_bytes()
    other = RunRequest(
        request_.recordings, request_.crm, json=request_.json, state=request_.state / "other"
    )
    with stopped_before(other, ANDREYS):
        pass
    assert request_.json.read_bytes() == before


def test_two_runs_at_once_on_one_state_are_refused(request_: RunRequest) -> None:
    with stopped_before(request_, BORISS):
        ears = FakeTranscriber(SCRIPTS)
        with pytest.raises(StagecheckError, match=r"stagecheck\.db: another run of stagecheck"):
            run(request_, Settings(), engine_for=lambda _speech: ears)
        assert ears.heard == []
