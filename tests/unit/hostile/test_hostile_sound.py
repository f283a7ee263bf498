"""Sound files that lie, swell, crash or never end: sound or one sentence, within bounds."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest

from models.vocabulary.errors import UnusableRecordingError
from tests.unit.hostile.hostile_files import (
    flac_of_silence,
    good,
    many_tracks,
    matroska_zlib_bomb,
    opus_bomb,
    patched,
    short_sound,
    silent_film,
    with_id3,
    with_picture,
)
from tests.unit.transcribe.recorded_files import encoded, raw_codec, tone, wav, wav_of
from transcribe.audio import CallAudio, load_audio

HOUR = 3600.0
SECONDS = 30  # far more than any of these needs; a busy machine is slow
ONE = tone(440, 0.5)
NOISE = random.Random(1).randbytes(90_000)  # noqa: S311 - stands for ciphertext
LONGEST = b"\xff\xff\xff\xff"

Make = Callable[[Path], bytes]


def heard(path: Path, longest_s: float = 12 * HOUR) -> CallAudio | UnusableRecordingError:
    """What becomes of a file: sound or a refusal, soon, and a decoder that works on."""
    began = time.monotonic()
    try:
        result: CallAudio | UnusableRecordingError = load_audio([path], longest_s)
    except UnusableRecordingError as error:
        result = error
    assert time.monotonic() - began < SECONDS
    assert decoder_memory() < 1 << 30
    if isinstance(result, UnusableRecordingError):
        assert path.name in result.detail
        assert "\n" not in result.detail
    return result


def decoder_memory() -> int:
    return sum(child.memory_info().rss for child in decoders())


def decoders() -> list[psutil.Process]:
    children = psutil.Process().children()
    return [child for child in children if "transcribe.decoder_process" in child.cmdline()]


def wav_with(
    *, tag: int = 1, bits: int = 16, channels: int = 1, rate: int = 8000, block: int = 2
) -> bytes:
    """A wav file whose header says what no recorder writes."""
    form = struct.pack("<HHIIHH", tag, channels, rate, (rate * block) & 0xFFFFFFFF, block, bits)
    body = ONE.tobytes()
    head = b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt " + struct.pack("<I", 16) + form
    return head + b"data" + struct.pack("<I", len(body)) + body


def floats(*values: float) -> bytes:
    return wav_of(3, 32, 1, 8000, np.array(values * 2000, "<f4").tobytes())


def zipped(_: Path) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("call.wav", bytes(1 << 24))
    return stream.getvalue()


REFUSED: dict[str, tuple[str, str, Make]] = {
    # name: the file's name, the code of the refusal, its bytes
    "a wav of 1 Hz": ("a.wav", "corrupt", lambda _: wav_with(rate=1)),
    "a wav of 4 GHz": ("a.wav", "corrupt", lambda _: wav_with(rate=0xFFFFFFFF)),
    "a wav with 65,535 channels": ("a.wav", "corrupt", lambda _: wav_with(channels=65_535)),
    "a wav with 9 channels": ("a.wav", "corrupt", lambda _: wav_with(channels=9)),
    "a wav without channels": ("a.wav", "corrupt", lambda _: wav_with(channels=0)),
    "a wav of 0 Hz": ("a.wav", "corrupt", lambda _: wav_with(rate=0)),
    "a wav with samples of 0 bits": ("a.wav", "not_audio", lambda _: wav_with(bits=0)),
    "a wav with an unknown codec": ("a.wav", "not_audio", lambda _: wav_with(tag=0x4242)),
    "a wav with a header of 4 GB": (
        "a.wav",
        "header_only",
        lambda _: patched(wav(ONE), b"fmt ", 0, LONGEST),
    ),
    "a FLAC with 8 channels at 655,350 Hz": (
        "a.flac",
        "corrupt",
        lambda _: flac_of_silence(1, rate=655_350, channels=8),
    ),
    "a FLAC of a day in 150 kB": ("a.flac", "too_long", lambda _: flac_of_silence(24 * HOUR)),
    "a Matroska packet that inflates to 1 GB": (
        "a.mka",
        "too_big|corrupt|no_sound",
        lambda _: matroska_zlib_bomb(1 << 30),
    ),
    "an m4a with two thousand million samples": (
        "a.m4a",
        "too_big|corrupt|no_sound",
        lambda folder: patched(
            good(folder, "a.m4a", "aac", "mp4", 16000), b"stsz", 4, b"\0\0\0\x01\x7f\xff\xff\xff"
        ),
    ),
    "a ZIP named wav": ("a.wav", "not_audio", zipped),
    "a gzip bomb named wav": ("a.wav", "not_audio", lambda _: gzip.compress(bytes(1 << 24))),
    "an xz bomb named mp3": ("a.mp3", "not_audio", lambda _: lzma.compress(bytes(1 << 24))),
    "a bzip2 bomb named wav": ("a.wav", "not_audio", lambda _: bz2.compress(bytes(1 << 24))),
    "a Zstandard file named ogg": ("a.ogg", "not_audio", lambda _: b"\x28\xb5\x2f\xfd" + bytes(99)),
    "random bytes named mp3": ("a.mp3", "encrypted", lambda _: NOISE),
    "a single byte": ("a.wav", "not_audio", lambda _: b"R"),
    "magic and nothing else: RIFF": ("a.wav", "header_only|not_audio", lambda _: b"RIFF"),
    "magic and nothing else: OggS": ("a.ogg", "corrupt", lambda _: b"OggS"),
    "magic and nothing else: ID3": ("a.mp3", "corrupt", lambda _: b"ID3"),
    "magic and nothing else: fLaC": ("a.flac", "corrupt", lambda _: b"fLaC"),
    "magic and nothing else: AMR": ("a.amr", "corrupt|no_sound", lambda _: b"#!AMR\n"),
    "magic and nothing else: MP4": ("a.m4a", "corrupt", lambda _: b"\0\0\0\x08ftyp"),
    "an ID3 tag that states 256 MB": (
        "a.mp3",
        "corrupt|no_sound",
        lambda _: with_id3(64, b"", stated=(1 << 28) - 1),
    ),
    "a film without sound": (
        "a.wav",
        "not_audio",
        lambda folder: silent_film(folder / "film").read_bytes(),
    ),
    "an executable named wav": ("a.wav", "not_audio", lambda _: b"\x7fELF" + bytes(4096)),
    "UTF-16 text named wav": ("a.wav", "not_audio", lambda _: "текст звонка".encode("utf-16") * 50),
}

HEARD: dict[str, tuple[str, float, Make]] = {
    # name: the file's name, the seconds of sound that are to come of it, its bytes
    "a wav whose header claims 4 GB": (
        "a.wav",
        0.5,
        lambda _: wav(ONE, riff=0xFFFFFFFF, data=0xFFFFFFFF),
    ),
    "a wav whose header claims 3 GB of data": ("a.wav", 0.5, lambda _: wav(ONE, data=3 << 30)),
    "an RF64 that claims 2^63 bytes": (
        "a.wav",
        0.5,
        lambda _: (
            wav(ONE, riff=0xFFFFFFFF, data=0xFFFFFFFF)
            .replace(b"RIFF", b"RF64")
            .replace(b"fmt ", b"ds64" + struct.pack("<IQQQI", 28, 1 << 62, 1 << 62, 0, 0) + b"fmt ")
        ),
    ),
    "a wav of NaN": ("a.wav", 0.5, lambda _: floats(float("nan"), 0.1)),
    "a wav of infinities": ("a.wav", 0.5, lambda _: floats(float("inf"), float("-inf"))),
    "a wav of samples beyond all bounds": ("a.wav", 0.5, lambda _: floats(3e38, -3e38)),
    "an mp3 behind a picture of 32 MB": (
        "a.mp3",
        0.5,
        lambda folder: with_picture(1 << 25, good(folder, "a.mp3", "libmp3lame", "mp3")),
    ),
    "a film with 60 sound tracks": (
        "a.wav",
        0.5,
        lambda folder: many_tracks(folder / "film", 60).read_bytes(),
    ),
    "a FLAC named wav": ("a.wav", 0.5, lambda folder: good(folder, "a.flac", "flac", "flac")),
    "a wav with 2,000 chunks before the sound": (
        "a.wav",
        0.5,
        lambda _: wav(ONE).replace(b"fmt ", b"LIST\x04\0\0\0INFO" * 2000 + b"fmt "),
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_is_refused(what: str, tmp_path: Path) -> None:
    name, codes, make = REFUSED[what]
    path = tmp_path / name
    path.write_bytes(make(tmp_path))
    result = heard(path)
    assert isinstance(result, UnusableRecordingError), result
    assert result.error in codes.split("|"), result


@pytest.mark.parametrize("what", HEARD)
def test_is_heard_as_far_as_it_goes(what: str, tmp_path: Path) -> None:
    name, seconds, make = HEARD[what]
    path = tmp_path / name
    path.write_bytes(make(tmp_path))
    result = heard(path)
    assert isinstance(result, CallAudio), result
    assert result.duration_s == pytest.approx(seconds, rel=0.1, abs=0.2)


def test_a_sparse_wav_of_4_gb_costs_no_memory_and_no_time(tmp_path: Path) -> None:
    path = tmp_path / "sparse.wav"
    path.write_bytes(wav(ONE, riff=0xFFFFFFFF, data=0xFFFFFFFF - 36))
    os.truncate(path, (4 << 30) - 1)
    result = heard(path)
    assert isinstance(result, UnusableRecordingError)
    assert result.error == "too_long"
    assert "more than 12 hours" in result.detail


def test_an_opus_of_silence_stops_where_the_limit_is(tmp_path: Path) -> None:
    path = tmp_path / "bomb.ogg"
    path.write_bytes(opus_bomb(tmp_path, 60))
    assert path.stat().st_size < 70_000
    result = heard(path, longest_s=600)
    assert isinstance(result, UnusableRecordingError)
    assert result.error == "too_long"


def test_two_hours_of_true_silence_are_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "night.flac"
    path.write_bytes(flac_of_silence(1.9 * HOUR))
    result = heard(path)
    assert isinstance(result, CallAudio)
    assert result.duration_s == pytest.approx(1.9 * HOUR, abs=9)


def test_an_ogg_chained_of_300_streams_comes_to_an_end(tmp_path: Path) -> None:
    path = tmp_path / "chained.ogg"
    path.write_bytes(good(tmp_path, "a.ogg", "libopus", "ogg", 16000) * 300)
    result = heard(path)
    assert isinstance(result, CallAudio)
    assert 0.4 < result.duration_s < 151


def test_a_stream_that_changes_its_form_is_heard_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "changing.mp3"
    one, other = short_sound(), tone(440, 0.5)
    path.write_bytes(
        encoded(tmp_path / "1.mp3", one, "libmp3lame", "mp3").read_bytes()
        + encoded(tmp_path / "2.mp3", other, "libmp3lame", "mp3", out_rate=16000).read_bytes()
    )
    result = heard(path)
    assert isinstance(result, CallAudio)
    assert result.channels == 2
    assert result.duration_s == pytest.approx(1.1, abs=0.3)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full", "/dev/null"])
def test_a_device_is_no_recording(device: str) -> None:
    result = heard(Path(device))
    assert isinstance(result, UnusableRecordingError)
    assert result.error == "not_audio"
    assert "no regular file" in result.detail


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    os.mkfifo(path)
    result = heard(path)
    assert isinstance(result, UnusableRecordingError)
    assert result.error == "not_audio"


def test_a_folder_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.mkdir()
    assert isinstance(heard(path), UnusableRecordingError)


def test_what_grows_meanwhile_is_read_as_far_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "running.wav"
    path.write_bytes(wav(np.tile(ONE, 40), riff=0, data=0))
    with path.open("ab") as stream:
        stream.write(raw_codec(ONE, "pcm_s16le"))
        first = heard(path)
        stream.write(bytes(1 << 20))
    assert isinstance(first, CallAudio)
    assert first.duration_s == pytest.approx(20.5, abs=0.1)
