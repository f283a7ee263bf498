"""Checks that listen: actions heard, how calls ended up, what stands agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from classify.evidence import Finding, Hit, State, Window, action_hit, call_hit, found
from classify.verification.case import Case, ended_at, is_conversation, spoken_at
from classify.verification.check_kinds import Answered, FirstContact, Heard, OutcomeCheck
from classify.verification.coverage import is_blind
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue
from models.vocabulary.call import Direction
from models.vocabulary.deal import Activity, ActivityType
from models.vocabulary.verdict import JudgedCall

# Words that a card made from a call bears in its `source`; a cold call is ours, not theirs.
_CALLED_US = ("входящий звонок", "звонок", "телефон", "incoming call", "inbound call", "phone")
_CALLED_BY_US = ("холодн", "исходящ", "cold", "outgoing", "outbound")


@dataclass(frozen=True, slots=True)
class Said:
    """An action in its call; `key` orders it among everything said."""

    action: Action
    call: JudgedCall
    at: datetime
    key: tuple[datetime, int]


def said(
    calls: Sequence[JudgedCall],
    types: Sequence[ActionType],
    statuses: Sequence[ActionStatus] = (ActionStatus.DONE,),
) -> list[Said]:
    """The actions of these types and statuses in the order in which they were said."""
    return sorted(
        (
            Said(action, call, spoken_at(call, action), (call.call.started_at, place))
            for call in calls
            for place, action in enumerate(call.actions)
            if action.type in types and action.status in statuses
        ),
        key=lambda one: one.key,
    )


def everywhere(case: Case) -> Window:
    """The whole period in which evidence counts for the deal."""
    return Window(case.since, case.as_of)


def heard(case: Case, check: Heard) -> Finding:
    """Whether an action was heard and not taken back later."""
    calls = _calls_for(case, with_decision_maker=check.with_decision_maker)
    if check.in_conversation:
        calls = [call for call in calls if is_conversation(call)]
    hits = [
        one
        for one in said(calls, check.action, check.status)
        if (check.speaker is None or one.action.speaker is check.speaker)
        and all(one.action.slots.get(slot) for slot in check.slots)
        and not _of_an_earlier_deal(case, one)
    ]
    undone = [one for part in check.undone_by for one in said(case.calls, part.action, part.status)]
    standing = [one for one in hits if not any(_undoes(later, one) for later in undone)]
    if standing:
        return found(said_hit(one) for one in standing)
    if undone:
        return Finding(State.OPPOSED, (said_hit(max(undone, key=lambda one: one.key)),))
    return Finding(State.NO, window=everywhere(case))


def outcome(case: Case, check: OutcomeCheck) -> Finding:
    """Whether a call ended up so; the decision maker's other deals count for the person."""
    calls = _calls_for(case, with_decision_maker=check.with_decision_maker)
    hits = [
        call_hit(call.call.call_id, call.call.started_at)
        for call in calls
        if call.understood and call.outcome in check.outcome
    ]
    return found(hits) if hits else Finding(State.NO, window=everywhere(case))


def answered(case: Case, check: Answered) -> Finding:
    """Whether everything heard of one kind was followed by an answer; nothing needs none."""
    asked = said(case.calls, check.action)
    replies = said(case.calls, check.by, (ActionStatus.DONE, ActionStatus.PROMISED))
    open_ones = [one for one in asked if not any(reply.key > one.key for reply in replies)]
    if not open_ones:
        return found(said_hit(one) for one in asked)
    hits = tuple(said_hit(one) for one in open_ones)
    return Finding(State.NO, hits, window=Window(open_ones[0].at, case.as_of))


def first_contact(case: Case, check: FirstContact) -> Finding:
    """How the client came to us: by a call, or in another way.

    The hit stands at the end of the call: from then on the card's time runs.
    """
    by_call = _called_first(case)
    if check.by == "call":
        return by_call
    return Finding(State.NO) if by_call.holds else Finding(State.YES)


