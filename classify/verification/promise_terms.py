"""What a promise says: by whom, until when, and whether a later word replaced it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from classify.verification.call_checks import Said, said, slot_day, slot_moment
from classify.verification.case import Clock
from models.vocabulary.action import ActionStatus, ActionType
from models.vocabulary.correction import corrected_by
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import JudgedCall, Promise, PromiseState

AGENT, CLIENT = "agent", "client"

_BY_CLIENT = frozenset({ActionType.PAYMENT, ActionType.CONTRACT_SIGNED})
AGREED = (ActionType.FOLLOW_UP_AGREED, ActionType.MEETING_BOOKED)
_I_CALL = re.compile(
    r"\b(я|сам|сама|мы)\b.{0,40}\b(пере|по)?(звон(ю|им)|набер(у|[её]м)|напиш(у|ем)|свяж(усь|емся))"
    r"|\bI(?:'ll| will) (call|write|get back)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Owed:
    """A promise in the ledger with the call it was made in.

    `deadline` is when its time is over (tolerance and days off counted), ``None`` for a
    call-back without a day. `start` is the second of the call at which it was said, where known;
    `corrected_by` whose word it is that it was.
    """

    promise: Promise
    call: JudgedCall
    deadline: datetime | None
    done_at: datetime | None = None
    start: float | None = None
    corrected_by: str | None = None

    @property
    def failed(self) -> bool:
        """Whether it was not done in time."""
        return self.promise.state in (PromiseState.BROKEN, PromiseState.LATE)


def is_replaced(calls: Sequence[JudgedCall], one: Said, clock: Clock) -> bool:
    """Whether the same was agreed anew or called off before its time was over."""
    deadline = deadline_of(one, clock)
    statuses: tuple[ActionStatus, ...] = (ActionStatus.DECLINED,)
    if one.action.type is not ActionType.FOLLOW_UP_AGREED:
        statuses += (ActionStatus.PROMISED,)
    if one.action.type is ActionType.MEETING_BOOKED:
        statuses += (ActionStatus.DONE,)
    later = said(calls, (one.action.type,), statuses)
    return any(
        new.key > one.key and new.call is not one.call and (deadline is None or new.at <= deadline)
        for new in later
    )


def deadline_of(one: Said, clock: Clock) -> datetime | None:
    """When a promise's time is over.

    An agreed hour is kept up to the tolerance; a day lasts until midnight, of the next
    working day where it is none; a document or payment without a day has
    `undated_promise_days`, a call-back or meeting without one has no end.
    """
    slots = one.action.slots
    value = slots.get("due") or slots.get("datetime") or slots.get("date")
    moment, day = slot_moment(value), slot_day(value)
    settings = clock.settings
    if one.action.type is ActionType.MEETING_BOOKED and day is not None:
        return clock.calendar.end_of_working_day_from(day)
    if moment is not None:
        return moment + timedelta(minutes=settings.call_back_tolerance_minutes)
    if day is not None:
        return clock.calendar.end_of_working_day_from(day)
    if one.action.type in AGREED:
        return None
    days = timedelta(days=settings.undated_promise_days)
    return clock.calendar.end_of_day(one.at + days)


def who_owes(one: Said) -> str:
    """Which side has to act; a call-back is ours unless the client says that they will call."""
    if one.action.type in _BY_CLIENT:
        return CLIENT
    client_calls = (
        one.action.type is ActionType.FOLLOW_UP_AGREED
        and one.action.speaker is Speaker.CLIENT
        and _I_CALL.search(one.action.quote)
    )
    return CLIENT if client_calls else AGENT


def settled(one: Said, clock: Clock, state: PromiseState, at: datetime | None) -> Owed:
    """The ledger's line for what was said; `at` is when it was done."""
    slots = one.action.slots
    due = slots.get("due") or slots.get("datetime") or slots.get("date")
    deadline = deadline_of(one, clock)
    promise = Promise(
        type=one.action.type.value,
        by=who_owes(one),
        made_at=one.at,
        state=state,
        call_id=one.call.call.call_id,
        quote=one.action.quote,
        due=str(due) if due else None,
        deadline=deadline,
        done_at=at,
    )
    by = corrected_by(one.action)
    return Owed(promise, one.call, deadline, at, one.action.start, by)
