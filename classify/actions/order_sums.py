"""Which of the sums in a call are the order's: its price, its total, what the client can spend."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from classify.actions.money import Sum, bare_sums, sums
from classify.dialogue import Hit, Talk, Turn

NEAR = 6  # words around a sum that say what it is
BIG = 5000  # from here a sum needs no word that says what it is
LEAST_ORDER = 300  # less is the price of a trifle or of one of many
LIKE = 2.5  # bargained sums differ at most by this factor
FRESH = 4  # turns after which a number is no answer to a sum any more
THOUSAND = 1000
MILLION = 1_000_000
LEAST_THOUSANDS = 10  # «сорок» of a price in thousands
OPENS = 12  # words within which an answer gives the sum that was asked for
PAYING = 2  # turns for which a talk of paying goes on
UNIT = 3  # words between a unit and its price
UNIT_LIKE = 1.4  # what is bargained over a unit's price differs at most by this factor
LEAST_WHOLE = 10_000  # from here a round number is a sum though nothing says so
WHOLE = 100  # per cent
SUMS_UP = ("это", "итого", "выходит", "получается", "выйдет", "получится", "всего", "вместе")
FAR = 1000  # words
SLACK = 2  # words by which a price may be nearer than a payment and yet not count
RUN = 3  # words of a turn that says nothing but a sum


def order_sums(talk: Talk) -> list[tuple[Sum, str]]:
    """The order's sums in the order they were said, each with why it is one.

    A unit's price, a discount or a surcharge stays one where it is said again.
    """
    heard = _Heard()
    for turn in talk.turns:
        if turn.machine:
            continue
        whole = [_scaled_like(s, heard.fresh(turn)) for s in sums(talk, turn)]
        taken = {s.start for s in whole}
        named = heard.fresh(turn) + whole
        short = [
            meant
            for s in bare_sums(talk, turn)
            if s.start not in taken and (meant := _meant(talk, s, named)) is not None
        ]
        for one in sorted([*whole, *short], key=lambda s: s.start):
            heard.take(talk, one)
    return heard.standing


@dataclass
class _Heard:
    """The sums of a call so far: those of the order, those of units and those set aside."""

    standing: list[tuple[Sum, str]] = field(default_factory=list)
    known: list[Sum] = field(default_factory=list)
    units: list[float] = field(default_factory=list)
    aside: set[float] = field(default_factory=set)

    def fresh(self, turn: Turn) -> list[Sum]:
        """The whole sums of the last turns, whosever they are."""
        return [s for s in self.known if turn.index - s.turn.index <= FRESH]

    def take(self, talk: Talk, one: Sum) -> None:
        """Puts a sum where it belongs."""
        if _of_unit(talk, one):
            self.units.append(one.value)
            return
        self.known.append(one)
        if _other(talk, one):
            self.aside.add(one.value)
        elif is_total(talk, one) or not (one.value in self.aside or self._of_a_unit(one)):
            why = _of_order(talk, one)
            self.standing += [(one, why)] if why else []

    def _of_a_unit(self, one: Sum) -> bool:
        """Whether a sum is bargained over the price of a unit."""
        return any(1 / UNIT_LIKE <= one.value / unit <= UNIT_LIKE for unit in self.units if unit)


def _scaled_like(one: Sum, named: list[Sum]) -> Sum:
    """«Семь двести» in a talk of seven millions is 7 200 000."""
    if one.bare and any(_alike(one.value * THOUSAND, s.value) for s in named):
        return replace(one, value=one.value * THOUSAND)
    return one


def _alike(one: float, other: float) -> bool:
    return other > 0 and 1 / LIKE <= one / other <= LIKE


def _meant(talk: Talk, one: Sum, named: list[Sum]) -> Sum | None:
    """What a bare number means: «двести десять» in a talk of a price in thousands is 210 000."""
    if _of_a_time(talk, one) or _is_label(talk, one) or _answers_other(talk, one):
        return None
    if _of_a_term(talk, one) and (not named or _share(talk, one)):
        return None
    return _scaled(one, named) or _said_for_money(talk, one)


def _scaled(one: Sum, named: list[Sum]) -> Sum | None:
    """A bare number in the scale of a sum named before that it is like."""
    for scale, least in ((MILLION, MILLION), (THOUSAND, BIG)):
        meant = replace(one, value=one.value * scale)
        if any(_alike(meant.value, s.value) for s in named if s.value >= least):
            return replace(meant, currency=named[-1].currency)
    return None


def _said_for_money(talk: Talk, one: Sum) -> Sum | None:
    """A bare number that its size, a question or the words beside it make a sum."""
    if one.value >= LEAST_WHOLE and one.value % 100 == 0:
        return one
    asked = _answers(talk, one, "budget.asked") or _summed(one)
    if one.value < LEAST_THOUSANDS or not (asked or _priced(talk, one)):
        return None
    if one.value >= THOUSAND:
        return one if one.value % 10 == 0 else None
    return None if _of_small_money(talk, one) else replace(one, value=one.value * THOUSAND)


def _share(talk: Talk, one: Sum) -> bool:
    """Whether a bare number can be a share in per cent or a term in days, with no price beside."""
    return one.value <= WHOLE and not (_near(talk, one, "budget.priced", NEAR) or _summed(one))


def _summed(one: Sum) -> bool:
    """«По семьсот метр, это сто сорок две»: a number that sums up what was said before it."""
    return one.start > 0 and one.turn.tokens[one.start - 1].form in SUMS_UP


def _of_a_time(talk: Talk, one: Sum) -> bool:
    first, last = one.turn.tokens[one.start].start, one.turn.tokens[one.end - 1].end
    return any(t.start < last and first < t.end for t in talk.times(one.turn))


def _is_label(talk: Talk, one: Sum) -> bool:
    """«Заявка двести пятнадцать», «им лет сорок»: a number that names or counts a thing."""
    return any(0 <= one.start - h.end < 1 for h in _beside(talk, one, "budget.label"))


def _of_small_money(talk: Talk, one: Sum) -> bool:
    """Whether the talk is of a price in single roubles («по 900 рублей час» — «восемьсот»)."""
    small = [s.value for t in talk.turns for s in sums(talk, t) if s.value < THOUSAND]
    return any(_alike(one.value, value) for value in small)


def _priced(talk: Talk, one: Sum) -> bool:
    """Whether the words beside a bare number speak of a price or of money to spend."""
    if _near(talk, one, "budget.priced", NEAR) or _leads(talk, one, "budget.for"):
        return True
    return any(h.start == one.end for h in _beside(talk, one, "budget.for_thing"))


def _answers(talk: Talk, one: Sum, cue: str) -> bool:
    """Whether a sum comes first in the answer to the other side's question about money."""
    if one.start >= OPENS:
        return False
    return any(
        turn.speaker is not one.turn.speaker and talk.has(cue, turn)
        for turn in talk.before(one.turn, 1)
    )


