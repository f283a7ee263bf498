"""The words of an agreement to show to whoever checks it: the closer's, with the time."""

from __future__ import annotations

from classify.actions.timing import Placed, placed
from classify.citation import clause
from classify.dialogue import Talk, Turn

SHORT = 14  # words of a turn that are quoted whole
WINDOW = 5  # words around a place where no mark ends its clause
REACH = 12  # words from a place within which a time is of it


def telling(talk: Talk, turn: Turn, place: tuple[int, int]) -> tuple[int, int]:
    """The words to quote for a place: the turn where it is short, else its clause and its time."""
    words = len(turn.tokens)
    if words <= SHORT:
        return 0, words
    start, end = clause(turn, *place) if turn.punctuated else _window(turn, place)
    for p in placed(talk, turn):
        if not p.mention.past and _beside(p, start, end):
            start, end = min(start, p.start), max(end, p.end)
    return start, end


def _window(turn: Turn, place: tuple[int, int]) -> tuple[int, int]:
    return max(0, place[0] - WINDOW), min(len(turn.tokens), place[1] + WINDOW)


def _beside(p: Placed, start: int, end: int) -> bool:
    return p.start - end <= REACH - (end - start) and start - p.end <= REACH - (end - start)
