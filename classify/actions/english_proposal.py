"""A price put on paper, and the talk about what stands in a proposal that the client has."""

from __future__ import annotations

from collections.abc import Sequence

from classify.actions.english_clause import Tense, said_of
from classify.actions.english_matter import TO_PAY, Matter, matter_at, matters_in
from classify.actions.paper import Deed, Paper, PaperDeed
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.transcript import Speaker

LASTS = 7  # turns after the proposal was had in which a remark is one on it
LEAST = 4  # words of an answer that says what they make of it
LEAST_REMARK = 6  # words of a turn that remarks on it unasked


def talked_over(talk: Talk, has: Sequence[PaperDeed]) -> list[Hit]:
    """The client's remarks on the proposal, the first first.

    Args:
        talk: the whole call.
        has: the deeds that prove that the client has the proposal, in order.
    """
    return [hit for turn in _after(talk, has[0]) if (hit := _remark(talk, turn, has[0]))]


def _after(talk: Talk, deed: PaperDeed) -> list[Turn]:
    own = [deed.turn] if deed.turn.speaker is Speaker.CLIENT else []
    return own + [t for t in talk.near(deed.turn, LASTS) if t.speaker is Speaker.CLIENT]


def _remark(talk: Talk, turn: Turn, deed: PaperDeed) -> Hit | None:
    if talk.has("proposal.unsettled", turn) or talk.has("papers.not_there", turn):
        return None
    if any(matter in TO_PAY for _, matter in matters_in(talk, turn)):
        return None
    start = deed.end if turn is deed.turn else 0
    asked = [b for b in talk.before(turn, 1, Speaker.AGENT) if _asks_view(talk, b, turn, deed)]
    if asked and len(turn.tokens) >= LEAST:
        return Hit("proposal.asked_view", turn, 0, len(turn.tokens), "answers what they make of it")
    if len(turn.tokens) < LEAST_REMARK:
        return None
    return next((h for h in talk.hits("proposal.remark", turn) if h.start >= start), None)


def _asks_view(talk: Talk, asking: Turn, turn: Turn, deed: PaperDeed) -> bool:
    near = asking.index == turn.index - 1 and asking.index >= deed.turn.index - 1
    return near and talk.has("proposal.asked_view", asking)


def written_up(talk: Talk, turn: Turn, known: Sequence[PaperDeed]) -> list[PaperDeed]:
    """«I'll work that up», «could you put it in writing»: a proposal promised or asked for.

    Args:
        talk: the whole call.
        turn: the turn that is read.
        known: what else the turn does with papers; a proposal that it names needs no more.
    """
    if any(d.paper is Paper.PROPOSAL for d in known):
        return []
    out = []
    for hit in talk.hits("papers.written_up", turn):
        if matter_at(talk, turn, hit.start, 2) in TO_PAY | {Matter.CONTRACT}:
            continue
        said = said_of(talk, turn, hit.start)
        ours = turn.speaker is Speaker.AGENT
        if ours and (said.tense is not Tense.FUTURE or not said.real or said.yours):
            continue
        if not ours and (said.negated or not (said.yours or said.tense is Tense.PRESENT)):
            continue
        deed = Deed.PROMISED if ours else Deed.REQUESTED
        offered = turn.asks(hit.start)
        out.append(PaperDeed(Paper.PROPOSAL, deed, turn, hit.start, hit.end, hit.start, offered))
    return out[:1]