def _of_a_term(talk: Talk, one: Sum) -> bool:
    """Whether the talk here is of days or per cent («отсрочка четырнадцать» — «тридцать»)."""
    return any(talk.has("budget.term", t) for t in [one.turn, *talk.before(one.turn, FRESH)])


def _answers_other(talk: Talk, one: Sum) -> bool:
    """Whether a bare number comes first in the answer to a question about something else."""
    if one.start >= OPENS or one.value >= THOUSAND:
        return False
    return any(
        turn.speaker is not one.turn.speaker
        and talk.has("budget.other_question", turn)
        and not talk.has("budget.asked", turn)
        for turn in talk.before(one.turn, 1)
    )


def _of_order(talk: Talk, one: Sum) -> str:
    """Why a sum is the order's; empty where it is something else."""
    if one.value < LEAST_ORDER or _paying(talk, one) or _of_others(talk, one):
        return ""
    if _near(talk, one, "budget.order", NEAR + 2) or _priced(talk, one):
        return "a price or a budget is named"
    if _leads(talk, one, "budget.rough"):
        return "a rough price is named"
    if _answers(talk, one, "budget.question"):
        return "answers a question about money"
    return "a sum in a talk about the order" if one.value >= BIG else ""


def _of_unit(talk: Talk, one: Sum) -> bool:
    """Whether a sum is the price of one of many: of a metre, a ton, a guest."""
    if _each(one):
        return True
    if _summed(one) and not any(h.start == one.end for h in _beside(talk, one, "budget.unit")):
        return False
    return not is_total(talk, one) and any(
        -UNIT <= h.start - one.end < 1 or 0 <= one.start - h.end < UNIT
        for h in _beside(talk, one, "budget.unit")
    )


