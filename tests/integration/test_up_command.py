"""`stagecheck up`: the page is there after the first look and follows what changes."""

from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path, PurePosixPath

import pytest
from typer.testing import CliRunner, Result

from flow.cli import app
from ingest.sftp.box import Box, Room
from tests.fakes.office import SCRIPTS, build_recordings, write_crm
from tests.fakes.transcriber import FakeTranscriber

PORT = 18787


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    build_recordings(tmp_path / "records")
    write_crm(tmp_path / "crm.json")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STAGECHECK_WATCH__STILL_S", "0")
    monkeypatch.setattr("flow.run.whisper", lambda _speech: FakeTranscriber(SCRIPTS))
    return tmp_path


def _up(monkeypatch: pytest.MonkeyPatch, *between_looks: Callable[[], object]) -> Result:
    steps = iter(between_looks)

    def pause(_seconds: float) -> bool:
        step = next(steps, None)
        if step is not None:
            step()
        return step is not None

    monkeypatch.setattr("flow.upkeep._pause", pause)
    words = ["up", "records", "--crm", "crm.json", "--state", "new/state", "--port", str(PORT)]
    return CliRunner().invoke(app, words, catch_exceptions=False)


def _page() -> str:
    connection = HTTPConnection("127.0.0.1", PORT, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_the_page_is_served_after_the_first_look(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[str] = []
    result = _up(monkeypatch, lambda: pages.append(_page()))
    assert result.exit_code == 0
    assert "3 calls" in result.output
    assert "Стадия в CRM и что было на самом деле" in pages[0]


def test_a_broken_snapshot_is_told_and_a_mended_one_taken(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm = office / "crm.json"
    crm.write_text("{", encoding="utf-8")
    result = _up(monkeypatch, lambda: write_crm(crm), lambda: None)
    assert "crm.json" in result.output
    assert "Waiting for the next change" in result.output
    assert "3 calls" in result.output


def test_what_a_telephone_system_uploads_is_judged_too(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGECHECK_SFTP__QUIET_S", "0")
    box = Box(office / "new" / "state" / "inbox" / "pbx", Room(1 << 30, 100, 0))
    recording = min((office / "records" / "2026").glob("*.wav"))

    def upload() -> None:
        for path in (recording, recording.with_suffix(".json")):
            place = PurePosixPath("/", path.name)
            path.replace(box.begin(place, anew=True))
            box.finish(place)

    result = _up(monkeypatch, upload, lambda: None, lambda: None, lambda: None)
    assert f"pbx sent /{recording.name}" in result.output
    assert "3 calls" in result.output.rpartition("pbx sent")[2]
    assert (office / "records" / "pbx" / recording.name).is_file()


def test_uploads_that_cannot_be_taken_now_wait(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGECHECK_SFTP__QUIET_S", "0")
    box = Box(office / "new" / "state" / "inbox" / "pbx", Room(1 << 30, 100, 0))
    place = PurePosixPath("/late.txt")
    box.begin(place, anew=True).write_text("probe")
    box.finish(place)
    blocked = office / "records" / "pbx"
    blocked.write_text("a file where the folder should be")
    result = _up(monkeypatch, blocked.unlink, lambda: None)
    assert "tried again soon" in result.output
    assert (office / "records" / "pbx" / "late.txt").read_text() == "probe"


def test_files_that_are_not_whole_wait_and_are_told(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = (office / "records" / "2026" / "call-3.wav").read_bytes()
    call = office / "records" / "call.wav"
    call.write_bytes(b"RIFF\0\0\0\0" + sound[8:])
    (office / "records" / "next.wav.part").write_bytes(b"RIFF")
    (office / "records" / "empty.wav").touch()
    result = _up(monkeypatch, lambda: call.write_bytes(sound), lambda: None, lambda: None)
    first, *_, last = [line for line in result.output.splitlines() if " 3 calls, " in line]
    assert first.endswith(
        " flags, 0 unusable recordings; 3 files wait (1 empty so far, 1 not complete by their names, "
        "1 of calls that still go on)"
    )
    assert "of calls that still go on" not in last


def test_without_whole_files_nothing_is_judged_yet(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAGECHECK_WATCH__STILL_S", "3600")
    result = _up(monkeypatch, lambda: None)
    assert "nothing to judge yet; 7 files wait (7 still being written)" in result.output


def test_after_a_restart_what_was_judged_need_not_wait(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.arrival._FRESH_NS", 0)
    _up(monkeypatch)
    monkeypatch.setenv("STAGECHECK_WATCH__STILL_S", "3600")
    result = _up(monkeypatch)
    assert "nothing to judge yet; 1 file waits (1 still being written)" in result.output
