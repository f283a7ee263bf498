"""`invoice_sent`: the invoice, with its sum."""

from __future__ import annotations

from dataclasses import replace

from classify.actions.documents import Deed, Paper, final
from classify.actions.findings import Findings
from classify.actions.money import sums
from classify.actions.papers import PROOF, paper_actions
from classify.dialogue import Talk
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue


def find(talk: Talk, found: Findings) -> list[Action]:
    """The invoice that our side will send, or that is proved to have been sent."""
    return [
        _with_sum(talk, found, action)
        for action in paper_actions(talk, found, Paper.INVOICE, ActionType.INVOICE_SENT)
    ]


def _with_sum(talk: Talk, found: Findings, action: Action) -> Action:
    kinds = {Deed.PROMISED} if action.status is ActionStatus.PROMISED else set(PROOF)
    deeds = [d for d in final(found.deeds, Paper.INVOICE) if d.deed in kinds]
    turns = {d.turn.index for d in deeds}
    amounts = [
        s
        for index in sorted(turns)
        for s in sums(talk, talk.turns[index])
        if not talk.hits("payment.paid", s.turn)
    ]
    slots: dict[str, SlotValue] = dict(action.slots)
    if amounts:
        slots["amount"] = amounts[0].value
    return replace(action, slots=slots)
