"""Papers spoken of by another word: «ваши листы», «бумажка с ценой», «чистовик», «раскладка».

The word itself only says that there is a paper; which one it is, the talk around it says.
"""

from __future__ import annotations

from collections.abc import Sequence

from classify.actions.money import sums
from classify.actions.paper import COUNTED, Named, Paper
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.transcript import Speaker

MEMORY = 8  # turns for which a paper stays the one spoken of
AHEAD = 3  # turns in which the price of an offer or the signing of a contract is spoken of
# «Договор завтра, отправлю скан»: said right after its paper.
IN_ONE_BREATH = frozenset(["скан", "оригинал", "проект", "текст", "сканом", "черновик"])
# Where a sum is told and nothing sent.
ON_SITE = frozenset({"встрече", "встреча", "месте", "замере"})


def nicknamed(talk: Talk, turn: Turn, named: Sequence[Named]) -> list[Named]:
    """The papers that a turn calls by another name; `named` are those named so far."""
    here = {n.at for n in named if n.turn == turn.index and n.paper is not Paper.OTHER}
    copies = [*_hits(talk, turn, "papers.copies")]
    out = _copies(turn, copies, named)
    side = "papers.agents_paper" if turn.speaker is Speaker.AGENT else "papers.clients_paper"
    for hit in _hits(talk, turn, side):
        paper = _meant(talk, turn, hit, named)
        at = _noun(talk, turn, hit)
        if paper is not None and at not in here | {n.at for n in out}:
            out.append(Named(paper, turn.index, at))
    if turn.speaker is Speaker.AGENT:
        out += _counting(talk, turn, here)
    return list({n.at: n for n in out}.values())


def _counting(talk: Talk, turn: Turn, here: set[int]) -> list[Named]:
    """«Посчитаю и пришлю»: an offer to come, unless its sum is told in the same breath."""
    hits = [h for h in talk.hits("papers.counting", turn) if h.start not in here]
    told = hits and any(sums(talk, t) for t in (turn, *talk.near(turn, 2)))
    there = {t.form for t in turn.tokens} & ON_SITE
    return [] if told or there else [Named(Paper.PROPOSAL, turn.index, h.start) for h in hits]


def _hits(talk: Talk, turn: Turn, cue: str) -> list[Hit]:
    return [h for h in talk.hits(cue, turn) if not talk.has("papers.not_offer", turn)]


def _copies(turn: Turn, hits: Sequence[Hit], named: Sequence[Named]) -> list[Named]:
    """«Оба экземпляра», «бумаги»: the contract, where it was the last paper spoken of."""
    spoken = [n for n in named if n.paper in COUNTED and turn.index - n.turn <= MEMORY]
    if not spoken or spoken[-1].paper is not Paper.CONTRACT:
        return []
    first = spoken[-1].at if spoken[-1].turn == turn.index else -1
    return [
        Named(Paper.CONTRACT, turn.index, hit.end - 1)
        for hit in hits
        if first < 0 or (hit.start > first and turn.tokens[hit.start].form in IN_ONE_BREATH)
    ]


def _noun(talk: Talk, turn: Turn, hit: Hit) -> int:
    """The word of the hit that stands for the paper."""
    words = talk.book.words("offer_name", "paper_name")
    at = range(hit.start, hit.end)
    return next((i for i in at if not turn.tokens[i].keys.isdisjoint(words)), hit.end - 1)


def _meant(talk: Talk, turn: Turn, hit: Hit, named: Sequence[Named]) -> Paper | None:
    """A word for an offer means the offer; «бумага», «письмо» what the talk is about."""
    noun = turn.tokens[_noun(talk, turn, hit)]
    near = [turn, *talk.near(turn, AHEAD)]
    offer = not noun.keys.isdisjoint(talk.book.words("offer_name"))
    if not offer and any(talk.has("papers.for_signing", t) for t in near[:2]):
        return Paper.CONTRACT
    spoken = [n for n in named if n.paper in COUNTED and turn.index - n.turn <= MEMORY]
    if spoken and not offer:
        return spoken[-1].paper
    around = [*near, *talk.before(turn, AHEAD)]
    priced = any(talk.amounts(t) or talk.has("papers.priced", t) for t in around)
    return Paper.PROPOSAL if offer or priced else None
