"""A whole folder of hostile files beside one good call: the call is judged, each file is named."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from flow.cli import app
from ingest.arrival import scan_folder
from tests.fakes.contract import ContractResult
from tests.fakes.office import ANDREYS, SCRIPTS, add_recording, write_crm
from tests.fakes.transcriber import FakeTranscriber
from tests.unit.hostile.hostile_files import flac_of_silence, patched
from tests.unit.transcribe.recorded_files import tone, wav

SOUND = wav(tone(440, 0.5))
DAMAGED = patched(SOUND, b"fmt ", 8, b"\x01\0\0\0")  # 1 Hz

ODD_NAMES = {
    "a newline": "a\nb.wav",
    "a carriage return": "a\rb.wav",
    "escapes of a terminal": "\x1b[2J\x1b]0;owned\x07.wav",
    "a bell and a backspace": "a\x07\x08.wav",
    "text turned around": "call\u202evaw.exe.wav",
    "an isolate": "\u2066call\u2069.wav",
    "a line separator": "a\u2028b.wav",
    "a name in CP1251": os.fsdecode("звонок.wav".encode("cp1251")),
    "a name in KOI8-R": os.fsdecode("звонок-2.wav".encode("koi8-r")),
    "half a character": os.fsdecode(b"\xd0.wav"),
    "overlong dots": os.fsdecode(b"\xc0\xae\xc0\xae.wav"),
    "backslashes upwards": "a\\..\\..\\etc\\passwd.wav",
    "a drive": "C:\\boot.ini.wav",
    "a protocol": "http:evil.example.wav",
    "concat": "concat:a|b.wav",
    "an option": "-rf *.wav",
    "a shell's command": "$(reboot)`reboot`;reboot.wav",
    "markup": "<script>alert(1)</script>.wav".replace("/", "\u2215"),
    "a format string": "%s%n{0.__class__}.wav",
    "SQL": "'; DROP TABLE calls; --.wav",
    "255 bytes": "x" * 251 + ".wav",
    "a device of Windows": "CON.wav",
    "spaces only": "   .wav",
    "one leg without a name": "_in.wav",
    "the other leg": "_out.wav",
    "combining marks": "a" + "\u0301" * 100 + ".wav",
    "an emoji of seven": "\U0001f468\u200d\U0001f469\u200d\U0001f467.wav",
    "a year of eight digits": "out-89161234567-101-99999999-999999-1786518930.42.wav",
    "an epoch of ten nines": "auto-9999999999-89161234567-101.wav",
}


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> FakeTranscriber:
    ears = FakeTranscriber(SCRIPTS)
    monkeypatch.setattr("flow.run.whisper", lambda _speech: ears)
    return ears


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one good call of Andrey's, and a CRM."""
    monkeypatch.chdir(tmp_path)
    write_crm(tmp_path / "crm.json")
    sidecar = {
        "call_id": "good",
        "started_at": "2026-11-09T10:12:40+03:00",
        "direction": "in",
        "from": "+79160001301",
        "to": "+74950001101",
        "extension": "101",
        "answered": True,
    }
    add_recording(tmp_path / "records", "good.wav", ANDREYS, sidecar)
    return tmp_path


def judged(office: Path, *more: str) -> tuple[dict[str, Any], str]:
    """Runs the command; gives its result and all it printed."""
    words = ["run", "records", "--crm", "crm.json", "--json", "out.json", "--html", "out.html"]
    result = CliRunner().invoke(app, [*words, *more], catch_exceptions=False)
    assert result.exit_code == 1, result.output
    ContractResult.model_validate_json((office / "out.json").read_bytes())
    document: dict[str, Any] = json.loads((office / "out.json").read_text("utf-8"))
    return document, result.output


def assert_good_call_is_judged(result: dict[str, Any]) -> None:
    [good] = [call for call in result["calls"] if call["call_id"] == "good"]
    assert good["segments"]


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def test_odd_names_are_shown_as_themselves(
    database: str, office: Path, ears: FakeTranscriber, request: pytest.FixtureRequest
) -> None:
    more: list[str] = []
    if database == "postgresql":
        url = make_url(request.getfixturevalue("postgres_url"))
        more = ["--db", url.render_as_string(hide_password=False)]
    for at, name in enumerate(ODD_NAMES.values()):
        (office / "records" / name).write_bytes(DAMAGED + bytes([at]))
    result, output = judged(office, *more)
    assert_good_call_is_judged(result)
    named = {error["recording"] for error in result["errors"]}
    assert len(named) == len(ODD_NAMES) - 1  # two of them are the legs of one call
    page = (office / "out.html").read_text("utf-8")
    for text in (*named, *(error["detail"] for error in result["errors"]), output, page):
        assert not set(text) & set("\x1b\x07\x08\r\u202e\u2066\u2028")
    assert all("\n" not in text for text in named)
    assert "<script>alert" not in page


