"""The ledger of promises: what was promised in a call, by when, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from classify.verification.call_checks import Said, said, slot_day
from classify.verification.case import Case, Clock, ended_at, is_conversation
from classify.verification.coverage import BlindSpot, is_blind
from classify.verification.crm_checks import done_at, fell_through, of_kind, payments, signed
from classify.verification.promise_terms import (
    AGENT,
    AGREED,
    Owed,
    deadline_of,
    is_replaced,
    settled,
    who_owes,
)
from models.vocabulary.action import ActionStatus, ActionType
from models.vocabulary.call import Direction
from models.vocabulary.deal import Activity, ActivityKind, ActivityType
from models.vocabulary.verdict import JudgedCall, PromiseState

_PROMISED = (
    ActionType.PROPOSAL_SENT,
    ActionType.CONTRACT_SENT,
    ActionType.INVOICE_SENT,
    ActionType.CONTRACT_SIGNED,
    ActionType.PAYMENT,
)
# What heard later proves that it was done: to talk over a proposal one must have it.
_PROVES = {
    ActionType.PROPOSAL_SENT: (ActionType.PROPOSAL_SENT, ActionType.PROPOSAL_DISCUSSED),
    ActionType.CONTRACT_SENT: (ActionType.CONTRACT_SENT, ActionType.CONTRACT_SIGNED),
    ActionType.INVOICE_SENT: (ActionType.INVOICE_SENT,),
    ActionType.CONTRACT_SIGNED: (ActionType.CONTRACT_SIGNED,),
    ActionType.PAYMENT: (),
}
_KINDS = {
    ActionType.PROPOSAL_SENT: ActivityKind.PROPOSAL,
    ActionType.CONTRACT_SENT: ActivityKind.CONTRACT,
    ActionType.INVOICE_SENT: ActivityKind.INVOICE,
}


def ledger(case: Case, all_calls: Sequence[JudgedCall]) -> list[Owed]:
    """What was promised in a deal's calls, in the order of promising.

    A promise that was renewed, moved or called off before its time is replaced by what
    was agreed then. `all_calls` are the client's: any attempt keeps a call-back.
    """
    promised = said(case.calls, _PROMISED, (ActionStatus.PROMISED,)) + said(case.calls, AGREED)
    owed = [
        _settle(case, one, all_calls)
        for one in promised
        if not is_replaced(case.calls, one, case.clock)
    ]
    return sorted(owed, key=lambda o: (o.promise.made_at, o.promise.type))


def _settle(case: Case, one: Said, all_calls: Sequence[JudgedCall]) -> Owed:
    """How a promise stands; not broken while what may be another deal's would have kept it."""
    owed = _settle_by(case, one, all_calls)
    if owed.promise.state is not PromiseState.BROKEN or case.is_settled:
        return owed
    perhaps = _settle_by(case.with_unsettled(), one, all_calls)
    if perhaps.promise.state is PromiseState.BROKEN:
        return owed
    return settled(one, case.clock, PromiseState.UNKNOWN, None)


def _settle_by(case: Case, one: Said, all_calls: Sequence[JudgedCall]) -> Owed:
    if one.action.type in _PROMISED:
        return _settle_thing(case, one)
    if one.action.type is ActionType.MEETING_BOOKED:
        return _settle_meeting(case, one)
    return settle_call_back(one, all_calls, case.clock, case)


def promises_without_deal(
    call: JudgedCall, all_calls: Sequence[JudgedCall], clock: Clock
) -> list[Owed]:
    """What was promised in a call that no deal explains: only call-backs can be proved."""
    own = [c for c in all_calls if c.call.client_number == call.call.client_number]
    things = [
        settled(one, clock, PromiseState.UNKNOWN, None)
        for one in said([call], _PROMISED, (ActionStatus.PROMISED,))
    ]
    backs = [
        settle_call_back(one, all_calls, clock, None)
        for one in said([call], (ActionType.FOLLOW_UP_AGREED,))
        if not is_replaced(own, one, clock)
    ]
    return things + backs


def settle_call_back(
    one: Said, all_calls: Sequence[JudgedCall], clock: Clock, case: Case | None
) -> Owed:
    """A call-back is kept by any attempt of ours in time, answered or not, or by the client's.

    Where no PBX ledger was given, or none came of that time, attempts that nobody answered
    cannot be seen, and an absence proves nothing.
    """
    deadline = deadline_of(one, clock)
    by = who_owes(one)
    contacts = _contacts(one, all_calls, clock, case, by)
    if contacts:
        at = contacts[0]
        late = deadline is not None and at > deadline
        return settled(one, clock, PromiseState.LATE if late else PromiseState.KEPT, at)
    if deadline is None or deadline >= clock.as_of:
        return settled(one, clock, PromiseState.OPEN, None)
    closed = case.deal.closed_at if case else None
    if closed is not None and closed <= deadline:
        return settled(one, clock, PromiseState.UNKNOWN, None)
    unseen = any(spot.touches(one.at, deadline) for spot in clock.silences)
    seen = clock.sees_attempts and not unseen
    state = PromiseState.BROKEN if seen else PromiseState.UNKNOWN
    return settled(one, clock, state, None)


