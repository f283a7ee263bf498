"""What a client promises by answering the agent's question: «Оплатите завтра?» — «Да»."""

from __future__ import annotations

from collections.abc import Sequence

from classify.actions.deadline import free_due, own_due
from classify.actions.timing import placed
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.action import SlotValue
from models.vocabulary.transcript import Speaker

FIRST = 3  # words within which a yes answers the question


def answers(talk: Talk, cue: str, *, yes: bool = True, times: bool = True) -> list[Hit]:
    """The client's answers to the agent's question `cue`, by a yes or by naming only a time."""
    out = []
    for asked in talk.all_hits(cue, Speaker.AGENT):
        for turn in talk.near(asked.turn, 1, Speaker.CLIENT):
            place = _only_time(talk, turn) if times else None
            if place is None and yes:
                place = _yes(talk, turn)
            if place:
                out.append(Hit(asked.cue, turn, *place, asked.wording))
    return out


def _only_time(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    if not free_due(talk, turn) or _open(talk, turn):
        return None
    free = [p for p in placed(talk, turn) if not p.mention.past]
    last = turn.tokens[free[-1].start].sentence
    first = next(p for p in free if turn.tokens[p.start].sentence == last)
    return first.start, free[-1].end


def _open(talk: Talk, turn: Turn) -> bool:
    """Whether the answer leaves it open: «не знаю, может, завтра»."""
    return bool(talk.hits("stance.defer", turn))


def _yes(talk: Talk, turn: Turn) -> tuple[int, int] | None:
    if _open(talk, turn) or talk.has("stance.decline", turn) or _but(turn):
        return None
    said = [h for h in talk.hits("stance.accept", turn) if h.start <= FIRST]
    return (said[0].start, said[0].end) if said else None


def _but(turn: Turn) -> bool:
    return any(t.form in ("если", "но", "только", "сначала", "if", "but") for t in turn.tokens)


def due_between(talk: Talk, hit: Hit, asks: Sequence[str]) -> dict[str, SlotValue]:
    """When a promise will be kept: said with it, or in the agent's question that it answers."""
    own = own_due(talk, hit.turn, hit.start, hit.end)
    if own or placed(talk, hit.turn):
        return own
    for turn in talk.before(hit.turn, 1, Speaker.AGENT):
        for cue in asks:
            for asked in talk.hits(cue, turn):
                wished = own_due(talk, turn, asked.start, asked.end) or free_due(talk, turn)
                if wished:
                    return wished
    return {}
