"""How sure an action is: the share of right ones among findings like it, as measured.

A logistic regression over a few plain signs. `python -m benchmarks.calibrate` fits it to dialogues
that the rules were not written on; its weights are `calibration.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from classify.dialogue import Talk, Turn
from models.vocabulary.action import Action

LEAST, MOST = 0.05, 0.99
BRIEF = 3  # words
LATE = 0.8  # of the call
VOTES = (0.2, 0.4, 0.6, 0.8, 0.9, 0.97, 1.0)  # bands of the votes' chance


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the signs, added up to the logarithm of the odds."""

    base: float
    weights: Mapping[str, float]

    def of(self, signs: frozenset[str]) -> float:
        """The chance, 0.05..0.99, that a finding with these signs is right."""
        odds = self.base + math.fsum(self.weights.get(sign, 0.0) for sign in sorted(signs))
        return min(MOST, max(LEAST, 1 / (1 + math.exp(-odds))))


@cache
def calibration() -> Calibration:
    """The weights that the package carries."""
    text = files("classify").joinpath("calibration.json").read_text(encoding="utf-8")
    document = json.loads(text)
    return Calibration(float(document["base"]), document["weights"])


def sure(action: Action, talk: Talk, vote: float | None = None) -> Action:
    """The action with the confidence that its signs deserve.

    Args:
        action: what was found.
        talk: the call it was found in.
        vote: the chance that the votes give it, where they were asked.
    """
    chance = calibration().of(signs_of(action, talk, vote))
    return replace(action, confidence=round(chance, 2))


def signs_of(action: Action, talk: Talk, vote: float | None = None) -> frozenset[str]:
    """What may tell a right finding from a wrong one."""
    kind = f"{action.type}/{action.status}"
    signs = {str(action.type), kind, f"language {talk.book.language}"}
    signs.add(f"{kind} {'with' if _is_slotted(action) else 'without'} slot")
    if vote is not None:
        signs.add(f"vote {next(f'under {high}' for high in VOTES if vote <= high)}")
    if len(action.quote.split()) <= BRIEF:
        signs.add("brief quote")
    if len(action.cues) > 1:
        signs.add("several cues")
    turn = _turn_of(action, talk)
    if turn is not None:
        signs.add("punctuated" if turn.punctuated else "unpunctuated")
        signs |= {"late"} if turn.index >= LATE * len(talk.turns) else set()
        signs |= {"question"} if "?" in turn.text else set()
    return frozenset(signs)


def _is_slotted(action: Action) -> bool:
    return any(name in action.slots for name in ("datetime", "date", "due", "amount"))


def _turn_of(action: Action, talk: Talk) -> Turn | None:
    return next((turn for turn in talk.turns if action.quote in turn.text), None)
