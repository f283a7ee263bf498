"""`budget_named`: the order's last standing total, or the client's budget."""

from __future__ import annotations

from classify.actions.english_sums import english_order_sums
from classify.actions.findings import Findings
from classify.actions.money import Sum
from classify.actions.order_sums import is_refused, is_total, order_sums
from classify.citation import make_action
from classify.dialogue import Talk
from models.vocabulary.action import Action, ActionStatus, ActionType

PART = 0.4  # of the total; a sum below this is that of something in the order

__all__ = ["find", "order_sums"]


def find(talk: Talk, found: Findings) -> list[Action]:
    """The last sum that is the order's and not an invoice's, a payment's or a unit's."""
    english = talk.context.language == "en"
    sums = english_order_sums(talk) if english else order_sums(talk)
    standing = [(one, why) for one, why in sums if not _paid(talk, found, one)]
    if not standing:
        return []
    refused = {one.value for one, _ in standing if is_refused(talk, one)}
    one, why = _last([s for s in standing if s[0].value not in refused] or standing, talk)
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


def _last(standing: list[tuple[Sum, str]], talk: Talk) -> tuple[Sum, str]:
    """The last sum, those aside that are small beside the one before: the price of a part."""
    last = standing[0]
    for one in standing[1:]:
        if one[0].value >= PART * last[0].value or is_total(talk, one[0]):
            last = one
    return last


def _paid(talk: Talk, found: Findings, one: Sum) -> bool:
    """Whether the sum is the one that an invoice or a payment, said right before, is about."""
    here = [one.turn, *talk.before(one.turn, 2)]
    return not is_total(talk, one) and any(
        action.slots.get("amount") == one.value and any(action.quote in t.text for t in here)
        for kind in (ActionType.PAYMENT, ActionType.INVOICE_SENT)
        for action in found.of(kind)
    )