def _contacts(
    one: Said, all_calls: Sequence[JudgedCall], clock: Clock, case: Case | None, by: str
) -> list[datetime]:
    start = max(ended_at(one.call), one.at)
    number = one.call.call.client_number
    deal_id = case.deal.id if case else None
    times = [
        c.call.started_at
        for c in all_calls
        if start < c.call.started_at <= clock.as_of
        and c.call.direction is not Direction.INTERNAL
        and _same_client(c, number, deal_id)
        and (_attempt(c) or _reached(c))
    ]
    if case is not None:
        times += [
            done_at(a)
            for a in case.activities
            if a.created_at > start and _is_contact(a, by) and a.call_id is None
        ]
    return sorted(times)


def _attempt(call: JudgedCall) -> bool:
    return call.call.direction is not Direction.IN


def _reached(call: JudgedCall) -> bool:
    return is_conversation(call) or is_blind(call)


def _is_contact(record: Activity, by: str) -> bool:
    """A call or a message of the side that owed the contact, written down in the CRM."""
    if record.type is ActivityType.CALL:
        return record.completed_at is not None or record.due_at is None
    return (
        record.type is ActivityType.MESSAGE
        and record.user_id is not None
        and record.direction == ("out" if by == AGENT else "in")
    )


def _same_client(call: JudgedCall, number: str | None, deal_id: str | None) -> bool:
    if deal_id is not None and call.match and call.match.deal_id == deal_id:
        return True
    return number is not None and call.call.client_number == number


def _settle_meeting(case: Case, one: Said) -> Owed:
    """An agreed meeting is kept when it was held: by the CRM's word or a later call's."""
    deadline = deadline_of(one, case.clock)
    held = _held_after(case, one)
    if held is not None:
        return settled(one, case.clock, PromiseState.KEPT, held)
    if deadline is None or deadline >= case.as_of:
        return settled(one, case.clock, PromiseState.OPEN, None)
    if _blind_after(case, one.at) or case.lost:
        return settled(one, case.clock, PromiseState.UNKNOWN, None)
    planned = _crm_meetings(case, one)
    if any(m.due_at and m.due_at > case.as_of for m in planned):
        return settled(one, case.clock, PromiseState.UNKNOWN, None)  # moved without a call
    return settled(one, case.clock, PromiseState.BROKEN, None)


def _held_after(case: Case, one: Said) -> datetime | None:
    day = slot_day(one.action.slots.get("datetime") or one.action.slots.get("date"))
    spoken = [
        later.at
        for later in said(case.calls, (ActionType.MEETING_HELD,))
        if later.key > one.key and _speaks_of(later, day)
    ]
    done = [m.completed_at for m in _crm_meetings(case, one) if m.completed_at]
    return min([*spoken, *done], default=None)


def _speaks_of(later: Said, day: object) -> bool:
    named = slot_day(later.action.slots.get("date"))
    return named is None or day is None or named == day


def _crm_meetings(case: Case, one: Said) -> list[Activity]:
    return [
        a
        for a in case.activities
        if a.type is ActivityType.MEETING
        and not fell_through(case, a)
        and (a.completed_at is None or a.completed_at > one.at)
    ]


def _settle_thing(case: Case, one: Said) -> Owed:
    """A document or a payment: the CRM proves it, for documents a later call as well."""
    deadline = deadline_of(one, case.clock)
    if one.action.type is ActionType.PAYMENT:
        records = [done_at(a) for a in payments(case) if _is_after(a, one)]
    elif one.action.type is ActionType.CONTRACT_SIGNED:
        records = [
            done_at(a)
            for a in case.activities
            if a.kind is ActivityKind.CONTRACT and signed(a) and _is_after(a, one)
        ]
    else:
        sent = [*of_kind(case, _KINDS[one.action.type]), *_answers(case, one.action.type)]
        records = [done_at(a) for a in sent if _is_after(a, one)]
    if records:
        at = min(records)
        late = deadline is not None and at > deadline
        return settled(one, case.clock, PromiseState.LATE if late else PromiseState.KEPT, at)
    proofs = [p.at for p in said(case.calls, _PROVES[one.action.type]) if p.key > one.key]
    if proofs:
        return settled(one, case.clock, PromiseState.KEPT, proofs[0])
    return settled(one, case.clock, _without_proof(case, one, deadline), None)


def _answers(case: Case, sent: ActionType) -> list[Activity]:
    """What only somebody who had the document could do: sign the contract, pay the invoice."""
    if sent is ActionType.CONTRACT_SENT:
        return [a for a in case.activities if a.kind is ActivityKind.CONTRACT and signed(a)]
    return payments(case) if sent is ActionType.INVOICE_SENT else []


def _without_proof(case: Case, one: Said, deadline: datetime | None) -> PromiseState:
    if deadline is None or deadline >= case.as_of:
        return PromiseState.OPEN
    claimed = said(case.calls, (one.action.type,))  # "we have paid": words, no money
    if any(later.key > one.key for later in claimed) or _blind_after(case, one.at):
        return PromiseState.UNKNOWN
    closed = case.deal.closed_at
    if case.lost and (closed is None or closed <= deadline):
        return PromiseState.UNKNOWN
    return PromiseState.BROKEN


def _is_after(record: Activity, one: Said) -> bool:
    return done_at(record) >= one.call.call.started_at


def _blind_after(case: Case, at: datetime) -> list[BlindSpot]:
    return [spot for spot in case.blind_spots if spot.goes_on_after(at)]
