"""What the judge may answer: the actions of docs/actions.md with their statuses and slots.

The courtesies are left out: the engine hears them surely, and their words need not be paid for.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.vocabulary.action import ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

_DONE, _PROMISED, _PROPOSED, _DECLINED = (
    ActionStatus.DONE,
    ActionStatus.PROMISED,
    ActionStatus.PROPOSED,
    ActionStatus.DECLINED,
)
KINDS: dict[str, tuple[str, ...]] = {
    "kind": ("price", "timing", "competitor", "think", "authority", "quality", "other"),
    "channel": ("email", "whatsapp", "telegram", "messenger", "sms", "post", "hand"),
    "part": ("prepayment", "remainder", "full"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One action that the judge may name; `by` where only one side can be quoted for it."""

    meaning: str
    statuses: tuple[ActionStatus, ...] = (_DONE,)
    slots: tuple[str, ...] = ()
    by: Speaker | None = None


CATALOGUE: dict[ActionType, Entry] = {
    ActionType.DECISION_MAKER_IDENTIFIED: Entry(
        "it becomes clear who decides at the client's: they say that they do, or name who does",
        slots=("name", "role"),
    ),
    ActionType.INTEREST_EXPRESSED: Entry(
        "the client says that they want to know more or to buy", by=Speaker.CLIENT
    ),
    ActionType.REFUSAL: Entry(
        "the client refuses the offer as a whole or forbids further calls",
        slots=("reason",),
        by=Speaker.CLIENT,
    ),
    ActionType.NEEDS_CLARIFIED: Entry(
        "the agent asks what the client needs and the client answers in substance; "
        "quote the agent's question",
        by=Speaker.AGENT,
    ),
    ActionType.BUDGET_NAMED: Entry(
        "a price, budget or total of the client's order is named: the last standing total, "
        "no invoice's sum, no unit price among several",
        slots=("amount", "currency"),
    ),
    ActionType.OBJECTION: Entry(
        "the client hesitates to buy for a reason, each kind once",
        slots=("kind",),
        by=Speaker.CLIENT,
    ),
    ActionType.MEETING_BOOKED: Entry(
        "a meeting, visit, measuring, showroom visit or on-line demonstration; no telephone call",
        (_DONE, _PROPOSED, _DECLINED),
        ("datetime", "date", "place", "online"),
    ),
    ActionType.MEETING_HELD: Entry(
        "a past meeting of these two sides is referred to as having taken place", slots=("date",)
    ),
    ActionType.PROPOSAL_SENT: Entry(
        "the commercial proposal, estimate or calculation (КП, смета, расчёт): promised where the "
        "agent will send it, done where it was sent or received",
        (_PROMISED, _DONE),
        ("due", "channel"),
    ),
    ActionType.PROPOSAL_DISCUSSED: Entry(
        "the two sides talk over a proposal that the client already has"
    ),
    ActionType.FOLLOW_UP_AGREED: Entry(
        "a next call or message; a document to be sent is none",
        (_DONE, _PROPOSED, _DECLINED),
        ("datetime", "date"),
    ),
    ActionType.TERMS_AGREED: Entry(
        "the client agrees to price, scope or terms («берём», «готовьте договор»); declined where "
        "one condition is refused",
        (_DONE, _DECLINED),
    ),
    ActionType.CONTRACT_SENT: Entry("the contract is sent", (_PROMISED, _DONE), ("due",)),
    ActionType.CONTRACT_SIGNED: Entry(
        "the contract is signed; promised where the client will", (_PROMISED, _DONE), ("due",)
    ),
    ActionType.INVOICE_SENT: Entry(
        "the invoice (счёт) is sent", (_PROMISED, _DONE), ("due", "amount")
    ),
    ActionType.PAYMENT: Entry(
        "the client's payment: promised where they will pay, done where it was paid or received",
        (_PROMISED, _DONE),
        ("due", "amount", "part"),
    ),
    ActionType.WORK_ACCEPTED: Entry(
        "the client accepts the finished work; declined where it is sent back", (_DONE, _DECLINED)
    ),
    ActionType.REVIEW_REQUESTED: Entry(
        "the agent asks for a review or a recommendation", by=Speaker.AGENT
    ),
}


def catalogue_lines() -> str:
    """The closed list as the judge reads it, one action a line."""
    return "\n".join(
        f"- {kind.value} [{'|'.join(entry.statuses)}]"
        f"{' slots ' + ', '.join(entry.slots) if entry.slots else ''}: {entry.meaning}"
        for kind, entry in CATALOGUE.items()
    )
