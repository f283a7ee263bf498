"""How fast actions are heard: calls of 60 turns a minute on one core, and the memory it takes.

python -m benchmarks.pace [--calls N]

The calls are put together from the turns of the labelled dialogues, so that they are long and
full of what has to be looked at. Loading the phrasebook is told apart.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from pathlib import Path
from typing import Any

from benchmarks.quality import heard

TURNS = 60
SETS = ("tune", "tune2")
FOLDER = Path(__file__).parents[1] / "tests" / "data" / "dialogues"


def long_calls(count: int) -> list[dict[str, Any]]:
    """Calls of 60 turns, each from whole dialogues in a seeded order."""
    texts = [text for name in SETS for text in json.loads((FOLDER / f"{name}.json").read_text())]
    rng = random.Random(count)  # noqa: S311 - the same calls each time, no secret
    calls = []
    for index in range(count):
        segments: list[Any] = []
        while len(segments) < TURNS:
            segments += rng.choice(texts)["segments"]
        first = texts[index % len(texts)]
        timeless = [{"speaker": s["speaker"], "text": s["text"]} for s in segments[:TURNS]]
        calls.append({**first, "segments": timeless})
    return calls


def main() -> None:
    """Prints the pace and the memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    calls = long_calls(parser.parse_args().calls)
    began = time.process_time()
    heard(calls[0], "ru")
    loading = time.process_time() - began
    began = time.process_time()
    for call in calls:
        heard(call, "ru")
    each = (time.process_time() - began) / len(calls)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{60 / each:.0f} calls of {TURNS} turns a minute on one core ({1000 * each:.0f} ms each), "
        f"loading {loading:.1f} s, {memory:.0f} MB"
    )


if __name__ == "__main__":
    main()
