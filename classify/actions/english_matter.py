"""What an English call is about at a place: a paper, the money for it, or the work itself.

«It'll go on Friday», «that's sorted», «she did it with a flourish» mean whatever was named last.
"""

from __future__ import annotations

from enum import StrEnum

from classify.dialogue import Talk, Turn, read_once

MEMORY = 3  # turns for which a matter stays the one spoken of
AFTER = 8  # words after a place in which its own sentence may name the matter


class Matter(StrEnum):
    """What «it» may be."""

    PROPOSAL = "proposal"
    CONTRACT = "contract"
    INVOICE = "invoice"
    MONEY = "money"
    WORK = "work"
    MEETING = "meeting"


CUES = {
    Matter.PROPOSAL: "papers.proposal",
    Matter.CONTRACT: "papers.contract",
    Matter.INVOICE: "papers.invoice",
    Matter.MONEY: "payment.matter",
    Matter.WORK: "work.matter",
    Matter.MEETING: "matter.meeting",
}
TO_PAY = frozenset({Matter.MONEY, Matter.INVOICE})


@read_once
def matters_in(talk: Talk, turn: Turn) -> list[tuple[int, Matter]]:
    """The matters that a turn names, each with its word, in order."""
    found = {(hit.end - 1, matter) for matter, cue in CUES.items() for hit in talk.hits(cue, turn)}
    return sorted(found)


def matter_at(talk: Talk, turn: Turn, at: int, memory: int = MEMORY) -> Matter | None:
    """The matter named last before word `at`, in its sentence right after it, or turns ago."""
    own = matters_in(talk, turn)
    before = [matter for place, matter in own if place <= at]
    if before:
        return before[-1]
    sentence = turn.tokens[at].sentence if at < len(turn.tokens) else -1
    for place, matter in own:
        if place - at <= AFTER and turn.tokens[place].sentence == sentence:
            return matter
    for earlier in talk.before(turn, memory):
        named = matters_in(talk, earlier)
        if named:
            return named[-1][1]
    return None


def spoken_of(talk: Talk, turn: Turn, matter: Matter, memory: int = MEMORY) -> bool:
    """Whether a turn or one of the last few names a matter."""
    return any(
        named is matter
        for t in (turn, *talk.before(turn, memory))
        for _, named in matters_in(talk, t)
    )