def hostile_folder(folder: Path) -> None:
    """One of every kind of file that must not be opened, believed or waited for."""
    os.mkfifo(folder / "pipe.wav")
    os.mkfifo(folder / "pipe.json")
    os.mkfifo(folder / "pipe.csv")
    (folder / "zero.wav").symlink_to("/dev/zero")
    (folder / "passwd.wav").symlink_to("/etc/passwd")
    (folder / "up.wav").symlink_to("../../../../../../etc/passwd")
    (folder / "loop.wav").symlink_to("loop.wav")
    (folder / "gone.wav").symlink_to("nowhere.wav")
    (folder / "circle").symlink_to(".", target_is_directory=True)
    (folder / "root").symlink_to("/", target_is_directory=True)
    (folder / "folder.wav").mkdir()
    (folder / "huge.wav").write_bytes(SOUND)
    os.truncate(folder / "huge.wav", 1 << 40)
    (folder / "huge.json").write_bytes(b"{")
    os.truncate(folder / "huge.json", 1 << 40)
    (folder / "huge.csv").write_bytes(b"a,b\n")
    os.truncate(folder / "huge.csv", 1 << 40)
    (folder / "bomb.flac").write_bytes(flac_of_silence(13 * 3600))
    (folder / "deep.json").write_bytes(b"[" * 200_000)
    (folder / "digits.json").write_bytes(b'{"call_id": ' + b"9" * 5000 + b"}")
    (folder / "digits.wav").write_bytes(DAMAGED + b"digits")
    (folder / "half.wav").write_bytes(DAMAGED + b"half")
    (folder / "half.json").write_bytes(rb'{"call_id": "\ud800\u0000", "talk_s": 1e400}')
    (folder / "columns.csv").write_bytes(b"recording," + b"," * 1_000_000)
    (folder / "line.csv").write_bytes(b'recording\n"' + b"x" * 5_000_000)
    (folder / "old.wav").write_bytes(DAMAGED + b"old")
    os.utime(folder / "old.wav", (-(1 << 33), -(1 << 33)))
    (folder / "future.wav").write_bytes(DAMAGED + b"future")
    os.utime(folder / "future.wav", (1 << 33, 1 << 33))


@pytest.fixture
def hostile(office: Path) -> Iterator[Path]:
    folder = office / "records"
    hostile_folder(folder)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(folder / "socket.wav"))
        yield folder
    (folder / "root").unlink()


def test_a_folder_of_traps_costs_no_call(
    office: Path, hostile: Path, ears: FakeTranscriber
) -> None:
    began = time.monotonic()
    result, _ = judged(office)
    assert time.monotonic() - began < 60
    assert_good_call_is_judged(result)
    errors = {error["recording"]: error["error"] for error in result["errors"]}
    for name in ("pipe.wav", "pipe.json", "pipe.csv", "socket.wav"):
        assert errors[name] == "not_audio", name
    for name in ("zero.wav", "passwd.wav", "up.wav", "root"):
        assert errors[name] == "outside_link", name
    for name in ("loop.wav", "gone.wav"):
        assert errors[name] in {"unreadable", "outside_link"}, name
    assert errors["huge.wav"] == "too_big"
    assert errors["huge.csv"] == errors["huge.json"] == "too_big"
    assert errors["columns.csv"] == errors["line.csv"] == "unusable_table"
    assert errors["bomb.flac"] == "too_long"
    for name in ("digits.wav", "half.wav", "old.wav", "future.wav"):
        assert errors[name] in {"corrupt", "bad_sidecar"}, name
    assert errors["deep.json"] == "recording_missing"
    for error in result["errors"]:
        assert len(error["detail"]) < 400
        assert "Traceback" not in error["detail"]
    assert "root:" not in json.dumps(result)


def test_a_second_look_says_the_same(office: Path, hostile: Path, ears: FakeTranscriber) -> None:
    first, _ = judged(office)
    again, _ = judged(office)
    assert again["errors"] == first["errors"]
    assert ears.heard == [ANDREYS]


def test_folders_within_folders_without_end_are_left_alone(office: Path) -> None:
    folder = office / "records"
    before = Path.cwd()
    os.chdir(folder)
    try:
        for _ in range(1500):  # deeper than any path may be long, and than any recursion goes
            Path("d").mkdir()
            os.chdir("d")
    finally:
        os.chdir(before)
    arrivals = scan_folder(folder)
    assert [problem.error for problem in arrivals.problems] == ["too_deep"]
    assert [file.place.name for file in arrivals.audio] == ["good.wav"]
    subprocess.run(["rm", "-rf", folder], check=True, timeout=60)  # shutil would recurse too deep
