"""What masking, sealing and silencing cost: `python -m benchmarks.privacy`."""

from __future__ import annotations

import json
import resource
import statistics
import tempfile
import time
import wave
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.sets import DATA
from classify.personal import masked_segments
from core.sealing_settings import SealingSettings
from models.sealed import Keys, clear_file, clear_sha256, make_key, read_keys, seal_into
from models.vocabulary.transcript import HiddenSpan, PersonalKind, Segment, Speaker
from transcribe.silenced import write_silenced

RATE = 8000
HOURS = 2


def masking() -> list[float]:
    """Milliseconds that masking takes for each labelled dialogue."""
    took = []
    for file in sorted((DATA / "dialogues").glob("*.json")):
        if file.stem.endswith(".truth"):
            continue
        for call in json.loads(file.read_text(encoding="utf-8")):
            said = [Segment(Speaker(one["speaker"]), one["text"]) for one in call["segments"]]
            took.append(1000 * _seconds(partial(masked_segments, said, language="ru")))
    return took


def two_hours(path: Path) -> float:
    """Writes a stereo call of two hours at 8 kHz and gives its megabytes."""
    noise = np.random.default_rng(1)
    with wave.open(str(path), "wb") as sound:
        sound.setparams((2, 2, RATE, 0, "NONE", ""))
        for _ in range(HOURS * 60):
            sound.writeframesraw(noise.integers(-9000, 9000, 120 * RATE, np.int16).tobytes())
    return path.stat().st_size / 1e6


def main() -> None:
    """Prints the figures."""
    took = masking()
    most = statistics.quantiles(took, n=100)[-1]
    print(
        f"masking: {len(took)} dialogues, mean {statistics.mean(took):.1f} ms, "
        f"99 of 100 under {most:.1f} ms, longest {max(took):.1f} ms"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_key(folder / "key")
        keys = read_keys(SealingSettings(key_file=folder / "key"))
        call, sealed = folder / "call.wav", folder / "call.wav.age"
        size = two_hours(call)
        spans = [HiddenSpan(60.0, 70.0, PersonalKind.CARD, Speaker.CLIENT)]
        before = _memory()
        spent = _seconds(lambda: write_silenced([call], spans, folder / "played", sha256="ab"))
        print(f"silencing {HOURS} hours: {spent:.1f} s, {_memory() - before:.0f} MB more memory")
        work: dict[str, Callable[[], object]] = {
            "sealing": lambda: seal_into(call, sealed, keys),
            "hashing a sealed file": lambda: clear_sha256(sealed, keys),
            "opening a sealed file": lambda: _opened(sealed, keys),
        }
        for what, done in work.items():
            print(f"{what}: {size / _seconds(done):.0f} MB/s")


def _opened(sealed: Path, keys: Keys) -> None:
    with clear_file(sealed, keys):
        pass


def _memory() -> float:
    """The most memory that this process ever took, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
