"""`budget_named`: the order's last standing total, or the client's budget."""

from __future__ import annotations

from classify.actions.findings import Findings
from classify.actions.money import Sum, sums
from classify.dialogue import Talk, make_action
from models.vocabulary.action import Action, ActionStatus, ActionType

NEAR = 6  # words around a sum that say what it is


def find(talk: Talk, _: Findings) -> list[Action]:
    """The last sum that is the order's and not an invoice's, a payment's or a unit's."""
    standing = [
        (one, why)
        for turn in talk.turns
        if not turn.machine
        for one in sums(talk, turn)
        if (why := _of_order(talk, one))
    ]
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


def _of_order(talk: Talk, one: Sum) -> str:
    """Why a sum is the order's; empty where it is something else."""
    if _near(talk, one, "budget.not_order", NEAR) or _near(talk, one, "budget.after_not", 3):
        return ""
    if _paying(talk, one):
        return ""
    if _near(talk, one, "budget.order", NEAR + 2):
        return "a price or a budget is named"
    asked = talk.before(one.turn, 1)
    if any(talk.has("budget.question", turn) for turn in asked):
        return "answers a question about money"
    big = one.value >= 5000
    return "a sum in a talk about the order" if big else ""


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
    sentence = one.turn.tokens[one.start].sentence
    return any(
        one.turn.tokens[h.start].sentence == sentence
        and h.start - one.end < reach
        and one.start - h.end < reach
        for h in talk.hits(cue, one.turn)
    )
