"""One file becomes 16 kHz samples on a memory file; limits hold what a stranger's file may take."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av

from core.shown import shown_name
from models.vocabulary.errors import UnusableRecordingError
from transcribe.containers import CODECS, SecondFileError, opened
from transcribe.formats import Container, RawBody, recognise
from transcribe.rows import SAMPLE_RATE, Rows, TooMuchSoundError

MOST_CHANNELS = 8
RATES = range(4_000, 384_001)

_READ_SECONDS = 20
_ALWAYS_S = 2 * 3600
_LEAST_BYTES_PER_S = 16
"""The least that encoders write: a FLAC of digital silence takes 24 bytes a second."""

_AGAIN = "have the telephone system send it again"


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was decoded; `channels`, `samples` and `stride` are those of `transcribe.rows`."""

    channels: int
    samples: int
    stride: int
    codec: str
    notes: tuple[str, ...]


def decode(path: Path, memory: int, longest_s: float, told: Callable[[float], None]) -> Decoded:
    """Decodes a file to rows of int16 at 16 kHz on the memory file `memory` (`transcribe.rows`).

    `told` is called now and then with the seconds decoded so far.

    Raises:
        UnusableRecordingError: no sound is to be had from it, or more than `longest_s`.
    """
    form = recognise(path)
    size = path.stat().st_size
    limit_s = min(longest_s, max(_ALWAYS_S, size / _LEAST_BYTES_PER_S))
    rows = Rows(memory, round(limit_s * SAMPLE_RATE), told)
    notes: list[str] = []
    try:
        with regular_file(path) as file:
            if isinstance(form, RawBody):
                _check_raw(path, form, limit_s)
                codec, notes = form.codec, list(form.notes)
                _resample(path, raw_frames(file, form), rows)
            else:
                codec = _read_container(path, file, form, rows, notes)
            samples = rows.finish()
    except TooMuchSoundError:
        raise _too_long(path, size, limit_s, longest_s) from None
    except SecondFileError:
        raise UnusableRecordingError(
            "not_audio",
            f"{shown_name(path.name)} holds no sound but refers to other files or addresses, "
            "which are never opened; send the recording itself",
        ) from None
    except MemoryError:
        raise UnusableRecordingError(
            "too_big",
            f"{shown_name(path.name)} asks for more memory than any recording needs; "
            f"{_AGAIN}, or remove it",
        ) from None
    except (av.FFmpegError, ValueError, ArithmeticError, LookupError) as error:
        raise undecodable(path, form) from error
    if not samples:
        raise UnusableRecordingError(
            "no_sound", f"{shown_name(path.name)} decodes to nothing; {_AGAIN}"
        )
    return Decoded(rows.channels, samples, rows.stride, codec, tuple(notes))


def regular_file(path: Path) -> BinaryIO:
    """Opens a file that is one: never waits for the other end of a pipe."""
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise ValueError("no regular file")
    return file


def _too_long(path: Path, size: int, limit_s: float, longest_s: float) -> UnusableRecordingError:
    name = shown_name(path.name)
    if limit_s < longest_s:
        return UnusableRecordingError(
            "too_long",
            f"{name} swells from {size} bytes to more than {limit_s / 3600:.1f} hours of sound, "
            "which no recorder writes; remove it",
        )
    return UnusableRecordingError(
        "too_long",
        f"{name} holds more than {longest_s / 3600:g} hours of sound; cut it, or raise "
        "speech.longest_call_h if calls are that long",
    )


def undecodable(path: Path, form: Container | RawBody) -> UnusableRecordingError:
    """Says of a file that FFmpeg's libraries make nothing of it."""
    if isinstance(form, Container) and form.name == "unknown":
        return UnusableRecordingError(
            "not_audio",
            f"{shown_name(path.name)} is no sound file that FFmpeg's libraries know; give "
            "headerless recordings the extension of their codec (.alaw, .ulaw, .sln) or send "
            "another format",
        )
    name = form.name if isinstance(form, Container) else form.codec
    return UnusableRecordingError(
        "corrupt", f"{shown_name(path.name)} is a damaged {name} file; {_AGAIN}"
    )


