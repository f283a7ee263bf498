"""From verdicts, cards and calls to the facts that figures are counted from. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from figures.card import places_of, visits_of
from figures.proof import stages_proved
from models.vocabulary.action import Outcome
from models.vocabulary.call import Direction
from models.vocabulary.correction import CorrectedAction
from models.vocabulary.deal import Activity, ActivityType, Deal, StageChange, StageKind, User
from models.vocabulary.figures import (
    ActionFact,
    CallFact,
    DealFact,
    Line,
    Payment,
    Person,
    PromiseFact,
)
from models.vocabulary.verdict import DealVerdict, JudgedCall

_BETWEEN_ROLES = re.compile(r"[,;/+&\n]")
_ROLES = {
    "телемаркетолог": "telemarketer",
    "телемаркетер": "telemarketer",
    "квалификатор": "qualifier",
    "хантер": "hunter",
    "охотник": "hunter",
    "фермер": "farmer",
    "клоузер": "closer",
    "документовед": "documents",
    "ассистент": "assistant",
    "помощник": "assistant",
}
_CONTACTS = (ActivityType.CALL, ActivityType.MESSAGE, ActivityType.EMAIL)
_NOBODY_THERE = (Outcome.NO_ANSWER, Outcome.VOICEMAIL, Outcome.IVR)
_SETTLES_NOTHING_S = 10.0  # as the verifier has it: so short a call hides nothing


@dataclass(frozen=True, slots=True)
class Board:
    """A pipeline's line with the CRM's columns: `places` by stage id, columns outside it aside.

    `whole` are requirements that only all of their evidence together proves, such as payments
    that come up to the deal's amount.
    """

    line: Line
    places: Mapping[str, int]
    whole: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OfDeal:
    """All that is known of a deal: its card, what was judged, and what belongs to it.

    `calls`, `activities` and `moves` stand in any order. `company` is the client's, where the deal
    or its first contact has one. `lead_in` is how long before the card evidence counts for it.
    """

    deal: Deal
    verdict: DealVerdict
    calls: Sequence[JudgedCall] = ()
    activities: Sequence[Activity] = ()
    moves: Sequence[StageChange] = ()
    company: str | None = None
    lead_in: timedelta = field(default=timedelta(days=1))

    @property
    def since(self) -> datetime:
        """From when on something counts for the deal."""
        return self.deal.created_at - self.lead_in

    def outside(self) -> list[JudgedCall]:
        """The calls with the client that count for the deal, in the order of time."""
        own = [one for one in self.calls if is_outside(one) and one.call.started_at >= self.since]
        return sorted(own, key=lambda one: (one.call.started_at, one.call.call_id))


def person(user: User) -> Person:
    """One of ours with the roles of the conveyor; the CRM may name several between commas."""
    return Person(user.id, user.name, roles_of(user.role))


def roles_of(role: str | None) -> tuple[str, ...]:
    """The roles that a CRM's text names: in small letters, the known ones by their English name."""
    named = (part.strip().casefold() for part in _BETWEEN_ROLES.split(role or ""))
    return tuple(dict.fromkeys(_ROLES.get(one, one) for one in named if one))


def deal_fact(known: OfDeal, board: Board, people: Mapping[str, Person]) -> DealFact:
    """What figures ask of a deal.

    - `recorded` is the place of the column that the card stands in, ``None`` once it is lost;
      `reached` the furthest that the card ever stood in, by its moves (`figures.card`).
    - `proved`, `verified`, `blocked` and `unsure` follow from the verdicts (`figures.proof`).
    - `first_contact_at`: see `first_contact`.
    - `talks` are the calls in which both sides spoke in substance, `calls` those that somebody
      answered, `unheard` those of them that nobody could understand.
    - `payments` are those that the CRM says came in, refunds below zero.
    """
    deal = known.deal
    recorded = None if deal.status is StageKind.LOST else board.places.get(deal.stage_id)
    reached = max(places_of(deal, known.moves, board.places), default=recorded)
    proof = stages_proved(
        known.verdict,
        board.line,
        created_at=deal.created_at,
        is_lost=deal.status is StageKind.LOST,
        recorded=recorded,
        reached=reached,
        whole=board.whole,
    )
    outside = known.outside()
    answered = [one for one in outside if is_answered(one)]
    return DealFact(
        deal_id=deal.id,
        name=deal.name,
        pipeline_id=deal.pipeline_id,
        user_id=deal.responsible_id,
        roles=_roles(deal.responsible_id, people),
        source=(deal.source or "").strip() or None,
        client=_client(known),
        amount=deal.amount,
        currency=deal.currency,
        status=deal.status,
        created_at=deal.created_at,
        closed_at=deal.closed_at,
        first_contact_at=first_contact(known),
        recorded=recorded,
        reached=reached,
        verified=proof.verified,
        blocked=proof.blocked,
        unsure=proof.unsure,
        gap=known.verdict.gap,
        visits=visits_of(deal, known.moves, board.places),
        proved=proof.proved,
        requirements=proof.requirements,
        payments=payments_of(known.activities),
        talks=tuple(one.call.started_at for one in outside if _is_talk(one)),
        calls=len(answered),
        unheard=sum(not is_heard(one) for one in answered),
    )


