"""Calls that no card explains and calls that left no recording."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from classify.verification.call_checks import said
from classify.verification.case import ended_at, is_conversation
from classify.verification.sentences import Said, moment_said, say
from classify.verification.world import World
from models.vocabulary.action import ActionType
from models.vocabulary.call import Direction
from models.vocabulary.deal import Deal
from models.vocabulary.verdict import Evidence, Flag, FlagKind, FlagSeverity, JudgedCall


def missing_recordings(world: World) -> list[Flag]:
    """Every answered outside call without a usable file."""
    return [
        _missing_recording(world, call)
        for call in world.calls
        if call.call.answered
        and not call.understood
        and not call.waits
        and call.call.direction is not Direction.INTERNAL
    ]


def _missing_recording(world: World, call: JudgedCall) -> Flag:
    told = say("missing_recording", at=_local(world, call.call.started_at))
    return Flag(
        kind=FlagKind.MISSING_RECORDING,
        severity=FlagSeverity.LOW,
        explanation=told.ru,
        explanation_en=told.en,
        deal_id=call.match.deal_id if call.match else None,
        call_id=call.call.call_id,
        user_id=call.call.user_id,
        at=call.call.started_at,
        evidence=(Evidence("call", call.call.call_id, call.call.started_at),),
    )


def unregistered_leads(world: World) -> list[Flag]:
    """Conversations with strangers for whom no card was made in time."""
    flags = []
    told: set[str] = set()
    for call in world.calls:
        number = call.call.client_number
        if number is None or number in told or not _is_lead(world, call):
            continue
        told.add(number)
        flags.append(_lead_flag(world, call))
    return flags


def _is_lead(world: World, call: JudgedCall) -> bool:
    if not is_conversation(call) or call.call.direction is Direction.INTERNAL:
        return False
    due = ended_at(call) + timedelta(minutes=world.clock.settings.card_minutes)
    if due > world.clock.as_of:
        return False
    if call.match is None or call.match.deal_id is None:
        ambiguous = call.match is not None and bool(call.match.alternatives)
        return not ambiguous and call.call.client_number not in world.known_numbers
    return _card_came_late(world, call, due)


def _card_came_late(world: World, call: JudgedCall, due: datetime) -> bool:
    """Whether the only card of somebody who called us was made after its time.

    A contact without any deal before could have been made with the late card: the CRM does
    not say when contacts were.
    """
    deal = _deal_of(world, call)
    if deal is None or not world.judges(deal):
        return False
    if call.call.direction is not Direction.IN or deal.created_at <= due:
        return False
    people = set(deal.contact_ids)
    older = [
        d
        for d in world.snapshot.deals
        if d.created_at <= call.call.started_at
        and (people & set(d.contact_ids) or (d.company_id and d.company_id == deal.company_id))
    ]
    known_before = any(
        a.created_at < call.call.started_at for a in world.activities_of_deal.get(deal.id, ())
    )
    within = deal.created_at - call.call.started_at
    day = timedelta(hours=world.clock.settings.lead_in_hours)
    return not older and not known_before and within <= day


def _deal_of(world: World, call: JudgedCall) -> Deal | None:
    deal_id = call.match.deal_id if call.match else None
    return world.deals.get(deal_id or "")


def _lead_flag(world: World, call: JudgedCall) -> Flag:
    deal = _deal_of(world, call)
    minutes = world.clock.settings.card_minutes
    told = say(
        "late_card" if deal else "no_card",
        number=call.call.client_number or "—",
        minutes=minutes,
        at=_local(world, call.call.started_at),
        made=_local(world, deal.created_at) if deal else "",
    )
    interest = said([call], (ActionType.INTEREST_EXPRESSED, ActionType.NEEDS_CLARIFIED))
    words = (interest[0].action.quote, interest[0].action.start) if interest else (None, None)
    return Flag(
        kind=FlagKind.UNREGISTERED_LEAD,
        severity=FlagSeverity.MEDIUM if deal else FlagSeverity.HIGH,
        explanation=told.ru,
        explanation_en=told.en,
        deal_id=deal.id if deal else None,
        call_id=call.call.call_id,
        user_id=call.call.user_id,
        at=ended_at(call) + timedelta(minutes=minutes),
        evidence=(Evidence("call", call.call.call_id, call.call.started_at, *words),),
    )


def strangers(calls: Sequence[JudgedCall]) -> list[JudgedCall]:
    """The understood outside calls that are no deal's, and could be no other's."""
    return [
        call
        for call in calls
        if call.understood
        and call.call.direction is not Direction.INTERNAL
        and (call.match is None or (call.match.deal_id is None and not call.match.alternatives))
    ]


def _local(world: World, moment: datetime) -> Said:
    return moment_said(moment.astimezone(world.clock.calendar.zone))
