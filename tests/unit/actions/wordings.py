"""Reads the files of short exchanges that say what a client and an agent make of one thing.

A line is `expected | А: words / К: words`: what the engine must find of one type (`-`: nothing),
with exactly these slots. A line that begins with `=` counts only as it is written; every other is also
tried the way a recogniser writes it, in lower case and without punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from classify.dialogue import CallContext, listen
from classify.hear import by_wordings
from models.vocabulary.transcript import Segment, Speaker

FOLDER = Path(__file__).parents[2] / "data" / "wordings"
STARTED = datetime.fromisoformat("2026-11-18T11:00:00+03:00")  # a Wednesday
SPEAKERS = {"А": Speaker.AGENT, "К": Speaker.CLIENT}
SLOTS = ("due", "amount", "part", "channel", "kind")


def cases(kind: str) -> Iterator[tuple[str, str]]:
    """Every (expected, exchange) of one type, plain ones also in a recogniser's spelling."""
    for line in (FOLDER / f"{kind}.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        expected, _, said = line.removeprefix("=").partition("|")
        expected = " ".join(sorted(expected.split()))
        yield expected, said.strip()
        if not line.startswith("="):
            yield expected, _as_recognised(said.strip())


def _as_recognised(said: str) -> str:
    turns = [turn.strip().partition(": ") for turn in said.split(" / ")]
    return " / ".join(f"{who}: {_plain(words)}" for who, _, words in turns)


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[.,!?:;—]", " ", words)).strip().lower()


def heard(said: str, kind: str) -> str:
    """What the wordings find of one type in an exchange, as a line of a file says it."""
    turns = [turn.strip().partition(": ") for turn in said.split(" / ")]
    segments = [Segment(SPEAKERS[who], words) for who, _, words in turns]
    call = by_wordings(listen(segments, CallContext(started_at=STARTED)))
    found = [action for action in call.actions if action.type == kind]
    return "; ".join(_line(str(a.status), dict(a.slots)) for a in found) or "-"


def _line(status: str, slots: dict[str, object]) -> str:
    said = [f"{name}={_short(slots[name])}" for name in SLOTS if name in slots]
    return " ".join(sorted([status, *said]))


def _short(value: object) -> str:
    return re.sub(r":00\+03:00$", "", str(value))