def _check_raw(path: Path, form: RawBody, limit_s: float) -> None:
    _check_form(path, form.rate, form.channels)
    if _packet_units(form) > 1 and form.size / (form.rate * form.block) > limit_s:
        raise TooMuchSoundError


def _check_form(path: Path, rate: int, channels: int) -> None:
    if rate not in RATES:
        what = f"a sample rate of {rate} Hz"
    elif not 1 <= channels <= MOST_CHANNELS:
        what = f"{channels} channels"
    else:
        return
    raise UnusableRecordingError(
        "corrupt",
        f"{shown_name(path.name)} states {what}, which no telephone system writes; {_AGAIN}",
    )


def _read_container(
    path: Path, file: BinaryIO, form: Container, rows: Rows, notes: list[str]
) -> str:
    with opened(file) as container:
        if not container.streams.audio:
            raise UnusableRecordingError(
                "not_audio", f"{shown_name(path.name)} ({form.name}) has no sound track; remove it"
            )
        stream = container.streams.audio[0]
        codec = stream.codec_context.name if stream.codec_context else "a codec unknown to FFmpeg"
        if codec not in CODECS:
            raise UnusableRecordingError(
                "not_audio",
                f"{shown_name(path.name)} is encoded with {codec}, which no telephone system "
                "writes; send another format",
            )
        damaged = [0, 0]
        _resample(path, container_frames(container, stream, damaged), rows)
        good, bad = damaged
        if bad and bad > good / 4:
            raise UnusableRecordingError(
                "corrupt",
                f"{shown_name(path.name)}: {bad} of {bad + good} packets cannot be decoded; "
                f"{_AGAIN}",
            )
        if bad:
            notes.append(f"{bad} of {bad + good} packets could not be decoded")
        return codec


def container_frames(
    container: av.container.InputContainer, stream: av.AudioStream, damaged: list[int]
) -> Iterator[av.AudioFrame]:
    """Decodes packet by packet, so that one damaged packet does not lose the call."""
    try:
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
                damaged[0] += 1
            except (av.FFmpegError, ValueError):
                damaged[1] += 1
            else:
                yield from frames
    except av.FFmpegError:
        damaged[1] += 1
        if not damaged[0]:
            raise


def raw_frames(file: BinaryIO, form: RawBody) -> Iterator[av.AudioFrame]:
    """Decodes a body without a container."""
    decoder = av.CodecContext.create(form.codec, "r")
    assert isinstance(decoder, av.AudioCodecContext)  # noqa: S101 - narrows the type for mypy
    decoder.sample_rate = form.rate
    decoder.layout = {1: "mono", 2: "stereo"}.get(form.channels, f"{form.channels}c")
    step = form.block * max(1, _packet_units(form))
    file.seek(form.offset)
    left = form.size
    while left >= form.block:
        data = file.read(min(step, left))
        data = data[: len(data) // form.block * form.block]
        if not data:
            return
        left -= len(data)
        yield from decoder.decode(av.Packet(data))


def _packet_units(form: RawBody) -> int:
    """Samples go in by seconds, codec frames one by one."""
    if form.codec in {"gsm", "gsm_ms", "g729"}:
        return 1
    return form.rate * _READ_SECONDS


def _resample(path: Path, frames: Iterator[av.AudioFrame], rows: Rows) -> None:
    """Writes what `frames` hold as 16 kHz int16; a stream may change its form on the way."""
    resampler: av.AudioResampler | None = None
    form: tuple[object, ...] = ()
    for frame in frames:
        channels = frame.layout.nb_channels
        if form != (frame.format.name, frame.layout.name, frame.sample_rate):
            _check_form(path, frame.sample_rate, channels)
            if resampler is not None:
                _append(resampler.resample(None), rows)
            rows.open(min(channels, 2))
            layout = "mono" if rows.channels == 1 else "stereo"
            resampler = av.AudioResampler(format="s16p", layout=layout, rate=SAMPLE_RATE)
            form = (frame.format.name, frame.layout.name, frame.sample_rate)
        assert resampler is not None  # noqa: S101 - narrows the type for mypy
        frame.pts = None
        _append(resampler.resample(frame), rows)
    if resampler is not None:
        _append(resampler.resample(None), rows)


def _append(frames: list[av.AudioFrame], rows: Rows) -> None:
    for frame in frames:
        rows.append(frame.to_ndarray())
