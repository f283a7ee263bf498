"""The waveform of a call to be played: how loud each side was, moment by moment."""

from __future__ import annotations

import json
import math
import os
import tempfile
import wave
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.vocabulary.errors import OutputError

_MOST = 3000  # per channel: two for each pixel of a wide screen
_A_SECOND = 50  # short calls need no more
_FULL = 32767.0


def peaks_file(sound: Path) -> Path:
    """Gives the file with the waveform of a WAV file, made beside it where it is not there yet.

    JSON: `duration` in seconds, `channels` with the loudest sample of each moment in 0..1.

    Raises:
        OutputError: there is no room for it.
        OSError: the sound is gone.
    """
    target = sound.with_name(f"{sound.name}.peaks.json")
    if not target.exists():
        _write(target, json.dumps(_peaks(sound), separators=(",", ":")))
    return target


def _peaks(sound: Path) -> dict[str, object]:
    with wave.open(str(sound), "rb") as file:
        rate, frames, channels = file.getframerate(), file.getnframes(), file.getnchannels()
        moments = max(1, min(_MOST, math.ceil(frames / rate * _A_SECOND)))
        at_once = max(1, math.ceil(frames / moments))
        loudest: list[NDArray[np.float64]] = []
        while data := file.readframes(at_once):
            samples = np.frombuffer(data, dtype="<i2").reshape(-1, channels)
            loudest.append(np.abs(samples.astype(np.float64)).max(axis=0) / _FULL)
    rows = np.minimum(np.array(loudest or [np.zeros(channels)]), 1.0).round(3)
    return {"duration": round(frames / rate, 3), "channels": rows.T.tolist()}


def _write(target: Path, text: str) -> None:
    """Writes a file whole or not at all, through a draft of this process's own."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f"{target.name}.", dir=target.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as out:
                out.write(text)
            Path(name).replace(target)
        finally:
            with suppress(OSError):
                Path(name).unlink()
    except OSError as error:
        raise OutputError(
            f"{target.parent}: the waveform cannot be kept there ({error.strerror or error}). "
            "Free some space and try again."
        ) from error
