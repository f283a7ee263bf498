"""What a plan's items count, as events: when, whose, and of which deal or call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from figures import plan_form as form
from figures.orders import first_orders
from models.vocabulary.action import Outcome
from models.vocabulary.figures import CallFact, DealFact, Facts, Line, LineStage
from models.vocabulary.verdict import Severity, Verdict

_NOT_AGAINST = frozenset({Verdict.MET, Verdict.WAIVED, Verdict.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that counts. `value` is 1, hours, conversations or money."""

    at: datetime
    user_id: str | None
    roles: tuple[str, ...]
    deal_id: str | None
    call_id: str | None = None
    value: float = 1.0


@dataclass(frozen=True, slots=True)
class Events:
    """What is sure, what nobody can tell, and what the CRM says (``None``: it says nothing)."""

    sure: tuple[Event, ...]
    unsure: tuple[Event, ...] = ()
    recorded: tuple[Event, ...] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What events are taken from: a pipeline's deals and calls, and all first orders."""

    line: Line
    deals: tuple[DealFact, ...]
    calls: tuple[CallFact, ...]
    first: Mapping[str, str] = field(default_factory=dict)  # first order's deal id by client


def source_of(facts: Facts, line: Line) -> Source:
    """What a pipeline's events are taken from."""
    return Source(
        line,
        tuple(one for one in facts.deals if one.pipeline_id == line.pipeline_id),
        tuple(one for one in facts.calls if one.pipeline_id == line.pipeline_id),
        {client: order.deal_id for client, order in first_orders(facts.deals).items()},
    )


def fits(line: Line, item: form.Item) -> bool:
    """Whether the pipeline's rules know (and can prove) all that an item measures by."""
    measure = item.measure
    if isinstance(measure, form.Proved | form.Repeat):
        return _provable(line, measure.stage)
    if isinstance(measure, form.Requirement):
        return _requirement_place(line, measure.id) is not None
    if isinstance(measure, form.Hours):
        return all(
            _provable(line, key) or _requirement_place(line, key) is not None
            for key in (measure.since, measure.until)
        )
    return True


def events_of(source: Source, item: form.Item) -> Events:
    """All events of an item, of any time and of everybody; the line must fit it."""
    measure = item.measure
    if isinstance(measure, form.Heard | form.Conversations):
        return _calls(source, measure)
    if isinstance(measure, form.Repeat):
        return _repeats(source, measure, item.goal.at_least if item.goal else None)
    if isinstance(measure, form.Paid):
        return Events(tuple(_payments(source, measure)))
    if isinstance(measure, form.Hours):
        return _hours(source, measure)
    return _proofs(source, measure)


def _proofs(source: Source, measure: form.Proved | form.Requirement) -> Events:
    if isinstance(measure, form.Proved):
        return _proved(source, measure)
    return _required(source, measure)


def _proved(source: Source, measure: form.Proved) -> Events:
    place = _place(source.line, measure.stage)
    sure = [_of_deal(one, at) for one in source.deals if (at := _proof(one, place)) is not None]
    unsure = [
        _of_deal(one, at)
        for one in source.deals
        if (at := _moved_to(one, place)) is not None
        and _proof(one, place) is None
        and _nobody_knows(one, source.line.stages[place])
    ]
    recorded = [
        _of_deal(one, at) for one in source.deals if (at := _moved_to(one, place)) is not None
    ]
    if measure.of == "deals":
        return Events(tuple(sure), tuple(unsure), tuple(recorded))
    clients = {one.deal_id: one.client for one in source.deals}
    new = _firsts(sure, clients)
    perhaps = _firsts(unsure, clients)
    return Events(
        tuple(new.values()),
        tuple(event for client, event in perhaps.items() if client not in new),
        tuple(_firsts(recorded, clients).values()),
    )


def _firsts(events: Iterable[Event], clients: Mapping[str, str]) -> dict[str, Event]:
    """The earliest event of each client."""
    found: dict[str, Event] = {}
    for event in sorted(events, key=lambda one: (one.at, one.deal_id or "")):
        found.setdefault(clients[event.deal_id or ""], event)
    return found


def _required(source: Source, measure: form.Requirement) -> Events:
    place = _requirement_place(source.line, measure.id) or 0
    sure, unsure = [], []
    for deal in source.deals:
        for one in deal.requirements:
            if one.id != measure.id:
                continue
            if one.verdict is Verdict.MET and one.at is not None:
                sure.append(_of_deal(deal, one.at))
            moved = _moved_to(deal, place)
            if one.verdict is Verdict.UNKNOWN and moved is not None:
                unsure.append(_of_deal(deal, moved))
    return Events(tuple(sure), tuple(unsure))


def _is_heard(call: CallFact, measure: form.Heard) -> bool:
    return any(
        one.type is measure.action
        and one.status is measure.status
        and measure.speaker in (None, one.speaker)
        for one in call.actions
    )


