"""A recording becomes samples: one row per channel, 16 kHz, whatever the file was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.sealed import NO_KEYS, Keys, clear_file
from transcribe.decoder import decode_apart
from transcribe.rows import SAMPLE_RATE, Samples

__all__ = [
    "SAMPLE_RATE",
    "CallAudio",
    "Samples",
    "Waveform",
    "is_dual_mono",
    "load_audio",
    "mixed",
    "silent_channels",
]
LONGEST_S = 12 * 3600.0
Waveform = npt.NDArray[np.float32]

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


def load_audio(
    paths: Sequence[Path], longest_s: float = LONGEST_S, keys: Keys = NO_KEYS
) -> CallAudio:
    """Decodes one recording, or the two legs of one call, in a process of its own.

    Args:
        paths: one file, or the received and the transmitted leg (channels 0 and 1).
        longest_s: seconds of sound from which a file is refused.
        keys: what opens sealed recordings.

    Raises:
        UnusableRecordingError: there is no sound to be had from a file; names it and the remedy.
        SealedError: a file is sealed for another key.
    """
    if len(paths) == 1:
        return _load_file(paths[0], longest_s, keys)
    legs = [_load_file(path, longest_s, keys) for path in paths[:2]]
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


def _load_file(path: Path, longest_s: float, keys: Keys) -> CallAudio:
    with clear_file(path, keys) as clear:
        samples, decoded = decode_apart(clear, longest_s)
    return CallAudio(samples, samples.shape[1] / SAMPLE_RATE, decoded.codec, decoded.notes)
