"""Who is the agent: told by what the sides of a call say, not by their voices.

The cues are data (`roles.json`). Our own names, said about oneself in the first turns, weigh
most; who asks, offers and promises documents is the seller; who needs, pays and asks for a
price is the client. A machine's announcement is never the agent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz import fuzz

from models.vocabulary.call import Direction
from transcribe.engine import Hints

_LIST = Path(__file__).with_name("roles.json")
_ANNOUNCEMENT_WEIGHT = -6.0
_NAME_LIKENESS = 80.0
_COMPANY_LIKENESS = 78.0
_MOST_HITS = 3


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern, where it is looked for (`opening`, `any`, `closing`) and what it weighs."""

    place: str
    weight: float
    pattern: re.Pattern[str]
    each: bool


@dataclass(frozen=True, slots=True)
class _Rules:
    cues: tuple[Cue, ...]
    weights: Mapping[str, float]


def agent_side(turns: Sequence[tuple[int, str]], hints: Hints) -> int | None:
    """Gives the side (channel or voice) that the agent speaks on, ``None`` if nothing tells.

    Args:
        turns: (side, text) in the order of speaking.
        hints: direction and our own names, as far as known.
    """
    sides = list(dict.fromkeys(side for side, _ in turns))
    scores = {side: side_score(turns, side, hints) for side in sides}
    if not scores:
        return None
    if len(scores) == 1:
        return sides[0] if scores[sides[0]] > 0 else None
    best, second = sorted(scores, key=lambda side: -scores[side])[:2]
    if scores[best] == scores[second]:
        return sides[0] if hints.direction is not Direction.OUT else sides[1]
    return best


def side_score(turns: Sequence[tuple[int, str]], side: int, hints: Hints) -> float:
    """Weighs how much a side sounds like the agent (positive) or the client (negative)."""
    rules = _rules()
    texts = [_plain(text) for speaker, text in turns if speaker == side]
    opening = " \n ".join(texts[:2])
    places = {"opening": texts[:2], "any": texts, "closing": texts[-2:]}
    score = sum(_worth(cue, places[cue.place]) for cue in rules.cues)
    score += rules.weights["our_company"] * _says(opening, hints.company_names, _COMPANY_LIKENESS)
    score += rules.weights["our_name"] * _introduces(opening, hints.agent_names)
    score += rules.weights["question"] * sum(text.count("?") for text in texts)
    if turns[0][0] == side:
        score += rules.weights["first_to_speak"]
        if hints.direction is Direction.IN:
            score += rules.weights["answers_incoming"]
    return score


def is_announcement(text: str) -> bool:
    """Tells whether a machine speaks: a voice mailbox, a menu, a queue, the network."""
    plain = _plain(text)
    return any(
        cue.pattern.search(plain) for cue in _rules().cues if cue.weight <= _ANNOUNCEMENT_WEIGHT
    )


def _worth(cue: Cue, texts: Sequence[str]) -> float:
    hits = sum(len(cue.pattern.findall(text)) for text in texts)
    return cue.weight * min(hits, _MOST_HITS if cue.each else 1)


def _says(text: str, names: Sequence[str], likeness: float) -> bool:
    """Whether one of the names is said, as a recogniser that never heard it may spell it."""
    return any(
        fuzz.partial_ratio(_plain(name), text) >= likeness for name in names if len(name) > 3
    )


def _introduces(text: str, names: Sequence[str]) -> bool:
    """Whether one of our people says the own name, not the client's name who is greeted by it.

    The vocative opening («Ирина, здравствуйте») is the other side's.
    """
    words = re.findall(r"\w+", text)
    for name in names:
        for part in _plain(name).split():
            for index, word in enumerate(words):
                if len(part) > 3 and fuzz.ratio(part, word) >= _NAME_LIKENESS:
                    after = words[index + 1 : index + 2]
                    if not (index <= 3 and after and re.match(r"здра|добр|прив", after[0])):
                        return True
    return False


def _plain(text: str) -> str:
    return text.lower().replace("ё", "е").strip()


@cache
def _rules() -> _Rules:
    data = json.loads(_LIST.read_text(encoding="utf-8"))
    cues = tuple(
        Cue(cue["in"], cue["weight"], re.compile(cue["text"]), cue.get("each", False))
        for cue in data["cues"]
    )
    weights = {key: float(value) for key, value in data.items() if isinstance(value, float)}
    return _Rules(cues, weights)
