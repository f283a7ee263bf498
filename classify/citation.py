"""The words of a call that an action rests on: cut out of a turn, and found again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from classify.dialogue import Turn
from classify.text import FILLERS, Token
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue
from models.vocabulary.transcript import Segment, Speaker


def clause(turn: Turn, start: int, end: int) -> tuple[int, int]:
    """The words around a place that make a readable quote.

    Up to the next comma or full stop; without punctuation a few words on.
    """
    sentence = turn.tokens[start].sentence
    if turn.punctuated:
        while start > 0 and _same_clause(turn.tokens[start - 1], sentence):
            start -= 1
        while end < len(turn.tokens) and _same_clause(turn.tokens[end - 1], sentence):
            end += 1
        return start, end
    for _ in range(3):
        if end < len(turn.tokens) and turn.tokens[end].form not in BREAKS:
            end += 1
    return start, end


BREAKS = FILLERS | {"а", "но", "и", "да", "нет", "хорошо", "угу", "спасибо", "тогда", "или", "если"}
BREAKS |= {"and", "but", "so"}


def _same_clause(token: Token, sentence: int) -> bool:
    return token.sentence == sentence and not token.comma and not token.closes


def quote(turn: Turn, start: int, end: int) -> tuple[str, Segment]:
    """The verbatim words of a place and the segment that holds them.

    A place that runs over a segment's end is cut to the segment that holds most of it.
    """
    first, last = turn.tokens[start].start, turn.tokens[end - 1].end
    best: tuple[int, str, Segment] | None = None
    for offset, segment in turn.pieces:
        low, high = max(first, offset), min(last, offset + len(segment.text))
        if high > low and (best is None or high - low > best[0]):
            best = (high - low, segment.text[low - offset : high - offset], segment)
    if best is None:
        return turn.pieces[0][1].text, turn.pieces[0][1]
    return best[1].strip(), best[2]


def make_action(  # noqa: PLR0913 - an action has this many parts
    kind: ActionType,
    status: ActionStatus,
    turn: Turn,
    place: tuple[int, int],
    *,
    cues: Sequence[str] = (),
    slots: Mapping[str, SlotValue] | None = None,
    confidence: float = 0.8,
    whole_clause: bool = True,
) -> Action:
    """An action that rests on words of a turn; `place` is (first word, one past the last)."""
    words, segment = quote(turn, *(clause(turn, *place) if whole_clause else place))
    return Action(
        type=kind,
        status=status,
        speaker=turn.speaker,
        quote=words,
        confidence=confidence,
        start=segment.start,
        end=segment.end,
        slots=dict(slots or {}),
        cues=tuple(cues),
    )


def holders(action: Action, turns: Sequence[Turn]) -> list[int]:
    """The places of the turns that hold an action's words.

    Its own side's; where it said them nowhere, those of a side that nobody could tell.
    """
    said = [at for at, turn in enumerate(turns) if action.quote in turn.text]
    own = [at for at in said if turns[at].speaker is action.speaker]
    return own or [at for at in said if turns[at].speaker is Speaker.UNKNOWN]
