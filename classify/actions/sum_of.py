"""Which sum belongs to an invoice or a payment: said with it, or in the turns around it."""

from __future__ import annotations

from collections.abc import Sequence

from classify.actions.money import Sum, bare_sums, sums
from classify.actions.timing import placed
from classify.dialogue import Hit, Talk, Turn

BACK = 4  # turns in which the sum of a payment may have been named
AHEAD = 2  # turns in which it may be asked and told
BESIDE = 8  # words between a deed or its part and a sum of it
LEAST_SCALE = 1000
LEAST_SHORT = 10_000  # below which a bare number in a call without thousands counts other things
LEAST_ENGLISH = 100  # pounds and euros are said without their name from here


def spoken_sums(talk: Talk, turn: Turn) -> list[Sum]:
    """The sums of a turn, in a call about thousands also short ones («внесу двадцать пять»)."""
    full = whole_sums(talk, turn)
    taken = {i for s in full for i in range(s.start, s.end)}
    taken |= {i for p in placed(talk, turn) for i in range(p.start, p.end)}
    short = [
        Sum(s.value * LEAST_SCALE, s.currency, turn, s.start, s.end)
        for s in bare_sums(talk, turn)
        if s.value < LEAST_SCALE and taken.isdisjoint(range(s.start, s.end))
    ]
    if talk.context.language == "en":
        short = []
    elif short and not _in_thousands(talk):
        short = [s for s in short if s.value >= LEAST_SHORT and _of_payment(talk, turn)]
    return sorted([*full, *short], key=lambda s: s.start)


def _of_payment(talk: Talk, turn: Turn) -> bool:
    """Whether a turn or one beside it speaks of paying: its bare numbers are thousands."""
    around = (turn, *talk.before(turn, 1), *talk.near(turn, 1))
    cues = ("payment.about", "payment.arrived", "payment.settled")
    return any(talk.has(cue, t) for t in around for cue in cues)


def whole_sums(talk: Talk, turn: Turn) -> list[Sum]:
    """The sums of a turn, those above a thousand also without «рублей» («14 800 всего»)."""
    full = sums(talk, turn)
    taken = {i for s in full for i in range(s.start, s.end)}
    taken |= {i for p in placed(talk, turn) for i in range(p.start, p.end)}
    least = LEAST_ENGLISH if talk.context.language == "en" else LEAST_SCALE
    bare = [
        s
        for s in bare_sums(talk, turn)
        if s.value >= least and taken.isdisjoint(range(s.start, s.end))
    ]
    return sorted([*full, *bare], key=lambda s: s.start)


def _in_thousands(talk: Talk) -> bool:
    return any(s.value >= LEAST_SCALE for t in talk.turns for s in whole_sums(talk, t))


def beside(found: Sequence[Sum], start: int, end: int, reach: int = BESIDE) -> Sum | None:
    """The sum nearest to words `start` to `end`; of two as near the one that follows."""
    near = [s for s in found if s.start - end < reach and start - s.end < reach]
    return min(near, key=lambda s: (_gap(s, start, end), s.start < start), default=None)


def _gap(one: Sum, start: int, end: int) -> int:
    return one.start - end if one.start >= end else max(0, start - one.end)


def standing_total(talk: Talk, hit: Hit) -> Sum | None:
    """The sum of the order or invoice that stands when something is paid, unit prices aside."""
    for turn in (*talk.before(hit.turn, BACK), *talk.near(hit.turn, AHEAD)):
        found = [s for s in whole_sums(talk, turn) if not _of_part(talk, s)]
        if found:
            return found[-1]
    return None


def _of_part(talk: Talk, one: Sum) -> bool:
    """Whether a sum is a unit's price, a discount or the part of a payment."""
    cues = ("budget.not_order", "budget.after_not", "payment.prepayment", "payment.remainder")
    return any(
        hit.start - one.end < 3 and one.start - hit.end < 3
        for cue in cues
        for hit in talk.hits(cue, one.turn)
    )


def part_sum(talk: Talk, hit: Hit, part: str) -> Sum | None:
    """The sum named beside the words for a part («предоплата сорок тысяч») around a payment."""
    for turn in (*talk.before(hit.turn, BACK), *talk.near(hit.turn, AHEAD)):
        found = spoken_sums(talk, turn)
        for said in talk.hits(f"payment.{part}", turn):
            one = beside(found, said.start, said.end, BESIDE // 2)
            if one is not None:
                return one
    after = [s for turn in talk.near(hit.turn, AHEAD) for s in spoken_sums(talk, turn)]
    asked = [s for turn in talk.before(hit.turn, 1) for s in whole_sums(talk, turn)]
    return next(iter((*after, *asked[-1:])), None)
