"""Which words of an English client accept the finished work, and which send it back.

Praise and faults mean the work only while it is spoken of as done: after the agent asked how it is,
or in the breath in which the client tells that it came.
"""

from __future__ import annotations

from collections.abc import Iterator

from classify.actions.english_matter import Matter, matter_at
from classify.actions.timing import placed
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.transcript import Speaker

LASTS = 20  # turns for which the work stays what is spoken of
FAULTS = 4  # turns for which a fault is one of the work
FIRST_ANSWER = 2  # agent's turns whose question is answered
PAPERS = frozenset({Matter.PROPOSAL, Matter.CONTRACT})


def accepted(talk: Talk) -> list[Hit]:
    """The client's words that take the work as it is."""
    hits = [hit for hit, turn in _said(talk, "work.accepts") if _of_work(talk, turn, LASTS)]
    hits += [
        hit
        for hit, turn in _said(talk, "work.praised")
        if _asked(talk, turn) and not _timed(talk, hit)
    ]
    return sorted(hits, key=_at)


def sent_back(talk: Talk) -> list[Hit]:
    """The client's words that refuse the work or find a fault with it."""
    hits = [hit for hit, _ in _said(talk, "work.rejects")]
    hits += [
        hit
        for hit, turn in _said(talk, "work.flawed_work")
        if _asked(talk, turn) or _of_work(talk, turn, FAULTS)
    ]
    return sorted(hits, key=_at)


def _said(talk: Talk, cue: str) -> Iterator[tuple[Hit, Turn]]:
    for hit in talk.all_hits(cue, Speaker.CLIENT):
        on_paper = matter_at(talk, hit.turn, hit.start, 2) in PAPERS
        if not on_paper and not hit.turn.asks(hit.start):
            yield hit, hit.turn


def _timed(talk: Talk, hit: Hit) -> bool:
    """«Ten's lovely»: it is an hour that is fine."""
    sentence = hit.turn.tokens[hit.start].sentence
    return any(
        not p.mention.past and hit.turn.tokens[p.start].sentence == sentence
        for p in placed(talk, hit.turn)
    )


def _of_work(talk: Talk, turn: Turn, memory: int) -> bool:
    """Whether the work is spoken of as done here or in the turns before."""
    return any(_handed(talk, t) for t in (turn, *talk.before(turn, memory)))


def _handed(talk: Talk, turn: Turn) -> bool:
    asked = turn.speaker is Speaker.AGENT and talk.has("work.handed_asked", turn)
    return asked or talk.has("work.handed_told", turn)


def _asked(talk: Talk, turn: Turn) -> bool:
    """Whether the agent has just asked after the work."""
    return any(
        talk.has("work.handed_asked", t) for t in talk.before(turn, FIRST_ANSWER, Speaker.AGENT)
    )


def _at(hit: Hit) -> tuple[int, int]:
    return hit.turn.index, hit.start