def _called_first(case: Case) -> Finding:
    """Whether an answered call came before the card and before any written word."""
    before = [
        call
        for call in case.matched_calls
        if call.call.started_at <= case.deal.created_at and was_answered(call)
    ]
    first = min(before, key=lambda call: call.call.started_at, default=None)
    if first is None:
        return _first_contact_unseen(case)
    if any(_from_client(a) and a.created_at < first.call.started_at for a in case.activities):
        return Finding(State.NO)
    hit = call_hit(first.call.call_id, first.call.started_at)
    return found([Hit(hit.evidence, hit.grade, ended_at(first), call_id=hit.call_id)])


def _first_contact_unseen(case: Case) -> Finding:
    """No call before the card: the card's own word, where the recordings begin too late."""
    source = (case.deal.source or "").lower()
    by_call = any(word in source for word in _CALLED_US) and not any(
        word in source for word in _CALLED_BY_US
    )
    unseen = case.first_recording is None or case.deal.created_at < case.first_recording
    return Finding(State.YES if by_call and unseen else State.NO)


def was_answered(call: JudgedCall) -> bool:
    """Whether the client spoke to us: by the words, or by the PBX where there are none."""
    if call.call.direction is Direction.INTERNAL:
        return False
    return is_conversation(call) or is_blind(call)


def said_hit(one: Said) -> Hit:
    """What was said as evidence, with the day it speaks of."""
    slots = one.action.slots
    day = slot_day(slots.get("datetime") or slots.get("date") or slots.get("due"))
    slot = slot_moment(slots.get("datetime") or slots.get("due"))
    return action_hit(one.call.call.call_id, one.at, one.action, day, slot)


def slot_moment(value: SlotValue | None) -> datetime | None:
    """A slot with a day and a clock time as a moment; ``None`` for a day alone."""
    if not isinstance(value, str) or "T" not in value:
        return None
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else None


def slot_day(value: SlotValue | None) -> date | None:
    """The day of a slot."""
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None


def standing_bookings(case: Case) -> list[Said]:
    """The meetings agreed on and not cancelled afterwards, in the order of agreement."""
    both = (ActionStatus.DONE, ActionStatus.DECLINED)
    standing: list[Said] = []
    for one in said(case.calls, (ActionType.MEETING_BOOKED,), both):
        if one.action.status is ActionStatus.DONE:
            standing.append(one)
        else:
            standing = [booking for booking in standing if not _undoes(one, booking)]
    return standing


def _undoes(later: Said, one: Said) -> bool:
    """Whether a later word takes an earlier one back; what is over cannot be called off."""
    return later.key > one.key and not _is_over(one, later.at)


def _of_an_earlier_deal(case: Case, one: Said) -> bool:
    """Whether a meeting that is spoken of took place before this deal began."""
    day = slot_day(one.action.slots.get("date"))
    held = one.action.type is ActionType.MEETING_HELD
    return held and day is not None and day < case.clock.calendar.day_of(case.since)


def _is_over(booking: Said, at: datetime) -> bool:
    """Whether a meeting's time had passed, so that cancelling speaks of another one."""
    slots = booking.action.slots
    moment = slot_moment(slots.get("datetime"))
    if moment is not None:
        return moment < at
    day = slot_day(slots.get("date"))
    return day is not None and day < (at - timedelta(days=1)).date()


def _calls_for(case: Case, *, with_decision_maker: bool) -> list[JudgedCall]:
    if not with_decision_maker:
        return list(case.calls)
    calls = {id(call): call for call in (*case.calls, *case.client_calls) if call.understood}
    return [
        call
        for call in sorted(calls.values(), key=lambda c: c.call.started_at)
        if call.call.started_at >= case.since and _with_decision_maker(case, call)
    ]


def _with_decision_maker(case: Case, call: JudgedCall) -> bool:
    """Whether the one who decides was on the line: by the number, or by their own word."""
    if call.call.client_number in case.decision_maker_numbers:
        return True
    own_words = (ActionType.DECISION_MAKER_IDENTIFIED,)
    return is_conversation(call) and bool(said([call], own_words))


def _from_client(activity: Activity) -> bool:
    written = activity.type in (ActivityType.EMAIL, ActivityType.MESSAGE)
    return written and activity.direction == "in"
