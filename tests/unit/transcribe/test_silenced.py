"""A call to be played holds everything but the seconds of personal numbers."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from core.sealing_settings import SealingSettings
from models.sealed import make_key, read_keys, seal_in_place
from models.vocabulary.errors import OutputError, UnusableRecordingError
from models.vocabulary.transcript import HiddenSpan, PersonalKind, Speaker
from tests.unit.transcribe.recorded_files import both_parties, encoded, tone, wav
from transcribe.audio import load_audio
from transcribe.silenced import (
    forget_silenced,
    forget_silenced_before,
    silence,
    write_silenced,
)
from transcribe.streaming import stream_samples

RATE = 8000
SPANS = (
    HiddenSpan(0.5, 0.9, PersonalKind.CARD, Speaker.CLIENT),
    HiddenSpan(1.5, 9.0, PersonalKind.SECURITY_CODE, Speaker.CLIENT),
)


def samples_of(path: Path) -> tuple[int, npt.NDArray[np.int16]]:
    with wave.open(str(path)) as sound:
        raw = sound.readframes(sound.getnframes())
        return sound.getframerate(), np.frombuffer(raw, "<i2").reshape(-1, sound.getnchannels()).T


def clear_samples(path: Path) -> npt.NDArray[np.int16]:
    return np.concatenate([piece for _, piece in stream_samples(path)], axis=1)


@pytest.fixture
def call(tmp_path: Path) -> Path:
    path = tmp_path / "call.wav"
    path.write_bytes(wav(both_parties(rate=RATE), RATE))
    return path


def test_spans_are_silent_on_both_channels_and_the_rest_is_unchanged(
    call: Path, tmp_path: Path
) -> None:
    rate, played = samples_of(write_silenced([call], SPANS, tmp_path / "played", sha256="ab"))
    clear = clear_samples(call)
    assert rate == RATE
    assert played.shape == clear.shape
    quiet = np.zeros(played.shape[1], dtype=bool)
    quiet[round(0.5 * RATE) : round(0.9 * RATE)] = True
    quiet[round(1.5 * RATE) :] = True
    assert not played[:, quiet].any()
    assert np.abs(clear[:, quiet]).max() > 1000
    assert np.array_equal(played[:, ~quiet], clear[:, ~quiet])


def test_compressed_calls_are_silenced_at_the_same_seconds(tmp_path: Path) -> None:
    path = encoded(tmp_path / "call.mp3", both_parties(rate=16000), "libmp3lame", "mp3")
    _, played = samples_of(write_silenced([path], SPANS, tmp_path / "played", sha256="ab"))
    clear = clear_samples(path)
    assert not played[:, round(0.5 * RATE) : round(0.9 * RATE)].any()
    assert np.array_equal(played[:, : RATE // 2], clear[:, : RATE // 2])


def test_the_agent_is_left(call: Path, tmp_path: Path) -> None:
    folder = tmp_path / "played"
    _, kept = samples_of(write_silenced([call], (), folder, sha256="ab", agent_side=0))
    _, swapped = samples_of(write_silenced([call], (), folder, sha256="ab", agent_side=1))
    assert np.array_equal(kept[::-1], swapped)
    assert np.array_equal(kept, clear_samples(call))


def test_two_legs_become_one_stereo_call(tmp_path: Path) -> None:
    legs = [tmp_path / "in.wav", tmp_path / "out.wav"]
    for leg, seconds in zip(legs, (2.0, 3.0), strict=True):
        leg.write_bytes(wav(tone(440, seconds=seconds, rate=RATE), RATE))
    rate, played = samples_of(write_silenced(legs, SPANS[:1], tmp_path / "played", sha256="ab"))
    assert played.shape == (2, 3 * rate)
    assert not played[:, round(0.5 * rate) : round(0.9 * rate)].any()
    assert not played[0, 2 * rate :].any()
    assert played[1, 2 * rate :].any()


def test_a_file_is_made_once_and_anew_for_other_spans(call: Path, tmp_path: Path) -> None:
    folder = tmp_path / "played"
    first = write_silenced([call], SPANS, folder, sha256="ab")
    made = first.stat().st_mtime_ns
    assert write_silenced([call], SPANS, folder, sha256="ab") == first
    assert first.stat().st_mtime_ns == made
    assert write_silenced([call], SPANS[:1], folder, sha256="ab") != first
    assert write_silenced([call], SPANS[:1], folder, sha256="cd").exists()
    assert sorted(path.suffix for path in folder.iterdir()) == [".wav"] * 3
    assert forget_silenced(folder, "ab") == 2
    assert forget_silenced_before(folder, 0) == 0
    assert forget_silenced_before(folder, 1e11) == 1
    assert not list(folder.iterdir())


def test_a_recording_that_is_gone_is_not_played_from_the_cache(call: Path, tmp_path: Path) -> None:
    write_silenced([call], SPANS, tmp_path / "played", sha256="ab")
    call.unlink()
    with pytest.raises(UnusableRecordingError, match=r"call\.wav is no longer where it was"):
        write_silenced([call], SPANS, tmp_path / "played", sha256="ab")


def test_what_cannot_be_decoded_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "call.mp3"
    path.write_bytes(b"ID3\x04" + bytes(2000))
    with pytest.raises(UnusableRecordingError):
        write_silenced([path], SPANS, tmp_path / "played", sha256="ab")
    assert not list((tmp_path / "played").glob("*"))


def test_no_room_is_told(call: Path, tmp_path: Path) -> None:
    (tmp_path / "played").write_text("a file where the folder should be")
    with pytest.raises(OutputError, match="cannot be kept there to be played"):
        write_silenced([call], SPANS, tmp_path / "played", sha256="ab")


def test_a_sealed_recording_is_played_too(call: Path, tmp_path: Path) -> None:
    clear = clear_samples(call)
    make_key(tmp_path / "key")
    keys = read_keys(SealingSettings(key_file=tmp_path / "key"))
    seal_in_place(call, keys)
    played = write_silenced([call], (), tmp_path / "played", sha256="ab", keys=keys)
    assert np.array_equal(samples_of(played)[1], clear)


def test_a_decoded_call_is_silenced_for_a_second_hearing(call: Path) -> None:
    audio = load_audio([call])
    silence(audio, SPANS)
    assert not audio.samples[:, 8000:14400].any()
    assert audio.samples[:, :8000].any()
