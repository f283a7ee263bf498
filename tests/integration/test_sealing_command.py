"""`stagecheck seal` may be killed at any moment and is simply begun again."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.sealing_settings import SealingSettings
from core.settings import Settings
from flow.run import RunRequest, run
from ingest.sftp.box import Box, Room
from ingest.sftp.collect import Taken, collect
from models.sealed import Keys, SealedError, clear_sha256, make_key, read_keys, seal_in_place
from models.session import open_database, reading, sqlite_url
from models.tables import RecordingRow
from tests.fakes.office import SCRIPTS, build_recordings, write_crm
from tests.fakes.transcriber import FakeTranscriber

ROOT = Path(__file__).parents[2]
MANY = 60


@pytest.fixture
def key(tmp_path: Path) -> Path:
    make_key(tmp_path / "key")
    return tmp_path / "key"


@pytest.fixture
def keys(key: Path) -> Keys:
    return read_keys(SealingSettings(key_file=key))


def stagecheck(*arguments: object, key: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "flow.cli", *map(str, arguments)],
        env={**os.environ, "STAGECHECK_SEALING__KEY_FILE": str(key)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_killed_again_and_again_every_call_is_there_once(
    tmp_path: Path, key: Path, keys: Keys
) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()
    noise = np.random.default_rng(1)
    sent = {}
    for number in range(MANY):
        content = noise.bytes(400_000)
        (folder / f"{number:03}.wav").write_bytes(content)
        sent[f"{number:03}.wav"] = hashlib.sha256(content).hexdigest()
    kills = 0
    for more in (1, 7, 20, 40):
        process = stagecheck("seal", folder, key=key)
        while process.poll() is None and len(list(folder.glob("*.age"))) < more:
            time.sleep(0.001)
        process.kill()
        process.communicate(timeout=120)
        kills += process.returncode != 0
        there = {path.name.removesuffix(".age") for path in folder.glob("[0-9]*")}
        assert there == set(sent)
    assert kills
    process = stagecheck("seal", folder, key=key)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    assert out.endswith("recordings sealed\n")
    found = {path.name: clear_sha256(path, keys) for path in folder.iterdir()}
    assert found == {f"{name}.age": digest for name, digest in sent.items()}


def test_commands_tell_what_they_did(tmp_path: Path, key: Path) -> None:
    call = tmp_path / "call.wav"
    call.write_bytes(b"RIFF" + bytes(100))
    made = stagecheck("seal-key", tmp_path / "second", key=key)
    assert "Public key: age1" in made.communicate(timeout=120)[0]
    sealing = stagecheck("seal", tmp_path, key=tmp_path / "nowhere")
    _, err = sealing.communicate(timeout=120)
    assert (sealing.returncode, err.count("\n")) == (2, 1)
    assert "nowhere: the key file cannot be read" in err
    folder = tmp_path / "calls"
    folder.mkdir()
    call.rename(folder / "call.wav")
    out, _ = stagecheck("seal", folder, key=key).communicate(timeout=120)
    assert out == "1 recordings sealed\n"
    opened = stagecheck("unseal", folder / "call.wav.age", "-o", tmp_path / "back.wav", key=key)
    opened.communicate(timeout=120)
    assert opened.returncode == 0
    assert (tmp_path / "back.wav").read_bytes() == b"RIFF" + bytes(100)


def test_a_run_judges_sealed_calls_and_a_wrong_key_marks_nothing(tmp_path: Path, key: Path) -> None:
    request = RunRequest(
        build_recordings(tmp_path / "records"), write_crm(tmp_path / "crm.json"),
        state=tmp_path / "state",
    )  # fmt: skip
    clear = run(request, Settings(), engine_for=lambda _: FakeTranscriber(SCRIPTS))
    settings = Settings(sealing=SealingSettings(key_file=key))
    keys = read_keys(settings.sealing)
    for path in [path for path in request.recordings.rglob("*.wav") if path.is_file()]:
        seal_in_place(path, keys)
    make_key(tmp_path / "wrong")
    wrong = Settings(sealing=SealingSettings(key_file=tmp_path / "wrong"))
    for bad in (Settings(), wrong):
        with pytest.raises(SealedError):
            run(request, bad, engine_for=lambda _: FakeTranscriber(SCRIPTS))
    ears = FakeTranscriber(SCRIPTS)
    sealed = run(request, settings, engine_for=lambda _: ears)
    assert ears.heard == []  # the same hash under the same name: nothing is transcribed again
    assert sealed.result == clear.result
    anew = RunRequest(request.recordings, request.crm, state=tmp_path / "anew")
    assert run(anew, settings, engine_for=lambda _: ears).result["calls"] == clear.result["calls"]
    engine = open_database(sqlite_url(tmp_path / "state" / "stagecheck.db"))
    with reading(engine) as session:
        assert {row.state for row in session.query(RecordingRow)} == {"transcribed"}
    engine.dispose()


def test_uploads_are_sealed_as_they_are_taken_over(tmp_path: Path, keys: Keys) -> None:
    from pathlib import PurePosixPath

    box = Box(tmp_path / "inbox" / "pbx", Room(1 << 20, 100, 0))

    def taken(name: str, text: str) -> Taken:
        place = PurePosixPath(f"/{name}")
        box.begin(place, anew=True).write_text(text)
        box.finish(place)
        calls = tmp_path / "calls"
        (one,) = collect(box.folder.parent, calls, quiet_s=0, at=time.time() + 60, keys=keys)
        assert isinstance(one, Taken)
        return one

    first = taken("a.wav", "one")
    assert first.path.name == "a.wav.age"
    assert not first.repeated
    assert taken("a.wav", "one").repeated
    other = taken("a.wav", "two")
    assert other.path.name.startswith("a~")
    assert taken("a.json", "{}").path.name == "a.json"
    lying = {path.name for path in (tmp_path / "calls" / "pbx").iterdir()}
    assert lying == {"a.wav.age", other.path.name, "a.json"}
    assert clear_sha256(first.path, keys) == hashlib.sha256(b"one").hexdigest()
