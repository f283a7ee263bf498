"""The agent's courtesies: greeting and good-bye."""

from __future__ import annotations

from classify.actions.findings import Findings
from classify.citation import make_action
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue
from models.vocabulary.transcript import Speaker

OPENING = 3  # turns of the agent in which one greets and says who one is


def find_greeting(talk: Talk, _: Findings) -> list[Action]:
    """The agent's first greeting."""
    for nth, turn in enumerate(opening(talk)):
        first = talk.hits("courtesies.greeting_first", turn) if nth == 0 else []
        for hit in sorted(first + talk.hits("courtesies.greeting", turn), key=_start)[:1]:
            return [courtesy(ActionType.GREETING, turn, (hit.start, hit.end), hit.cue)]
    return []


def _start(hit: Hit) -> int:
    return hit.start


def find_farewell(talk: Talk, _: Findings) -> list[Action]:
    """The agent's last good-bye."""
    hits = talk.all_hits("courtesies.farewell", Speaker.AGENT)
    hits += [
        h
        for h in talk.all_hits("courtesies.farewell_weak", Speaker.AGENT)
        if h.turn.index >= len(talk.turns) - 3
    ]
    late = [h for h in hits if h.turn.index > 0 or len(talk.turns) <= 2 or h.start > 6]
    if not late:
        return []
    hit = max(late, key=lambda h: (h.turn.index, h.start))
    return [courtesy(ActionType.FAREWELL, hit.turn, (hit.start, hit.end), hit.cue)]


def opening(talk: Talk) -> list[Turn]:
    """The agent's first turns."""
    return [t for t in talk.turns if t.speaker is Speaker.AGENT and t.tokens][:OPENING]


def courtesy(
    kind: ActionType,
    turn: Turn,
    place: tuple[int, int],
    cue: str,
    slots: dict[str, SlotValue] | None = None,
) -> Action:
    """A courtesy at a place of a turn."""
    return make_action(
        kind,
        ActionStatus.DONE,
        turn,
        place,
        cues=(cue,),
        slots=slots,
        confidence=0.9,
        whole_clause=False,
    )
