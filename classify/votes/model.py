"""The trained weights: how much each number of a place speaks for each kind of action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from classify.dialogue import Turn
from classify.text import Token
from classify.votes.places import MEANING, PARTS, Numbers
from models.vocabulary.transcript import Speaker

FILE = "weights.npz"


@dataclass(frozen=True, slots=True)
class Model:
    """Linear weights per kind (`terms_agreed/done`), and the words that make a turn worth reading.

    `weights` holds a row as wide as a place's, `base` the number that is added to its product.
    `words` says how much a word of a side (`client:оплатить`) speaks for a vote in its turn.
    """

    weights: Mapping[str, Numbers]
    base: Mapping[str, float]
    words: Mapping[str, float]

    def odds(self, kind: str, rows: Numbers) -> Numbers:
        """The logarithm of the odds of a kind, one number for each row."""
        return np.asarray(rows @ self.weights[kind] + self.base[kind], dtype=np.float32)

    def shares(self, kind: str, row: Numbers) -> dict[str, float]:
        """How much each part of a place adds to its odds; with `base` they sum up to them."""
        ends = {part: (at * MEANING, (at + 1) * MEANING) for at, part in enumerate(PARTS)}
        ends["place in the call"] = (len(PARTS) * MEANING, len(row))
        return {
            part: float(row[low:high] @ self.weights[kind][low:high])
            for part, (low, high) in ends.items()
        }

    def telling(self, turn: Turn, start: int = 0, end: int | None = None) -> float:
        """How much the words of a turn (or some of them) promise that it carries a vote."""
        said = {sign(token, turn.speaker) for token in turn.tokens[start:end]}
        return sum(self.words.get(word, 0.0) for word in sorted(said))


def sign(token: Token, side: Speaker) -> str:
    """A word of a side as the model's list has it: the likeliest lemma, numbers as one."""
    if any(letter.isdigit() for letter in token.form):
        return f"{side}:#"
    return f"{side}:{token.parses[0].lemma if token.parses else token.form}"


@cache
def model() -> Model:
    """The weights that the package carries."""
    with as_file(files("classify.votes").joinpath(FILE)) as path:
        return read(path)


def read(path: Path) -> Model:
    """Reads weights that `write` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        kinds = [str(kind) for kind in kept["kinds"]]
        rows = kept["weights"].astype(np.float32)
        return Model(
            dict(zip(kinds, rows, strict=True)),
            dict(zip(kinds, kept["base"].tolist(), strict=True)),
            dict(zip(map(str, kept["words"]), kept["telling"].tolist(), strict=True)),
        )


def write(trained: Model, path: Path) -> None:
    """Writes weights in half precision, the words in order of the alphabet."""
    words = sorted(trained.words)
    np.savez_compressed(
        path,
        kinds=np.array(list(trained.weights)),
        weights=np.array(list(trained.weights.values()), dtype=np.float16),
        base=np.array([trained.base[kind] for kind in trained.weights], dtype=np.float32),
        words=np.array(words),
        telling=np.array([trained.words[word] for word in words], dtype=np.float32),
    )
