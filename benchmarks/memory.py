"""Peak memory of a run over one very long call.

    python -m benchmarks.memory [--hours H]

The call is the sample recordings, one after the other, again and again; it is judged by
`stagecheck run` in a process of its own, whose peak resident memory is printed.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from transcribe.audio import load_audio

ROOT = Path(__file__).parents[1]
_RATE = 16_000


def long_call(path: Path, seconds: float) -> None:
    """Writes a stereo WAV file of that length made of the sample calls, 16 kHz, 16 bit."""
    pieces = [_stereo(source) for source in sorted((ROOT / "samples/recordings").rglob("*.wav"))]
    written = 0
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        while written < seconds * _RATE:
            for piece in pieces:
                file.writeframes(piece.tobytes())
                written += len(piece)


def _stereo(source: Path) -> NDArray[np.int16]:
    """The samples of a recording as frames of two."""
    samples = load_audio([source]).samples
    both = samples if len(samples) == 2 else np.repeat(samples, 2, axis=0)
    return np.ascontiguousarray(both.T, dtype=np.int16)


def main() -> None:
    """Prints the call's length, the wall time and the peak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=2.0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "calls").mkdir()
        long_call(Path(folder) / "calls" / "long.wav", chosen.hours * 3600)
        stagecheck = Path(sys.executable).with_name("stagecheck")
        crm = ROOT / "samples/crm.json"
        command: list[str | Path] = [
            stagecheck,
            "run",
            Path(folder) / "calls",
            "--crm",
            crm,
            "--state",
            folder,
        ]
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{chosen.hours:g} h stereo: peak memory {peak:.0f} MB, {took:.0f} s")


if __name__ == "__main__":
    main()
