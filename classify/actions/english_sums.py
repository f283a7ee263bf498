"""Which of the sums in an English call are the order's: its price, the client's budget."""

from __future__ import annotations

from dataclasses import replace

from classify.actions.english_matter import TO_PAY, Matter, matter_at
from classify.actions.money import Sum, bare_sums
from classify.actions.timing import placed
from classify.dialogue import Hit, Talk, Turn, token_at
from models.vocabulary.transcript import Speaker

NEAR = 7  # words around a sum that say what it is
OPENS = 8  # words within which an answer gives the sum that was asked for
LIKE = 2.5  # bargained sums differ at most by this factor
LONG = 9  # turns for which a price in thousands lends its scale to a bare number
FRESH = 5  # turns after which a number is no answer to a sum any more
LEAST = 40  # less is the price of a trifle
BIG = 5000  # from here a sum with its unit needs no word that says what it is
SMALL = 1000  # a bare number below may count days or per cent as well
THOUSAND = 1000
UNIT = 4  # words between a sum and «each»


def english_order_sums(talk: Talk) -> list[tuple[Sum, str]]:
    """The order's sums in the order they were said, each with why it is one."""
    standing: list[tuple[Sum, str]] = []
    known: list[Sum] = []
    for turn in talk.turns:
        if turn.machine:
            continue
        for said in _all_sums(talk, turn):
            one = _scaled(said, [s for s in known if turn.index - s.turn.index <= LONG])
            if _of_time(talk, one) or one.value < LEAST:
                continue
            fresh = [s for s in known if turn.index - s.turn.index <= FRESH]
            known += [] if one.bare else [one]
            why = _why(talk, one, fresh)
            if why:
                standing.append((one, why))
                known.append(one)
    return standing


def _scaled(one: Sum, known: list[Sum]) -> Sum:
    """«Ninety» in a talk of ninety-six thousand is 90 000."""
    if not one.bare or one.value >= SMALL or any(_alike(one.value, s.value) for s in known):
        return one
    whole = one.value * THOUSAND
    meant = [s for s in known if s.value >= BIG and _alike(whole, s.value)]
    return replace(one, value=whole, currency=meant[-1].currency, bare=False) if meant else one


def _alike(one: float, other: float) -> bool:
    return other > 0 and 1 / LIKE <= one / other <= LIKE


def _all_sums(talk: Talk, turn: Turn) -> list[Sum]:
    whole = []
    for amount in talk.amounts(turn):
        if not amount.has_unit:
            continue
        start = token_at(turn, amount.start)
        end = token_at(turn, max(amount.start, amount.end - 1)) + 1
        value = float(amount.value)
        exact = int(value) if value.is_integer() else value
        whole.append(Sum(exact, amount.currency, turn, start, end))
    return sorted([*whole, *bare_sums(talk, turn)], key=lambda s: s.start)


def _of_time(talk: Talk, one: Sum) -> bool:
    return any(p.start < one.end and one.start < p.end for p in placed(talk, one.turn))


def _why(talk: Talk, one: Sum, fresh: list[Sum]) -> str:  # noqa: PLR0911 - one exit a reason
    """Why a sum is the order's; empty where it is something else."""
    if _near(talk, one, "budget.others") or _of_unit(talk, one) or _asked_paid(talk, one):
        return ""
    total = _near(talk, one, "budget.total")
    if not total and (_set_aside(talk, one) or _like_a_clock(one)) and not _answers(talk, one):
        return ""
    if not total and (_near(talk, one, "budget.not_order") or _near(talk, one, "budget.payment")):
        return ""
    if total or _near(talk, one, "budget.order") or _is_the_price(one):
        return "a price or a budget is named"
    if _answers(talk, one):
        return "answers a question about money"
    if any(_alike(one.value, s.value) for s in fresh):
        return "is bargained over"
    return _standing(talk, one)


def _standing(talk: Talk, one: Sum) -> str:
    """Why a sum is the order's that nothing beside it explains."""
    if one.turn.speaker is Speaker.AGENT and not one.bare:
        return "the agent names a price"
    if one.value >= SMALL and matter_at(talk, one.turn, one.start, 2) is Matter.PROPOSAL:
        return "the sum of the proposal"
    return ""


def _set_aside(talk: Talk, one: Sum) -> bool:
    """Whether a sum is the money to be paid now, one that stood before, or counts days."""
    before = [t.form for t in one.turn.tokens[max(0, one.start - 4) : one.start]]
    if before[-1:] == ["from"] and not {"down", "up", "reduced"}.isdisjoint(before):
        return True
    if matter_at(talk, one.turn, one.start, 1) in TO_PAY:
        return True
    around = (one.turn, *talk.before(one.turn, 2))
    return one.bare and one.value < SMALL and any(talk.has("budget.term", t) for t in around)


PERIODS = frozenset(["month", "year", "annum", "week", "quarter", "fortnight"])
IS = frozenset(["is", "are", "be", "at", "comes", "it's", "that's", "costs", "just", "about"])


def _is_the_price(one: Sum) -> bool:
    """«The gate is two thousand pounds»: what the thing is."""
    before = one.turn.tokens[one.start - 1 : one.start] if one.start else ()
    return not one.bare and any(t.form in IS for t in before)


def _like_a_clock(one: Sum) -> bool:
    """«Ten fifteen» beside no word of money is an hour."""
    hour, minute = divmod(int(one.value), 100)
    words = [t.form for t in one.turn.tokens[one.start : one.end]]
    short = len(words) > 1 and not {"hundred", "thousand"} & set(words)
    return one.bare and short and 1 <= hour <= 12 and minute < 60 and minute % 5 == 0


def _of_unit(talk: Talk, one: Sum) -> bool:
    """«Twelve quid a bag», «six pounds each»: the price of one of many."""
    after = [t.form for t in one.turn.tokens[one.end : one.end + 2]]
    if after[:1] == ["per"] and after[1:] and after[1] not in PERIODS:
        return True
    hits = _beside(talk, one, "budget.unit")
    return any(0 <= h.start - one.end < UNIT - 1 for h in hits)


def _asked_paid(talk: Talk, one: Sum) -> bool:
    """Whether the turn answers a question about an invoice or a payment."""
    return one.start < OPENS and any(
        t.speaker is not one.turn.speaker
        and talk.has("payment.when", t)
        and not talk.has("budget.question", t)
        for t in talk.before(one.turn, 1)
    )


def _answers(talk: Talk, one: Sum) -> bool:
    """Whether a sum comes first in the answer to the other side's question about money."""
    other = Speaker.CLIENT if one.turn.speaker is Speaker.AGENT else Speaker.AGENT
    return one.start <= OPENS and any(
        talk.has("budget.question", turn) for turn in talk.before(one.turn, 1, other)
    )


def _near(talk: Talk, one: Sum, cue: str) -> bool:
    return any(
        h.start - one.end < NEAR and one.start - h.end < NEAR for h in _beside(talk, one, cue)
    )


def _beside(talk: Talk, one: Sum, cue: str) -> list[Hit]:
    """The places of a notion in the sentence of a sum."""
    sentence = one.turn.tokens[one.start].sentence
    return [h for h in talk.hits(cue, one.turn) if one.turn.tokens[h.start].sentence == sentence]
