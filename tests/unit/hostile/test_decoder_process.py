"""A file that crashes, hangs or starves the decoder costs itself only."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import pytest

from models.vocabulary.errors import UnusableRecordingError
from tests.unit.transcribe.recorded_files import both_parties, encoded, tone, wav
from transcribe.audio import load_audio


@pytest.fixture(scope="module")
def long_call(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four minutes that take seconds to decode."""
    sound = np.tile(both_parties(60), 4)
    folder = tmp_path_factory.mktemp("long")
    return encoded(folder / "call.ogg", sound, "libopus", "ogg", out_rate=16000)


@pytest.fixture
def short_call(tmp_path: Path) -> Path:
    path = tmp_path / "short.wav"
    path.write_bytes(wav(tone(440, 0.5)))
    return path


def decoder() -> psutil.Process:
    for child in psutil.Process().children():
        if "transcribe.decoder_process" in child.cmdline():
            return child
    raise AssertionError("no decoder runs")


@contextmanager
def sent_while_decoding(sign: signal.Signals) -> Iterator[None]:
    """Sends the decoder a signal once it is at work on the next file."""
    process = decoder()
    before = sum(process.cpu_times()[:2])

    def send() -> None:
        deadline = time.monotonic() + 60
        while sum(process.cpu_times()[:2]) < before + 0.2 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(sign)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    yield
    thread.join(60)


@pytest.mark.parametrize(
    ("sign", "code"),
    [
        (signal.SIGSEGV, "decoder_crash"),
        (signal.SIGABRT, "decoder_crash"),
        (signal.SIGFPE, "decoder_crash"),
        (signal.SIGXCPU, "too_slow"),
    ],
)
def test_a_crash_refuses_the_file_and_the_next_one_is_heard(
    sign: signal.Signals, code: str, long_call: Path, short_call: Path
) -> None:
    load_audio([short_call])
    with sent_while_decoding(sign), pytest.raises(UnusableRecordingError) as refusal:
        load_audio([long_call])
    assert refusal.value.error == code
    assert "call.ogg" in refusal.value.detail
    assert load_audio([short_call]).duration_s == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_a_decoder_killed_from_outside_is_no_fault_of_the_file(
    sign: signal.Signals, long_call: Path, short_call: Path
) -> None:
    load_audio([short_call])
    with sent_while_decoding(sign):
        assert load_audio([long_call]).duration_s == pytest.approx(240, abs=1)


def test_a_decoder_that_hangs_is_given_up(
    long_call: Path, short_call: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_audio([short_call])
    monkeypatch.setattr("transcribe.decoder._SILENCE_S", 1.0)
    with sent_while_decoding(signal.SIGSTOP), pytest.raises(UnusableRecordingError) as refusal:
        load_audio([long_call])
    assert refusal.value.error == "too_slow"
    monkeypatch.undo()
    assert load_audio([short_call]).codec == "pcm_s16le"


def test_the_decoder_may_take_only_so_much(short_call: Path) -> None:
    load_audio([short_call])
    process = decoder()
    _, most_memory = process.rlimit(psutil.RLIMIT_AS)
    assert 0 < most_memory < 4 << 30
    until, _ = process.rlimit(psutil.RLIMIT_CPU)
    assert 0 < until < 120
    assert process.rlimit(psutil.RLIMIT_CORE) == (0, 0)


def test_the_decoder_knows_no_secrets(
    short_call: Path, long_call: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_audio([short_call])
    with sent_while_decoding(signal.SIGSEGV), pytest.raises(UnusableRecordingError):
        load_audio([long_call])
    monkeypatch.setenv("STAGECHECK_DB_PASSWORD", "hunter2")
    load_audio([short_call])
    assert "hunter2" not in str(decoder().environ())


def test_ctrl_c_is_for_the_command_and_not_for_its_decoder(short_call: Path) -> None:
    load_audio([short_call])
    process = decoder()
    process.send_signal(signal.SIGINT)
    load_audio([short_call])
    assert decoder().pid == process.pid


def test_a_forked_worker_has_a_decoder_of_its_own(short_call: Path) -> None:
    load_audio([short_call])
    mine = decoder().pid
    child = os.fork()
    if child == 0:
        load_audio([short_call])
        os._exit(0 if decoder().pid != mine else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    load_audio([short_call])
    assert decoder().pid == mine


def test_threads_take_turns(short_call: Path) -> None:
    found: list[float] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(load_audio([short_call]).duration_s), daemon=True
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == pytest.approx([0.5] * 8, abs=0.01)


def test_no_file_stays_open(short_call: Path, tmp_path: Path) -> None:
    load_audio([short_call])
    gone = tmp_path / "gone.wav"
    ours, theirs = psutil.Process().num_fds(), decoder().num_fds()
    for _ in range(20):
        load_audio([short_call])
        with pytest.raises(UnusableRecordingError):
            load_audio([gone])
    assert psutil.Process().num_fds() == ours
    assert decoder().num_fds() == theirs
