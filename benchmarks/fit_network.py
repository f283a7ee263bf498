"""Fits the network of the votes: plain gradient descent, the same weights each time.

Three layers (see `classify.votes.network`), a separate yes or no for every kind. Numbers of the
meanings and of the hidden layer are dropped at random while learning, some turns are left unread
and the wordings' findings are withheld from some calls, so that nothing is leant on too much.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify.votes.kinds import KINDS
from classify.votes.network import LAYERS, LOUD, window
from classify.votes.scene import MEANING, SIGNS, STEPS, Near, Numbers, Scene

MEANT, HIDDEN = 96, 160  # numbers of a turn's meaning, and of the hidden layer
SEEN = MEANT * (2 + len(STEPS)) + 3 * SIGNS + 4 * len(KINDS)
EPOCHS, CALLS = 14, 16  # rounds, and dialogues in a step
RATE, DECAY = 2e-3, 1e-4
DROPPED, UNREAD, WITHHELD = 0.35, 0.04, 0.15
RARE = 1.5  # how much more a labelled turn weighs than one without a label
Weights = dict[str, Numbers]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A dialogue, the kinds labelled in its turns, and which of those answers count."""

    scene: Scene
    answers: Numbers
    counted: Numbers


def fitted(lessons: Sequence[Lesson], seed: int) -> tuple[Weights, Weights]:
    """The weights and bases of each layer that answer the lessons best."""
    rng = np.random.default_rng(seed)
    sizes = {"meaning": (MEANING, MEANT), "hidden": (SEEN, HIDDEN)}
    sizes["out"] = (HIDDEN + len(KINDS), len(KINDS))
    weights = {
        name: (rng.standard_normal(size) / math.sqrt(size[0])).astype(np.float32)
        for name, size in sizes.items()
    }
    bases = {name: np.zeros(size[1], dtype=np.float32) for name, size in sizes.items()}
    bases["out"] -= 4.0  # most turns carry nothing
    steps = EPOCHS * math.ceil(len(lessons) / CALLS)
    descent = _Descent(steps)
    for _ in range(EPOCHS):
        order = rng.permutation(len(lessons))
        for first in range(0, len(order), CALLS):
            batch = [lessons[at] for at in order[first : first + CALLS]]
            descent.step(weights, bases, *_slopes(batch, weights, bases, rng))
    return weights, bases


def _slopes(
    batch: Sequence[Lesson], weights: Weights, bases: Weights, rng: np.random.Generator
) -> tuple[Weights, Weights]:
    """How the error over a batch changes with every weight and base."""
    near = Near.of([len(one.answers) for one in batch])
    meanings, signs, found = _inputs(batch, near, rng)
    kept = [_mask(rng, (len(signs), width)) for width in (MEANING, SEEN, HIDDEN)]
    spoken = meanings * kept[0]
    meant = np.tanh(spoken @ weights["meaning"] + bases["meaning"])
    seen = window(meant, signs, found, near) * kept[1]
    sums = seen @ weights["hidden"] + bases["hidden"]
    hidden = np.hstack([np.maximum(sums, 0) * kept[2], found])
    chances = 1 / (1 + np.exp(-(hidden @ weights["out"] + bases["out"])))

    answers = np.concatenate([one.answers for one in batch])
    counted = np.concatenate([one.counted for one in batch])
    off = (chances - answers) * counted * np.where(answers > 0, RARE, 1) / len(answers)
    back = (off @ weights["out"].T)[:, :HIDDEN] * kept[2] * (sums > 0)
    down = _unwindowed((back @ weights["hidden"].T) * kept[1], near) * (1 - meant**2)
    slopes = {"meaning": spoken.T @ down, "hidden": seen.T @ back, "out": hidden.T @ off}
    return slopes, {"meaning": down.sum(0), "hidden": back.sum(0), "out": off.sum(0)}


def _inputs(
    batch: Sequence[Lesson], near: Near, rng: np.random.Generator
) -> tuple[Numbers, Numbers, Numbers]:
    meanings = LOUD * np.concatenate([one.scene.meanings for one in batch])
    signs = np.concatenate([one.scene.signs for one in batch])
    found = np.concatenate([one.scene.found for one in batch])
    told = (rng.random(len(batch)) >= WITHHELD).astype(np.float32)[near.call][:, None]
    signs[:, -1:] *= told
    read = (rng.random((len(meanings), 1)) >= UNREAD).astype(np.float32)
    return _single(meanings * read), _single(signs), _single(found * told)


def _single(rows: NDArray[Any]) -> Numbers:
    return np.asarray(rows, dtype=np.float32)


def _mask(rng: np.random.Generator, shape: tuple[int, int]) -> Numbers:
    kept = rng.random(shape, dtype=np.float32) >= DROPPED
    return kept.astype(np.float32) / np.float32(1 - DROPPED)


def _unwindowed(slopes: Numbers, near: Near) -> Numbers:
    """The slopes of the window's meanings, brought back to the turns that they came from."""
    out = np.zeros((len(slopes) + 1, MEANT), dtype=np.float32)
    out[:-1] = slopes[:, :MEANT]
    for at in range(len(STEPS)):  # every turn is a neighbour of one other at each step
        out[near.beside[:, at]] += slopes[:, (at + 1) * MEANT : (at + 2) * MEANT]
        out[-1] = 0
    mean = slopes[:, (1 + len(STEPS)) * MEANT : (2 + len(STEPS)) * MEANT]
    return np.asarray(out[:-1] + near.mean(mean)[near.call], dtype=np.float32)


class _Descent:
    """Adam with a warm start, a falling rate and decaying weights (Loshchilov, Hutter 2019)."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._done = 0
        self._moments: dict[str, tuple[Numbers, Numbers]] = {}

    def step(self, weights: Weights, bases: Weights, slopes: Weights, tilts: Weights) -> None:
        """Moves the weights and bases one step against their slopes, in place."""
        self._done += 1
        everything = [*slopes.values(), *tilts.values()]
        length = math.sqrt(sum(float((one**2).sum()) for one in everything))
        shrunk = min(1.0, 1.0 / max(length, 1e-9))
        for layer in LAYERS:
            weights[layer] *= 1 - self._rate() * DECAY
            self._move(f"{layer} weights", weights[layer], slopes[layer] * shrunk)
            self._move(f"{layer} bases", bases[layer], tilts[layer] * shrunk)

    def _rate(self) -> float:
        warm = 0.3 * self._steps
        if self._done < warm:
            return RATE * (0.04 + 0.96 * (1 - math.cos(math.pi * self._done / warm)) / 2)
        left = (self._done - warm) / (self._steps - warm)
        return RATE * (1 + math.cos(math.pi * min(1.0, left))) / 2

    def _move(self, name: str, values: Numbers, slope: Numbers) -> None:
        first, second = self._moments.get(name, (np.zeros_like(values), np.zeros_like(values)))
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        self._moments[name] = (first, second)
        ahead, wide = 1 - 0.9**self._done, 1 - 0.999**self._done
        values -= self._rate() * (first / ahead) / (np.sqrt(second / wide) + 1e-8)
