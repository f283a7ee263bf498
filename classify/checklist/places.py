"""Where things stand in a call: actions, phrases, the opening and the closing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classify.dialogue import Talk, Turn
from classify.morphology import parses
from classify.text import WORD, Token
from models.vocabulary.action import Action
from models.vocabulary.transcript import Segment, Speaker

OPENING = 3  # turns of the agent in which a call is opened
CLOSING = 3  # turns of the agent in which it is closed
_GAP = 2  # words that may stand between two words of a phrase


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a call: the turn's number and the letter in it; ordered by time."""

    turn: int
    at: int

    def before(self, other: Spot) -> bool:
        """Whether it comes earlier."""
        return (self.turn, self.at) < (other.turn, other.at)


def spot_of(talk: Talk, action: Action) -> Spot | None:
    """Where an action's quote stands; by its time where the same words come more than once."""
    found = [
        (turn, turn.text.find(action.quote))
        for turn in talk.turns
        if action.quote in turn.text and turn.speaker in (action.speaker, Speaker.UNKNOWN)
    ]
    for turn, _ in found:
        for offset, segment in turn.pieces:
            if action.start is not None and segment.start == action.start:
                within = segment.text.find(action.quote)
                if within >= 0:
                    return Spot(turn.index, offset + within)
    return Spot(found[0][0].index, found[0][1]) if found else None


def segment_at(turn: Turn, at: int) -> Segment:
    """The segment of a turn that holds the letter `at`."""
    return [segment for offset, segment in turn.pieces if offset <= at][-1]


def agent_turns(talk: Talk, place: str) -> list[Turn]:
    """The agent's turns (and those of nobody known) in the opening, the closing or anywhere."""
    own = [t for t in talk.turns if not t.machine and t.speaker is not Speaker.CLIENT]
    if place == "opening":
        return own[:OPENING]
    return own[-CLOSING:] if place == "closing" else own


def phrase_in(turn: Turn, phrase: str) -> tuple[int, int] | None:
    """The words of a turn that are the phrase: in its order, in any form, close together."""
    wanted = [word.lower().replace("ё", "е") for word in WORD.findall(phrase)]
    for first in range(len(turn.tokens)):
        end = _follows(turn.tokens, first, wanted)
        if end is not None:
            return first, end
    return None


def _follows(tokens: Sequence[Token], first: int, wanted: Sequence[str]) -> int | None:
    at = first
    for number, word in enumerate(wanted):
        reach = 1 if number == 0 else _GAP + 1
        near = range(at, min(at + reach, len(tokens)))
        found = next((i for i in near if _is(tokens[i], word)), None)
        if found is None or tokens[found].sentence != tokens[first].sentence:
            return None
        at = found + 1
    return at


def _is(token: Token, word: str) -> bool:
    lemmas = {parse.lemma for parse in parses(word)}
    return token.form == word or any(parse.lemma in lemmas for parse in token.parses)
