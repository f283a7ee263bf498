"""`invoice_sent`: the invoice, with its sum."""

from __future__ import annotations

from dataclasses import replace

from classify.actions.documents import Deed, Paper, PaperDeed, final
from classify.actions.findings import Findings
from classify.actions.money import Sum
from classify.actions.papers import PROOF, paper_actions
from classify.actions.sum_of import beside, spoken_sums
from classify.dialogue import Talk, Turn
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue
from models.vocabulary.transcript import Speaker

BESIDE = 1  # turns before and after in which the sum of the invoice may be told
REACH = 9  # words between the invoice and its sum
ON = ("на", "for")


def find(talk: Talk, found: Findings) -> list[Action]:
    """The invoice that our side will send, or that is proved to have been sent."""
    return [
        _with_sum(talk, found, action)
        for action in paper_actions(talk, found, Paper.INVOICE, ActionType.INVOICE_SENT)
    ]


def _with_sum(talk: Talk, found: Findings, action: Action) -> Action:
    kinds = {Deed.PROMISED} if action.status is ActionStatus.PROMISED else set(PROOF)
    deeds = [d for d in final(found.deeds, Paper.INVOICE) if d.deed in kinds]
    said = next((s for d in deeds if (s := _sum_of(talk, d)) is not None), None)
    if said is None:
        return action
    slots: dict[str, SlotValue] = {**action.slots, "amount": said.value}
    return replace(action, slots=slots)


def _sum_of(talk: Talk, deed: PaperDeed) -> Sum | None:
    """The sum said with the invoice, or in the turns beside it that speak of an invoice."""
    own = _beside_invoice(talk, deed.turn) or beside(_sums(talk, deed.turn), *deed.place)
    if own is not None:
        return own
    around = [*talk.before(deed.turn, BESIDE), *talk.near(deed.turn, BESIDE)]
    named = next((s for t in around if (s := _beside_invoice(talk, t)) is not None), None)
    return named or _checked(talk, deed.turn)


def _beside_invoice(talk: Talk, turn: Turn) -> Sum | None:
    for hit in talk.hits("papers.invoice", turn):
        one = beside(_sums(talk, turn), hit.start, hit.end, REACH)
        if one is not None:
            return one
    return None


def _sums(talk: Talk, turn: Turn) -> list[Sum]:
    """The sums of a turn but those that are told as paid («оплатили двадцать восемь тысяч»)."""
    paid = turn.speaker is Speaker.CLIENT and talk.hits("payment.paid", turn)
    return [
        s
        for s in spoken_sums(talk, turn)
        if (not paid or (s.start > 0 and turn.tokens[s.start - 1].form in ON))
        and not _numbered(turn, s)
    ]


def _numbered(turn: Turn, one: Sum) -> bool:
    """«Счёт номер сорок два»: the number of the paper."""
    return one.start > 0 and turn.tokens[one.start - 1].form in ("номер", "номером", "№")


def _checked(talk: Talk, turn: Turn) -> Sum | None:
    """«Счёт ушёл вам» — «Сто двенадцать тысяч, так?»: the client names the sum at once."""
    for answer in talk.near(turn, 1, Speaker.CLIENT):
        found = spoken_sums(talk, answer)
        if len(found) == 1 and answer.asks(found[0].start) and not talk.has("payment.paid", answer):
            return found[0]
    return None