def _other(talk: Talk, one: Sum) -> bool:
    """Whether a sum is a discount, a difference, a debt or counts something else."""
    if _near(talk, one, "budget.not_order", NEAR) or _follows(talk, one, "budget.after_not", 4):
        return True
    if _leads(talk, one, "budget.before_not"):
        return True
    asked = any(talk.has("budget.difference", turn) for turn in talk.before(one.turn, 1))
    return asked and not _near(talk, one, "budget.result", NEAR)


def _each(one: Sum) -> bool:
    """«По четыреста»: so much for each."""
    before = one.turn.tokens[one.start - 1] if one.start else None
    return before is not None and before.form == "по" and not before.closes


def _of_others(talk: Talk, one: Sum) -> bool:
    """Whether somebody else asks or paid that sum («в другой фирме насчитали двести»)."""
    if any(h.start < one.start for h in _beside(talk, one, "budget.others")):
        return True
    asked = talk.before(one.turn, 1)
    return _alone(one) and any(talk.has("budget.others", turn) for turn in asked)


def _alone(one: Sum) -> bool:
    return len(one.turn.tokens) <= one.end - one.start + RUN


def _paying(talk: Talk, one: Sum) -> bool:
    """Whether the talk here is of an invoice or a payment, and not nearer by of the price."""
    if is_total(talk, one):
        return False
    price = min(_gap(talk, one, "budget.order"), _gap(talk, one, "budget.priced"))
    paid = _gap(talk, one, "budget.payment")
    if paid < NEAR + 2:
        return paid <= price + SLACK
    before = talk.before(one.turn, PAYING)
    paying = any(talk.has("budget.payment", t) for t in [one.turn, *before])
    return paying and not (_summed(one) or _near(talk, one, "budget.order", NEAR))


def _gap(talk: Talk, one: Sum, cue: str) -> int:
    """How many words lie between a sum and the nearest place of a notion in its sentence."""
    gaps = (max(h.start - one.end, one.start - h.end, 0) for h in _beside(talk, one, cue))
    return min(gaps, default=FAR)


def is_refused(talk: Talk, one: Sum) -> bool:
    """Whether the sum is turned down where it is said: «семь двести не дам»."""
    return any(h.start == one.end for h in _beside(talk, one, "budget.refused"))


def is_total(talk: Talk, one: Sum) -> bool:
    """Whether a sum is said to be the whole order's."""
    return _near(talk, one, "budget.total", NEAR) or _leads(talk, one, "budget.sums_up")


def _near(talk: Talk, one: Sum, cue: str, reach: int) -> bool:
    return any(
        h.start - one.end < reach and one.start - h.end < reach for h in _beside(talk, one, cue)
    )


def _follows(talk: Talk, one: Sum, cue: str, reach: int) -> bool:
    return any(-1 <= h.start - one.end < reach for h in _beside(talk, one, cue))


def _leads(talk: Talk, one: Sum, cue: str) -> bool:
    return any(0 <= one.start - h.end < 2 for h in _beside(talk, one, cue))


def _beside(talk: Talk, one: Sum, cue: str) -> list[Hit]:
    """The places of a notion in the sentence of a sum."""
    turn: Turn = one.turn
    sentence = turn.tokens[one.start].sentence
    return [h for h in talk.hits(cue, turn) if turn.tokens[h.start].sentence == sentence]
