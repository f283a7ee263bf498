"""What an English client says back to a price: the sum with what else it buys, another's sum."""

from __future__ import annotations

from classify.actions.money import Sum, bare_sums, sums
from classify.actions.timing import placed
from classify.dialogue import Hit, Talk, Turn
from models.vocabulary.transcript import Speaker

BACK = 2  # turns of the agent in which the price was named
BESIDE = 3  # words between a sum and what is said of it
NEAR = 6  # words between a deed of others and its sum
MOST = 4  # times that a price may be above another's for the same thing


def english_reactions(talk: Talk, kind: str) -> list[Hit]:
    """The client's words of one kind that count as an objection by the price they answer."""
    if talk.context.language != "en" or kind not in ("price", "competitor"):
        return []
    find = _sums_back if kind == "price" else _undercuts
    return [
        hit
        for turn in talk.turns
        if turn.speaker is Speaker.CLIENT and not turn.machine
        for hit in find(talk, turn)
    ]


def english_sums(talk: Talk, turn: Turn) -> list[Sum]:
    """The numbers of a turn that may be money: sums, and bare numbers that are no time."""
    found = [*sums(talk, turn), *bare_sums(talk, turn)]
    times = {i for p in placed(talk, turn) for i in range(p.start, p.end)}
    return [s for s in found if times.isdisjoint(range(s.start, s.end))]


def _named_before(talk: Talk, turn: Turn) -> list[float]:
    asked = talk.before(turn, BACK, Speaker.AGENT)
    return [s.value for t in asked for s in english_sums(talk, t)]


def _sums_back(talk: Talk, turn: Turn) -> list[Hit]:
    """«Four hundred pounds to be told to delegate», «for ninety-six I can buy the man»."""
    asked = talk.before(turn, 1, Speaker.AGENT)
    if not asked or talk.has("terms.agree_short", turn):
        return []
    priced = any(english_sums(talk, t) or talk.has("objection.asks_price", t) for t in asked)
    if not priced:
        return []
    said = talk.hits("objection.price_said", turn)
    if said:
        return said[:1]
    near = [
        hit
        for hit in talk.hits("objection.sum_back", turn)
        for one in english_sums(talk, turn)
        if 0 <= hit.start - one.end < BESIDE or 0 <= one.start - hit.end < BESIDE - 1
    ]
    return near[:1]


def _undercuts(talk: Talk, turn: Turn) -> list[Hit]:
    """«The Italians make me 49», «Jebel Ali people gave him twenty-nine»."""
    theirs = _named_before(talk, turn)
    if not theirs or turn.asks(0):
        return []
    return [
        hit
        for hit in talk.hits("objection.elsewhere", turn)
        for one in english_sums(talk, turn)
        if abs(one.start - hit.end) <= NEAR and _less(one.value, theirs)
    ][:1]


def _less(value: float, theirs: list[float]) -> bool:
    """Whether a sum is below one of the agent's, be it said in thousands or short."""
    return any(
        other > v >= other / MOST for other in theirs for v in (value, value * 1000, value * 100)
    )
