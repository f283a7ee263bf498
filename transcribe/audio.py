"""A recording becomes samples: one row per channel, 16 kHz, whatever the file was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from models.sealed import NO_KEYS, Keys, clear_file
from models.vocabulary.errors import UnusableRecordingError
from transcribe.formats import Container, RawBody, recognise

SAMPLE_RATE = 16_000
Samples = npt.NDArray[np.int16]
Waveform = npt.NDArray[np.float32]

_READ_SECONDS = 20
_DUAL_MONO_CORRELATION = 0.98


@dataclass(frozen=True, slots=True)
class CallAudio:
    """The sound of one call.

    `samples` is int16 of shape (channels, n) at 16 kHz: two hours of stereo take 0.46 GB
    this way, half of what float32 takes; `waveform` gives pieces as float32 in -1..1.
    `notes` say in plain words what was odd about the file.
    """

    samples: Samples
    duration_s: float
    codec: str
    notes: tuple[str, ...] = ()

    @property
    def channels(self) -> int:
        """How many channels there are: 1 or 2."""
        return len(self.samples)

    def waveform(self, channel: int, start: int = 0, end: int | None = None) -> Waveform:
        """Gives samples `start` to `end` of one channel as float32 in -1..1."""
        piece: Waveform = self.samples[channel, start:end].astype(np.float32)
        piece /= 32768.0
        return piece


def load_audio(paths: Sequence[Path], keys: Keys = NO_KEYS) -> CallAudio:
    """Decodes one recording, or the two legs of one call.

    Args:
        paths: one file, or the received and the transmitted leg (channels 0 and 1).
        keys: what opens sealed recordings.

    Raises:
        UnusableRecordingError: there is no sound to be had from a file; names it and the remedy.
        SealedError: a file is sealed for another key.
    """
    legs = []
    for path in paths[:2]:
        with clear_file(path, keys) as clear:
            legs.append(_load_file(clear))
    if len(legs) == 1:
        return legs[0]
    length = max(leg.samples.shape[1] for leg in legs)
    samples = np.zeros((2, length), dtype=np.int16)
    for row, leg in zip(samples, legs, strict=True):
        row[: leg.samples.shape[1]] = mixed(leg.samples)
    notes = tuple(note for leg in legs for note in leg.notes)
    return CallAudio(samples, length / SAMPLE_RATE, legs[0].codec, notes)


def is_dual_mono(audio: CallAudio) -> bool:
    """Tells whether both channels carry the same mixed sound.

    Compared are stretches where either channel is loud: a call whose parties merely hear each
    other's echo stays stereo.
    """
    if audio.channels < 2:
        return False
    span = 60 * SAMPLE_RATE
    agreement = [
        _correlation(audio.samples[:, start : start + span].astype(np.float32))
        for start in range(0, audio.samples.shape[1], span)
    ]
    heard = [value for value in agreement if value is not None]
    return bool(heard) and float(np.median(heard)) >= _DUAL_MONO_CORRELATION


def silent_channels(audio: CallAudio) -> tuple[int, ...]:
    """Gives the channels on which nothing but digital silence was recorded."""
    return tuple(
        channel
        for channel, row in enumerate(audio.samples)
        if not len(row) or int(row.max()) - int(row.min()) < 16
    )


def _correlation(pair: Waveform) -> float | None:
    left, right = pair - pair.mean(axis=1, keepdims=True)
    power = float(np.dot(left, left)), float(np.dot(right, right))
    if min(power) < 1.0:
        return None if max(power) < 1.0 else 0.0
    return float(np.dot(left, right) / np.sqrt(power[0] * power[1]))


def mixed(samples: Samples) -> Samples:
    """All channels as one."""
    total = samples.sum(axis=0, dtype=np.int32)
    total //= len(samples)
    one: Samples = total.astype(np.int16)
    return one


def stream_samples(path: Path, rate: int | None = None) -> Iterator[tuple[int, Samples]]:
    """Decodes a recording piece by piece, whatever its length.

    Args:
        path: the file.
        rate: samples per second; the file's own, at most 16,000, where not given.

    Returns:
        The rate and int16 samples of shape (channels, n), one or two channels.

    Raises:
        UnusableRecordingError: there is no sound to be had from the file.
    """
    form = recognise(path)
    try:
        if isinstance(form, RawBody):
            yield from _pieces(_raw_frames(path, form), rate)
            return
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise _no_track(path, form)
            stream = container.streams.audio[0]
            yield from _pieces(_container_frames(container, stream, [0, 0]), rate)
    except av.FFmpegError as error:
        raise _undecodable(path, form) from error


def _pieces(frames: Iterator[av.AudioFrame], rate: int | None) -> Iterator[tuple[int, Samples]]:
    resampler: av.AudioResampler | None = None
    for frame in frames:
        if resampler is None:
            rate = rate or min(frame.sample_rate, SAMPLE_RATE)
            layout = "stereo" if frame.layout.nb_channels >= 2 else "mono"
            resampler = av.AudioResampler(format="s16p", layout=layout, rate=rate)
        frame.pts = None
        yield from _samples_of(resampler, frame)
    if resampler is not None:
        yield from _samples_of(resampler, None)


def _samples_of(
    resampler: av.AudioResampler, frame: av.AudioFrame | None
) -> Iterator[tuple[int, Samples]]:
    for one in resampler.resample(frame):
        samples: Samples = one.to_ndarray().astype(np.int16, copy=False)
        yield resampler.rate, samples


def _load_file(path: Path) -> CallAudio:
    form = recognise(path)
    notes = list(form.notes) if isinstance(form, RawBody) else []
    rows: list[bytearray] = []
    try:
        if isinstance(form, RawBody):
            codec = form.codec
            _resample(_raw_frames(path, form), rows)
        else:
            codec = _read_container(path, form, rows, notes)
    except av.FFmpegError as error:
        raise _undecodable(path, form) from error
    if not rows or not rows[0]:
        raise UnusableRecordingError(
            "no_sound", f"{path.name} decodes to nothing; have the telephone system send it again"
        )
    samples = np.empty((len(rows), min(len(row) for row in rows) // 2), dtype=np.int16)
    for channel, row in enumerate(rows):
        samples[channel] = np.frombuffer(row, dtype=np.int16)[: samples.shape[1]]
        rows[channel] = bytearray()
    return CallAudio(samples, samples.shape[1] / SAMPLE_RATE, codec, tuple(notes))


def _undecodable(path: Path, form: Container | RawBody) -> UnusableRecordingError:
    if isinstance(form, Container) and form.name == "unknown":
        return UnusableRecordingError(
            "not_audio",
            f"{path.name} is no sound file that FFmpeg's libraries know; give headerless "
            "recordings the extension of their codec (.alaw, .ulaw, .sln) or send another format",
        )
    name = form.name if isinstance(form, Container) else form.codec
    return UnusableRecordingError(
        "corrupt", f"{path.name} is a damaged {name} file; have the telephone system send it again"
    )


def _no_track(path: Path, form: Container) -> UnusableRecordingError:
    return UnusableRecordingError(
        "not_audio", f"{path.name} ({form.name}) has no sound track; remove it"
    )


def _read_container(path: Path, form: Container, rows: list[bytearray], notes: list[str]) -> str:
    with av.open(str(path)) as container:
        if not container.streams.audio:
            raise _no_track(path, form)
        stream = container.streams.audio[0]
        damaged = [0, 0]
        _resample(_container_frames(container, stream, damaged), rows)
        good, bad = damaged
        if bad and bad > good / 4:
            raise UnusableRecordingError(
                "corrupt",
                f"{path.name}: {bad} of {bad + good} packets cannot be decoded; "
                "have the telephone system send it again",
            )
        if bad:
            notes.append(f"{bad} of {bad + good} packets could not be decoded")
        return str(stream.codec_context.name)


def _container_frames(
    container: av.container.InputContainer, stream: av.AudioStream, damaged: list[int]
) -> Iterator[av.AudioFrame]:
    """Decodes packet by packet, so that one damaged packet does not lose the call."""
    try:
        for packet in container.demux(stream):
            try:
                yield from packet.decode()
                damaged[0] += 1
            except av.FFmpegError:
                damaged[1] += 1
    except av.FFmpegError:
        damaged[1] += 1
        if not damaged[0]:
            raise


def _raw_frames(path: Path, form: RawBody) -> Iterator[av.AudioFrame]:
    decoder = av.CodecContext.create(form.codec, "r")
    assert isinstance(decoder, av.AudioCodecContext)  # noqa: S101 - narrows the type for mypy
    decoder.sample_rate = form.rate
    decoder.layout = {1: "mono", 2: "stereo"}.get(form.channels, f"{form.channels}c")
    step = form.block * max(1, _packet_units(form))
    with path.open("rb") as file:
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


def _resample(frames: Iterator[av.AudioFrame], rows: list[bytearray]) -> None:
    """Appends what `frames` hold to `rows` as 16 kHz int16, one row per channel."""
    resampler: av.AudioResampler | None = None
    for frame in frames:
        if resampler is None:
            layout = "stereo" if frame.layout.nb_channels >= 2 else "mono"
            rows.extend(bytearray() for _ in range(2 if layout == "stereo" else 1))
            resampler = av.AudioResampler(format="s16p", layout=layout, rate=SAMPLE_RATE)
        frame.pts = None
        _append(resampler.resample(frame), rows)
    if resampler is not None:
        _append(resampler.resample(None), rows)


def _append(frames: Sequence[av.AudioFrame], rows: list[bytearray]) -> None:
    for frame in frames:
        for row, plane in zip(rows, frame.to_ndarray(), strict=True):
            row.extend(plane.tobytes())