def first_contact(known: OfDeal) -> datetime:
    """When the client and we first had to do with each other about the deal.

    The earliest outside call of the deal, answered or not, or call, message or e-mail in the CRM
    that took place; the card's making where nothing came before it.
    """
    spoken = [one.call.started_at for one in known.outside()]
    written = [
        at
        for one in known.activities
        if one.type in _CONTACTS and (at := _done_at(one)) is not None and at >= known.since
    ]
    return min([known.deal.created_at, *spoken, *written])


def payments_of(activities: Sequence[Activity]) -> tuple[Payment, ...]:
    """The money that came in, in the order of time; what is only planned is none."""
    paid = [
        (at, one.id, -one.amount if one.direction == "out" else one.amount)
        for one in activities
        if one.type is ActivityType.PAYMENT and one.amount and (at := _done_at(one)) is not None
    ]
    return tuple(Payment(at, amount) for at, _, amount in sorted(paid))


def promise_facts(
    known: OfDeal, recorded: int | None, people: Mapping[str, Person]
) -> tuple[PromiseFact, ...]:
    """What was promised in a deal's calls; whose it is says the call, else the card."""
    deal = known.deal
    users = {one.call.call_id: one.call.user_id for one in known.calls}
    found = []
    for one in known.verdict.promises:
        user = users.get(one.call_id) or deal.responsible_id
        found.append(
            PromiseFact(
                deal_id=deal.id,
                pipeline_id=deal.pipeline_id,
                call_id=one.call_id,
                type=one.type,
                by=one.by,
                user_id=user,
                roles=_roles(user, people),
                made_at=one.made_at,
                deadline=one.deadline,
                state=one.state,
                done_at=one.done_at,
                quote=one.quote,
                amount=deal.amount,
                currency=deal.currency,
                place=recorded,
            )
        )
    return tuple(found)


def call_fact(
    one: JudgedCall, pipeline_id: str | None, people: Mapping[str, Person]
) -> CallFact | None:
    """What figures ask of a call; ``None`` for one among ourselves.

    It was answered where somebody was there: not an answering machine, nor a menu. Where nobody
    says so, a recording does. It was heard where its words could be judged, or where somebody
    said what was said; one too short to settle anything hides nothing.
    """
    if not is_outside(one):
        return None
    answered = is_answered(one)
    seconds = one.duration_s if one.duration_s is not None else one.call.talk_s
    return CallFact(
        call_id=one.call.call_id,
        at=one.call.started_at,
        user_id=one.call.user_id,
        roles=_roles(one.call.user_id, people),
        deal_id=one.match.deal_id if one.match else None,
        pipeline_id=pipeline_id,
        outcome=one.outcome,
        answered=answered,
        heard=answered and is_heard(one),
        seconds=float(seconds or 0.0) if answered else 0.0,
        actions=tuple(ActionFact(a.type, a.status, a.speaker) for a in one.actions),
    )


def is_outside(one: JudgedCall) -> bool:
    """Whether it was with somebody who is not ours."""
    return one.call.direction is not Direction.INTERNAL and one.outcome is not Outcome.INTERNAL


def is_answered(one: JudgedCall) -> bool:
    """Whether somebody was there at the other end."""
    if one.outcome in _NOBODY_THERE:
        return False
    if one.outcome is Outcome.CONVERSATION or one.call.answered is None:
        return one.understood or one.call.recording is not None
    return one.call.answered


def is_heard(one: JudgedCall) -> bool:
    """Whether nothing that was said in it is hidden from us."""
    if one.understood:
        heard = one.outcome is not Outcome.UNINTELLIGIBLE
    else:
        heard = one.call.talk_s is not None and one.call.talk_s < _SETTLES_NOTHING_S
    return heard or any(isinstance(action, CorrectedAction) for action in one.actions)


def _is_talk(one: JudgedCall) -> bool:
    return one.understood and one.outcome is Outcome.CONVERSATION


def _client(known: OfDeal) -> str:
    company = known.deal.company_id or known.company
    if company:
        return f"company:{company}"
    contact = next(iter(known.deal.contact_ids), None)
    return f"contact:{contact}" if contact else f"deal:{known.deal.id}"


def _roles(user: str | None, people: Mapping[str, Person]) -> tuple[str, ...]:
    one = people.get(user or "")
    return one.roles if one else ()


def _done_at(record: Activity) -> datetime | None:
    """When it happened; ``None`` for what is only planned."""
    if record.completed_at is not None:
        return record.completed_at
    return record.created_at if record.due_at is None else None
