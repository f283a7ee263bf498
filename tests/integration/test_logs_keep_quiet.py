"""What the service logs names jobs and calls, and nothing of people: no numbers, names or words."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from core.logs import configure_logs, get_logger
from flow.service.bells import NoBell
from flow.service.scheduler import Scheduler
from ingest.sftp.box import Box, Room
from ingest.sftp.names import ROOT
from ingest.sftp.plan import inbox_of
from tests.fakes.office import ANDREY, ANDREYS, BORISS, SCRIPTS, add_recording
from tests.fakes.small_service import build_office, do_what_waits, opened
from tests.fakes.transcriber import FakeTranscriber

_PERSONAL = re.compile(
    r"9160001\d{3}|916[ ()-]+000|Лаптев|Немов|Ирина|Андрей|договорились|интересно|Белый слон"
)


@pytest.fixture
def _events() -> None:
    configure_logs(verbose=True, events=True)


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.usefixtures("_events")
def test_a_day_of_the_office_names_nobody_in_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGECHECK_SFTP__QUIET_S", "0")
    monkeypatch.setenv("STAGECHECK_WATCH__STILL_S", "0")
    monkeypatch.setenv("STAGECHECK_SERVICE__LOOK_S", "0.01")
    request = build_office(tmp_path)
    name = f"20261109-101240-{ANDREY}-Лаптев Андрей.wav"
    add_recording(request.recordings, name, 6, {"call_id": name, "from": ANDREY})
    add_recording(request.recordings, f"x{name}", 7, {}).write_bytes(b"RIFF" + bytes(60))
    box = Box(inbox_of(request.state, opened_settings().sftp) / "office", Room(1 << 30, 100, 0))
    upload = add_recording(tmp_path / "pbx", f"{ANDREY}.wav", ANDREYS, {})
    upload.replace(box.begin(ROOT / upload.name, anew=True))
    box.finish(ROOT / upload.name)
    scripts = {**SCRIPTS, 6: SCRIPTS[BORISS]}
    engine = FakeTranscriber(
        scripts, failures={6: RuntimeError(f"{ANDREY}: Лаптев said «договорились»")}
    )
    with opened(request, engine, opened_settings()) as place:
        scheduler = Scheduler(place, NoBell(), lambda _line: None)
        for _ in range(3):  # what is new is looked at twice
            scheduler.turn()
            time.sleep(0.02)
        do_what_waits(place)
    lines = _lines(capsys)
    events = [line["event"] for line in lines]
    assert {"gathered", "upload taken", "transcribed", "done", "failed", "judged"} <= set(events)
    assert [line for line in lines if _PERSONAL.search(json.dumps(line, ensure_ascii=False))] == []
    for line in lines:
        if line["event"] in {"transcribed", "done", "failed"}:
            assert line["job"] > 0
            assert (line["call"] is not None) == (line["kind"] == "call")
    [failed] = [line for line in lines if line["event"] == "failed"]
    assert failed["failed"].startswith("RuntimeError at ")
    assert "transcriber.py" in failed["failed"]


def opened_settings() -> Any:
    from core.settings import load_settings

    return load_settings()


@pytest.mark.usefixtures("_events")
@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("/records/20261109-101240-79160001301.wav is gone", "/records/….wav is gone"),
        ("call +7 (916) 000-13-01 now", "call … now"),
        ("job 123456 of 7", "job 123456 of 7"),
        ("sha e3b0c44298fc1c149afbf4c8996fb924", "sha e3b0c44298fc1c149afbf4c8996fb924"),
    ],
)
def test_long_numbers_are_blotted_out(
    told: str, kept: str, capsys: pytest.CaptureFixture[str]
) -> None:
    get_logger("test").warning("waits", reason=told, size=79160001301, at_s=time.monotonic())
    [line] = _lines(capsys)
    assert (line["reason"], line["size"]) == (kept, 79160001301)
    assert line["timestamp"].endswith("Z")


@pytest.mark.usefixtures("_events")
def test_an_exception_is_told_by_kind_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        try:
            int("Лаптев")
        except ValueError as error:
            raise KeyError(ANDREY) from error

    try:
        fails()
    except KeyError as error:
        get_logger("test").error("failed", exc_info=error)
    [line] = _lines(capsys)
    assert re.match(
        r"KeyError at \S+test_logs_keep_quiet.py:\d+ fails, .* < ValueError at ", line["failed"]
    )
    assert not _PERSONAL.search(line["failed"])
