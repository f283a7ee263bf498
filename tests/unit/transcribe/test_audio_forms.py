"""Every form in which a PBX writes a call is decoded to 16 kHz, whatever the file is called."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.unit.transcribe.recorded_files import (
    LEFT_HZ,
    RIGHT_HZ,
    both_parties,
    encoded,
    gsm_frames,
    loudest_hertz,
    raw_codec,
    tone,
    wav,
    wav_of,
)
from transcribe.audio import CallAudio, load_audio


def assert_left_and_right(audio: CallAudio, seconds: float = 2.0) -> None:
    assert audio.channels == 2
    assert audio.duration_s == pytest.approx(seconds, abs=0.15)
    assert loudest_hertz(audio.samples[0]) == pytest.approx(LEFT_HZ, abs=5)
    assert loudest_hertz(audio.samples[1]) == pytest.approx(RIGHT_HZ, abs=5)


def assert_left(audio: CallAudio, seconds: float = 2.0) -> None:
    assert audio.channels == 1
    assert audio.duration_s == pytest.approx(seconds, abs=0.15)
    assert loudest_hertz(audio.samples[0]) == pytest.approx(LEFT_HZ, abs=5)


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
def test_pcm_wav_of_any_rate(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav(both_parties(rate=rate), rate))
    audio = load_audio([path])
    assert_left_and_right(audio)
    assert audio.samples.dtype == np.int16
    assert audio.waveform(0).dtype == np.float32
    assert float(np.abs(audio.waveform(0)).max()) == pytest.approx(0.4, abs=0.02)


@pytest.mark.parametrize(
    ("codec", "form", "rate"),
    [
        ("libmp3lame", "mp3", 8000),
        ("libopus", "ogg", 48000),
        ("libopus", "webm", 48000),
        ("aac", "mp4", 16000),
        ("flac", "flac", 8000),
        ("pcm_alaw", "wav", 8000),
        ("pcm_mulaw", "wav", 8000),
        ("pcm_mulaw", "au", 8000),
    ],
)
@pytest.mark.parametrize("name", ["call.bin", "call.wav", "call.mp3"])
def test_bytes_say_what_a_file_is(
    tmp_path: Path, codec: str, form: str, rate: int, name: str
) -> None:
    path = encoded(tmp_path / name, both_parties(), codec, form, out_rate=rate)
    assert_left_and_right(load_audio([path]))


@pytest.mark.parametrize(
    ("extension", "codec"),
    [
        ("alaw", "pcm_alaw"),
        ("al", "pcm_alaw"),
        ("ulaw", "pcm_mulaw"),
        ("pcm", "pcm_mulaw"),
        ("ulw", "pcm_mulaw"),
    ],
)
def test_headerless_law_by_extension(tmp_path: Path, extension: str, codec: str) -> None:
    path = tmp_path / f"call.{extension}"
    path.write_bytes(raw_codec(tone(LEFT_HZ), codec))
    audio = load_audio([path])
    assert_left(audio)
    assert audio.codec == codec


@pytest.mark.parametrize(
    ("extension", "rate"),
    [("sln", 8000), ("raw", 8000), ("slin", 8000), ("sln16", 16000), ("sln48", 48000)],
)
def test_headerless_linear_by_extension(tmp_path: Path, extension: str, rate: int) -> None:
    path = tmp_path / f"call.{extension}"
    path.write_bytes(tone(LEFT_HZ, rate=rate).tobytes())
    assert_left(load_audio([path]))


def test_mixmonitor_raw_holds_both_parties_interleaved(tmp_path: Path) -> None:
    path = tmp_path / "call.raw"
    path.write_bytes(both_parties().T.tobytes())
    assert_left_and_right(load_audio([path]))


def test_interleaved_parties_that_speak_in_turn(tmp_path: Path) -> None:
    left, right = both_parties(4.0)
    left[16000:] = 0
    right[:16000] = 0
    path = tmp_path / "call.raw"
    path.write_bytes(np.stack([left, right]).T.tobytes())
    assert_left_and_right(load_audio([path]), 4.0)


@pytest.mark.parametrize("name", ["call.gsm", "call.bin"])
def test_gsm_frames_are_known_by_their_signature(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gsm_frames(100))
    audio = load_audio([path])
    assert (audio.codec, audio.channels) == ("gsm", 1)
    assert audio.duration_s == pytest.approx(2.0, abs=0.05)


def test_gsm_in_wav(tmp_path: Path) -> None:
    path = tmp_path / "call.WAV"
    path.write_bytes(wav_of(0x31, 0, 1, 8000, bytes(65 * 50)))
    audio = load_audio([path])
    assert audio.codec == "gsm_ms"
    assert audio.duration_s == pytest.approx(50 * 0.04, abs=0.05)


@pytest.mark.parametrize("stated", [0, 0xFFFFFFFF, 4000, 10_000_000])
def test_a_lying_wav_header_is_overruled_by_the_files_length(tmp_path: Path, stated: int) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav(both_parties(), riff=0, data=stated))
    audio = load_audio([path])
    assert_left_and_right(audio)
    assert "length" in audio.notes[0]


def test_chunks_after_the_sound_are_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav(both_parties()) + b"LIST" + (600).to_bytes(4, "little") + bytes(600))
    audio = load_audio([path])
    assert audio.duration_s == pytest.approx(2.0, abs=0.01)
    assert audio.notes == ()


@pytest.mark.parametrize("header", [44, 60, 512])
def test_grandstream_header_of_any_length(tmp_path: Path, header: int) -> None:
    body = tone(LEFT_HZ).tobytes()
    head = (b"GSFF" + len(body).to_bytes(4, "little")).ljust(header, b"\0")
    path = tmp_path / "auto-1496639037-021528797-6598.wav"
    path.write_bytes(head + body)
    audio = load_audio([path])
    assert_left(audio)
    assert f"byte {header}" in audio.notes[0]


def test_grandstream_header_that_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "auto.wav"
    path.write_bytes(b"GSFF" + bytes(47) + tone(LEFT_HZ).tobytes())
    assert_left(load_audio([path]))


def test_two_legs_become_one_call(tmp_path: Path) -> None:
    received, transmitted = tmp_path / "call_in.wav", tmp_path / "call_out.wav"
    received.write_bytes(wav(tone(LEFT_HZ, 2.0)))
    transmitted.write_bytes(wav(tone(RIGHT_HZ, 1.5)))
    audio = load_audio([received, transmitted])
    assert_left_and_right(audio)
    assert not audio.samples[1, 25_000:].any()


def test_silence_is_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav(np.zeros(16_000, dtype=np.int16)))
    assert load_audio([path]).duration_s == pytest.approx(2.0, abs=0.01)