def _calls(source: Source, measure: form.Heard | form.Conversations) -> Events:
    """Calls that count; an answered one that nobody could understand may have counted."""
    least = measure.seconds if isinstance(measure, form.Conversations) else 0.0
    sure, unsure = [], []
    for call in source.calls:
        if not call.heard:
            if call.answered and call.seconds >= least:
                unsure.append(_of_call(call))
        elif _counts(call, measure):
            sure.append(_of_call(call))
    return Events(tuple(sure), tuple(unsure))


def _counts(call: CallFact, measure: form.Heard | form.Conversations) -> bool:
    if isinstance(measure, form.Heard):
        return _is_heard(call, measure)
    return call.outcome is Outcome.CONVERSATION and call.seconds >= measure.seconds


def _hours(source: Source, measure: form.Hours) -> Events:
    """Hours from one proof to a later one; one that came first is no duration."""
    sure, unsure = [], []
    for deal in source.deals:
        since = _moment(source.line, deal, measure.since)
        until = _moment(source.line, deal, measure.until)
        if until is None:
            continue
        if since is None:
            unsure.append(_of_deal(deal, until))
        elif since <= until:
            sure.append(_of_deal(deal, until, (until - since).total_seconds() / 3600))
    return Events(tuple(sure), tuple(unsure))


def _repeats(source: Source, measure: form.Repeat, enough: float | None) -> Events:
    place = _place(source.line, measure.stage)
    sure: list[Event] = []
    unsure: list[Event] = []
    for deal in source.deals:
        since, until = _came(deal, place), _left(deal, place)
        if since is None or until is None or until < since:
            continue
        talks = sum(since < talk <= until for talk in deal.talks)
        event = _of_deal(deal, until, float(talks))
        is_short = deal.unheard > 0 and (enough is None or talks < enough)
        (unsure if is_short else sure).append(event)
    return Events(tuple(sure), tuple(unsure))


def _came(deal: DealFact, place: int) -> datetime | None:
    """Since when a deal was on a stage: the stage before was proved, else the card was moved."""
    before = [proof for at in range(place) if (proof := _proof(deal, at)) is not None]
    proof = _proof(deal, place - 1) if place else None
    return proof or _moved_to(deal, place) or max(before, default=None)


def _left(deal: DealFact, place: int) -> datetime | None:
    """When a deal was done with a stage: proved it, or was given up on it."""
    proof = _proof(deal, place)
    return proof if proof is not None else (deal.closed_at if deal.is_lost else None)


def _payments(source: Source, measure: form.Paid) -> Iterator[Event]:
    for deal in source.deals:
        is_first = source.first.get(deal.client) == deal.deal_id
        wanted = measure.purchase == "any" or (measure.purchase == "first") == is_first
        if deal.currency != measure.currency or not wanted:
            continue
        for one in deal.payments:
            if measure.of == "money":
                yield _of_deal(deal, one.at, one.amount)
            elif one.amount > 0:
                yield _of_deal(deal, one.at)


def _of_deal(deal: DealFact, at: datetime, value: float = 1.0) -> Event:
    return Event(at, deal.user_id, deal.roles, deal.deal_id, None, value)


def _of_call(call: CallFact) -> Event:
    return Event(call.at, call.user_id, call.roles, call.deal_id, call.call_id)


def _moment(line: Line, deal: DealFact, key: str) -> datetime | None:
    """When a stage was proved, or a requirement met."""
    if _requirement_place(line, key) is None:
        return _proof(deal, _place(line, key))
    met = (one.at for one in deal.requirements if one.id == key and one.verdict is Verdict.MET)
    return next(met, None)


def _proof(deal: DealFact, place: int) -> datetime | None:
    return deal.proved[place] if place < len(deal.proved) else None


def _moved_to(deal: DealFact, place: int) -> datetime | None:
    """When the card first came to a place or beyond it."""
    return min((one.since for one in deal.visits if one.place >= place), default=None)


def _nobody_knows(deal: DealFact, stage: LineStage) -> bool:
    """Whether nothing speaks against a stage and something critical cannot be told."""
    critical = {one.id for one in stage.requirements if one.severity is Severity.CRITICAL}
    verdicts = {one.verdict for one in deal.requirements if one.id in critical}
    return Verdict.UNKNOWN in verdicts and verdicts <= _NOT_AGAINST


def _place(line: Line, stage: str) -> int:
    return next(at for at, one in enumerate(line.stages) if one.key == stage)


def _provable(line: Line, stage: str) -> bool:
    return any(one.key == stage and one.is_provable for one in line.stages)


def _requirement_place(line: Line, name: str) -> int | None:
    return next(
        (at for at, one in enumerate(line.stages) if any(r.id == name for r in one.requirements)),
        None,
    )
