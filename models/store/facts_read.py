"""Rows of facts as words, read directly: there are hundreds of thousands of them."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from models.store.mapping import word_of
from models.vocabulary.action import ActionStatus, ActionType, Outcome
from models.vocabulary.deal import StageKind
from models.vocabulary.figures import (
    ActionFact,
    CallFact,
    DealFact,
    Line,
    Payment,
    Person,
    PromiseFact,
    RequirementFact,
    Visit,
)
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import Gap, PromiseState, Verdict

# A dictionary finds a word many times faster than calling the enumeration.
_OUTCOMES = {one.value: one for one in Outcome}
_TYPES = {one.value: one for one in ActionType}
_STATUSES = {one.value: one for one in ActionStatus}
_SPEAKERS = {one.value: one for one in Speaker}
_KINDS = {one.value: one for one in StageKind}
_GAPS = {one.value: one for one in Gap}
_VERDICTS = {one.value: one for one in Verdict}
_STATES = {one.value: one for one in PromiseState}


def line_of_row(row: Any, zone: tzinfo) -> Line:
    """A pipeline's line."""
    return word_of(Line, row._asdict(), zone)


def person_of_row(row: Any, _zone: tzinfo) -> Person:
    """One of ours."""
    return Person(row.user_id, row.name, tuple(row.roles))


def deal_of_row(row: Any, zone: tzinfo) -> DealFact:
    """A deal's fact, times in `zone`."""
    detail = row.detail
    return DealFact(
        deal_id=row.deal_id,
        name=row.name,
        pipeline_id=row.pipeline_id,
        user_id=row.user_id,
        roles=tuple(row.roles),
        source=row.source,
        client=row.client,
        amount=row.amount,
        currency=row.currency,
        status=_KINDS[row.status],
        created_at=row.created_at.astimezone(zone),
        closed_at=_at(row.closed_at, zone),
        first_contact_at=row.first_contact_at.astimezone(zone),
        recorded=row.recorded,
        reached=row.reached,
        verified=row.verified,
        blocked=row.blocked,
        unsure=row.unsure,
        gap=_GAPS[row.gap],
        visits=tuple(
            Visit(one["place"], _moment(one["since"], zone), _when(one["until"], zone))
            for one in detail["visits"]
        ),
        proved=tuple(_when(one, zone) for one in detail["proved"]),
        requirements=tuple(
            RequirementFact(one["id"], _VERDICTS[one["verdict"]], _when(one["at"], zone))
            for one in detail["requirements"]
        ),
        payments=tuple(
            Payment(_moment(one["at"], zone), one["amount"]) for one in detail["payments"]
        ),
        talks=tuple(_moment(one, zone) for one in detail["talks"]),
        calls=row.calls,
        unheard=row.unheard,
    )


def call_of_row(row: Any, zone: tzinfo) -> CallFact:
    """A call's fact, times in `zone`."""
    return CallFact(
        row.call_id,
        row.at.astimezone(zone),
        row.user_id,
        tuple(row.roles),
        row.deal_id,
        row.pipeline_id,
        _OUTCOMES[row.outcome] if row.outcome is not None else None,
        row.answered,
        row.heard,
        row.seconds,
        tuple(
            ActionFact(
                _TYPES[one["type"]],
                _STATUSES[one["status"]],
                _SPEAKERS[one["speaker"]] if one["speaker"] is not None else None,
            )
            for one in row.actions
        ),
    )


def promise_of_row(row: Any, zone: tzinfo) -> PromiseFact:
    """A promise's fact, times in `zone`."""
    return PromiseFact(
        deal_id=row.deal_id,
        pipeline_id=row.pipeline_id,
        call_id=row.call_id,
        type=row.type,
        by=row.by,
        user_id=row.user_id,
        roles=tuple(row.roles),
        made_at=row.made_at.astimezone(zone),
        deadline=_at(row.deadline, zone),
        state=_STATES[row.state],
        done_at=_at(row.done_at, zone),
        quote=row.quote,
        amount=row.amount,
        currency=row.currency,
        place=row.place,
    )


def _at(value: datetime | None, zone: tzinfo) -> datetime | None:
    return None if value is None else value.astimezone(zone)


def _when(value: str | None, zone: tzinfo) -> datetime | None:
    return None if value is None else _moment(value, zone)


def _moment(value: str, zone: tzinfo) -> datetime:
    return datetime.fromisoformat(value).astimezone(zone)
