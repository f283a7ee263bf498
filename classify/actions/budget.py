"""`budget_named`: the order's last standing total, or the client's budget."""

from __future__ import annotations

from dataclasses import replace

from classify.actions.findings import Findings
from classify.actions.money import Sum, bare_sums, sums
from classify.dialogue import Hit, Talk, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType

NEAR = 6  # words around a sum that say what it is
BIG = 5000  # from here a sum needs no word that says what it is
LIKE = 2.5  # bargained sums differ at most by this factor
FRESH = 4  # turns after which a number is no answer to a sum any more
LEAST_THOUSANDS = 10  # «сорок» of a price in thousands


def find(talk: Talk, found: Findings) -> list[Action]:
    """The last sum that is the order's and not an invoice's, a payment's or a unit's."""
    standing = [(one, why) for one, why in order_sums(talk) if not _paid(talk, found, one)]
    if not standing:
        return []
    one, why = standing[-1]
    return [
        make_action(
            ActionType.BUDGET_NAMED,
            ActionStatus.DONE,
            one.turn,
            (one.start, one.end),
            cues=(why,),
            slots={"amount": one.value, "currency": one.currency},
            confidence=0.75,
        )
    ]


def _paid(talk: Talk, found: Findings, one: Sum) -> bool:
    """Whether the sum is the one that an invoice or a payment, said right before, is about."""
    here = [one.turn, *talk.before(one.turn, 2)]
    return not _near(talk, one, "budget.total", NEAR) and any(
        action.slots.get("amount") == one.value and any(action.quote in t.text for t in here)
        for kind in (ActionType.PAYMENT, ActionType.INVOICE_SENT)
        for action in found.of(kind)
    )


def order_sums(talk: Talk) -> list[tuple[Sum, str]]:
    """The order's sums in the order they were said, each with why it is one."""
    out: list[tuple[Sum, str]] = []
    for turn in talk.turns:
        if turn.machine:
            continue
        whole = sums(talk, turn)
        fresh = [s for s, _ in out if turn.index - s.turn.index <= FRESH]
        named = fresh + whole
        taken = {s.start for s in whole}
        short = [
            meant
            for s in bare_sums(talk, turn)
            if s.start not in taken and (meant := _meant(talk, s, named)) is not None
        ]
        for one in sorted([*whole, *short], key=lambda s: s.start):
            why = _of_order(talk, one)
            if why:
                out.append((one, why))
    return out


def _meant(talk: Talk, one: Sum, named: list[Sum]) -> Sum | None:
    """What a bare number means: «двести десять» in a talk of a price in thousands is 210 000."""
    if _of_a_time(talk, one):
        return None
    if one.value >= LEAST_THOUSANDS * 1000 and one.value % 100 == 0:
        return one
    thousands = replace(one, value=one.value * 1000)
    if any(1 / LIKE <= thousands.value / s.value <= LIKE for s in named if s.value >= BIG):
        return replace(thousands, currency=named[-1].currency)
    if one.value < LEAST_THOUSANDS or one.value >= 1000 or one.currency != "RUB":
        return None
    asked = any(talk.has("budget.asked", t) for t in talk.before(one.turn, 1))
    return thousands if asked or _near(talk, one, "budget.limit", NEAR) else None


def _of_a_time(talk: Talk, one: Sum) -> bool:
    first, last = one.turn.tokens[one.start].start, one.turn.tokens[one.end - 1].end
    return any(t.start < last and first < t.end for t in talk.times(one.turn))


def _of_order(talk: Talk, one: Sum) -> str:
    """Why a sum is the order's; empty where it is something else."""
    if _near(talk, one, "budget.not_order", NEAR) or _follows(talk, one, "budget.after_not", 4):
        return ""
    if _leads(talk, one, "budget.before_not") or _paying(talk, one):
        return ""
    if any(talk.has("budget.difference", turn) for turn in talk.before(one.turn, 1)):
        return ""
    if _near(talk, one, "budget.order", NEAR + 2) or _leads(talk, one, "budget.rough"):
        return "a price or a budget is named"
    asked = talk.before(one.turn, 1)
    if any(talk.has("budget.question", turn) for turn in asked):
        return "answers a question about money"
    return "a sum in a talk about the order" if one.value >= BIG else ""


def _paying(talk: Talk, one: Sum) -> bool:
    """Whether the talk here is of an invoice or a payment."""
    if _near(talk, one, "budget.total", NEAR):
        return False
    if _near(talk, one, "budget.payment", NEAR + 2):
        return True
    before = talk.before(one.turn, 1)
    paying = any(talk.has("budget.payment", t) for t in [one.turn, *before])
    return paying and not _near(talk, one, "budget.order", NEAR)


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
    words = one.turn.tokens
    sentence = words[one.start].sentence
    return [h for h in talk.hits(cue, one.turn) if words[h.start].sentence == sentence]
