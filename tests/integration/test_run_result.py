"""A run turns a folder and a snapshot into the contract's result."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from classify.hear import CallContext, hear
from core.settings import Settings
from flow.run import RunReport, RunRequest, run
from models.session import open_database, reading
from models.store.runs import load_verification
from models.tables import RunRow
from models.vocabulary.action import HeardCall
from models.vocabulary.errors import UnusableRecordingError
from models.vocabulary.transcript import Segment
from tests.fakes.contract import ContractResult
from tests.fakes.office import (
    ANDREY,
    ANDREYS,
    BORISS,
    SCRIPTS,
    STRANGERS,
    build_cdr,
    build_recordings,
    write_crm,
)
from tests.fakes.transcriber import FakeTranscriber


@pytest.fixture
def request_(tmp_path: Path, database_url: str) -> RunRequest:
    return RunRequest(
        recordings=build_recordings(tmp_path / "records"),
        crm=write_crm(tmp_path / "crm.json"),
        cdr=build_cdr(tmp_path / "Master.csv"),
        json=tmp_path / "out.json",
        db=database_url,
    )


def run_with(request: RunRequest, ears: FakeTranscriber) -> RunReport:
    return run(request, Settings(), engine_for=lambda _speech: ears)


def test_the_result_has_the_contract_s_form(request_: RunRequest) -> None:
    report = run_with(request_, FakeTranscriber(SCRIPTS))
    assert request_.json is not None
    written = request_.json.read_text(encoding="utf-8")
    result = ContractResult.model_validate_json(written)
    assert json.loads(written) == report.result
    assert result.as_of == "2026-11-20T18:00:00+03:00"
    assert result.pipelines == ["p1"]
    assert [call.recording for call in result.calls] == [
        f"2026/call-{seconds}.wav" for seconds in (ANDREYS, BORISS, STRANGERS)
    ]
    assert [deal.id for deal in result.deals] == ["1001", "1002"]
    assert result.errors == []


def test_a_call_says_where_its_facts_come_from_and_what_was_said(request_: RunRequest) -> None:
    report = run_with(request_, FakeTranscriber(SCRIPTS))
    andrey, _, stranger = report.result["calls"]
    assert andrey["metadata_from"] == "sidecar"
    assert (andrey["direction"], andrey["user_id"]) == ("in", "u101")
    assert (andrey["client_number"], andrey["started_at"]) == (ANDREY, "2026-11-09T10:12:40+03:00")
    assert (andrey["duration_s"], andrey["language"], andrey["model"]) == (3.0, "ru", "fake 1")
    assert andrey["deal"]["id"] == "1001"
    assert [segment["text"] for segment in andrey["segments"]] == [
        text for _, text in SCRIPTS[ANDREYS]
    ]
    assert stranger["deal"] is None


def test_the_engine_is_told_who_may_be_talking(request_: RunRequest) -> None:
    ears = FakeTranscriber(SCRIPTS)
    run_with(request_, ears)
    assert "Андрей Лаптев" in ears.hints[0].hotwords
    assert ears.hints[0].agent_names == ("Ирина Соколова",)


def test_the_second_run_transcribes_nothing_and_says_the_same(request_: RunRequest) -> None:
    assert request_.json is not None
    run_with(request_, FakeTranscriber(SCRIPTS))
    first = request_.json.read_bytes()
    again = FakeTranscriber(SCRIPTS)
    run_with(request_, again)
    assert again.heard == []
    assert request_.json.read_bytes() == first


@pytest.mark.parametrize("change", ["engine", "language"])
def test_another_engine_or_language_transcribes_anew(request_: RunRequest, change: str) -> None:
    run_with(request_, FakeTranscriber(SCRIPTS))
    other = FakeTranscriber(SCRIPTS, identity="fake 2" if change == "engine" else "fake 1")
    settings = Settings()
    if change == "language":
        speech = settings.speech.model_copy(update={"language": "en"})
        settings = settings.model_copy(update={"speech": speech})
    run(request_, settings, engine_for=lambda _speech: other)
    assert other.heard == [ANDREYS, BORISS, STRANGERS]


def test_calls_that_cannot_be_transcribed_stop_nobody(request_: RunRequest) -> None:
    failures: dict[int, Exception] = {
        ANDREYS: UnusableRecordingError("no_sound", "nothing in it; record again"),
        BORISS: RuntimeError("the engine stumbled"),
    }
    report = run_with(request_, FakeTranscriber(SCRIPTS, failures=failures))
    assert [call["call_id"] for call in report.result["calls"]] == [f"call-{STRANGERS}"]
    first, second = report.result["errors"]
    assert first == {
        "recording": f"2026/call-{ANDREYS}.wav",
        "error": "no_sound",
        "detail": "nothing in it; record again",
    }
    assert (second["recording"], second["error"]) == (f"2026/call-{BORISS}.wav", "failed")
    assert "RuntimeError (the engine stumbled)" in second["detail"]
    ContractResult.model_validate(report.result)


def test_a_call_whose_words_cannot_be_heard_stops_nobody(
    request_: RunRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf_to_boris(segments: Sequence[Segment], context: CallContext) -> HeardCall:
        if "Борис" in segments[0].text:
            raise ValueError("odd words")
        return hear(segments, context)

    monkeypatch.setattr("flow.judging.hear", deaf_to_boris)
    report = run_with(request_, FakeTranscriber(SCRIPTS))
    assert [call["call_id"] for call in report.result["calls"]] == [
        f"call-{ANDREYS}",
        f"call-{STRANGERS}",
    ]
    [error] = report.result["errors"]
    assert (error["recording"], error["error"]) == (f"2026/call-{BORISS}.wav", "failed")


def test_what_failed_is_tried_again_and_nothing_else(request_: RunRequest) -> None:
    run_with(request_, FakeTranscriber(SCRIPTS, failures={BORISS: RuntimeError("out of memory")}))
    again = FakeTranscriber(SCRIPTS)
    report = run_with(request_, again)
    assert again.heard == [BORISS]
    assert report.result["errors"] == []
    assert len(report.result["calls"]) == 3


def test_a_file_that_is_no_recording_is_listed(request_: RunRequest) -> None:
    (request_.recordings / "2026" / "broken.wav").write_bytes(b"RIFF0000WAVE" + b"nonsense" * 500)
    report = run_with(request_, FakeTranscriber(SCRIPTS))
    assert [error["recording"] for error in report.result["errors"]] == ["2026/broken.wav"]
    assert len(report.result["calls"]) == 3


def test_the_moment_to_judge_can_be_named(request_: RunRequest) -> None:
    evening = datetime.fromisoformat("2026-11-20T19:30:00")
    report = run_with(replace(request_, as_of=evening), FakeTranscriber(SCRIPTS))
    assert report.result["as_of"] == "2026-11-20T19:30:00+03:00"


def test_the_run_and_its_verdicts_stand_in_the_database(request_: RunRequest) -> None:
    report = run_with(request_, FakeTranscriber(SCRIPTS))
    engine = open_database(request_.db or "")
    with reading(engine) as session:
        row = session.get_one(RunRow, 1)
        assert (row.state, row.transcriber, row.errors) == ("done", "fake 1", [])
        zone = report.snapshot.as_of.tzinfo
        assert zone is not None
        stored = load_verification(session, 1, zone)
    engine.dispose()
    assert [deal.deal_id for deal in stored.deals] == [
        deal["id"] for deal in report.result["deals"]
    ]
    assert [flag.kind.value for flag in stored.flags] == [
        flag["kind"] for flag in report.result["flags"]
    ]


def test_a_recording_copied_to_a_second_place_is_transcribed_once(request_: RunRequest) -> None:
    copy = request_.recordings / "2026" / "copy.wav"
    copy.write_bytes((request_.recordings / "2026" / f"call-{ANDREYS}.wav").read_bytes())
    ears = FakeTranscriber(SCRIPTS)
    report = run_with(request_, ears)
    assert ears.heard == [ANDREYS, BORISS, STRANGERS]
    assert any("copy.wav" in warning for warning in report.warnings)
