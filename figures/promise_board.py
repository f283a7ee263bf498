"""The promise board: what was promised, how it stands today, what hangs on what was not done."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from figures.promise_results import (
    BoardLine,
    BrokenCost,
    PersonPromises,
    PromiseBoard,
    Standing,
)
from figures.scope import Period
from figures.share import Share, spread
from models.vocabulary.action import ActionType
from models.vocabulary.figures import DealFact, Facts, LineStage, PromiseFact
from models.vocabulary.verdict import PromiseState

AGENT, CLIENT = "agent", "client"
MINIMUM = 10
_DONE = {
    PromiseState.KEPT: Standing.KEPT,
    PromiseState.LATE: Standing.LATE,
    PromiseState.BROKEN: Standing.BROKEN,
    PromiseState.UNKNOWN: Standing.UNKNOWN,
}
_URGENCY = (
    Standing.DUE_TODAY,
    Standing.BROKEN,
    Standing.OPEN,
    Standing.UNKNOWN,
    Standing.LATE,
    Standing.KEPT,
)
_FOLLOW_UPS = frozenset({ActionType.FOLLOW_UP_AGREED.value, ActionType.MEETING_BOOKED.value})


def promise_board(
    facts: Facts, period: Period | None = None, ahead_days: int = 3, minimum: int = MINIMUM
) -> PromiseBoard:
    """All promises and how they stand at the facts' moment; the CRM's time zone decides today.

    `period`: of those that are over only whose deadline lies in it (without one: when it was
    made); what is open is always there. `ahead_days`: for how many days after today follow-ups
    are listed. `minimum`: the least sample by which people may be compared.
    """
    today = facts.as_of.astimezone(facts.zone).date()
    deals = {one.deal_id: one for one in facts.deals}
    lines = [_line(facts, deals, one, today) for one in facts.promises]
    chosen = sorted(filter(lambda one: _is_shown(one, period), lines), key=_urgency)
    broken = _costs(deals, chosen)
    last = today + timedelta(days=ahead_days)
    return PromiseBoard(
        as_of=facts.as_of,
        today=today,
        lines=tuple(chosen),
        people=_people(chosen, minimum),
        ours=_summed(None, AGENT, [one for one in chosen if one.promise.by == AGENT], minimum),
        clients=_summed(None, CLIENT, [one for one in chosen if one.promise.by == CLIENT], minimum),
        follow_ups=tuple(one for one in chosen if _is_due(facts, one, last)),
        broken=broken,
        money=_money(broken),
        lost=_money(one for one in broken if one.lost_after),
        no_amount=sum(one.amount is None for one in broken),
    )


def standing(promise: PromiseFact, facts: Facts, today: date) -> Standing:
    """How a promise stands on a day; one whose day is over unjudged, nobody can tell."""
    if promise.state is not PromiseState.OPEN:
        return _DONE[promise.state]
    if promise.deadline is None:
        return Standing.OPEN
    day = promise.deadline.astimezone(facts.zone).date()
    if day == today:
        return Standing.DUE_TODAY
    return Standing.OPEN if day > today else Standing.UNKNOWN


def _line(facts: Facts, deals: dict[str, DealFact], promise: PromiseFact, today: date) -> BoardLine:
    deal = deals.get(promise.deal_id)
    stage = _stage(facts, promise)
    left = _hours(facts.as_of, promise.deadline)
    is_late = promise.state is PromiseState.LATE and promise.done_at is not None
    return BoardLine(
        promise=promise,
        standing=standing(promise, facts, today),
        deal_name=deal.name if deal is not None else "",
        client=deal.client if deal is not None else None,
        stage_key=stage.key if stage is not None else None,
        stage_ru=stage.name_ru if stage is not None else None,
        stage_en=stage.name_en if stage is not None else None,
        deal_lost=deal is not None and deal.is_lost,
        hours_left=left if promise.state is PromiseState.OPEN else None,
        delay=_hours(promise.deadline, promise.done_at) if is_late else None,
    )


def _stage(facts: Facts, promise: PromiseFact) -> LineStage | None:
    line, place = facts.line(promise.pipeline_id), promise.place
    if line is None or place is None or place >= len(line.stages):
        return None
    return line.stages[place]


def _hours(since: datetime | None, until: datetime | None) -> float | None:
    if since is None or until is None:
        return None
    return (until - since).total_seconds() / 3600


def _is_shown(line: BoardLine, period: Period | None) -> bool:
    if period is None or line.promise.state is PromiseState.OPEN:
        return True
    return period.holds(line.promise.deadline or line.promise.made_at)


def _urgency(line: BoardLine) -> tuple[int, float, float, str, str]:
    """Sorts by urgency, then by deadline (none last), then by who was promised when."""
    promise = line.promise
    until = promise.deadline.timestamp() if promise.deadline is not None else math.inf
    made = promise.made_at.timestamp()
    return _URGENCY.index(line.standing), until, made, promise.deal_id, promise.type


def _is_due(facts: Facts, line: BoardLine, last: date) -> bool:
    """Whether it is a call-back or a meeting of ours that is to come by a day."""
    promise = line.promise
    if promise.by != AGENT or promise.type not in _FOLLOW_UPS or promise.deadline is None:
        return False
    is_open = line.standing in {Standing.OPEN, Standing.DUE_TODAY}
    return is_open and promise.deadline.astimezone(facts.zone).date() <= last


def _people(lines: Iterable[BoardLine], minimum: int) -> tuple[PersonPromises, ...]:
    """By person and side, who broke most first; nobody's come last."""
    by: dict[tuple[str | None, str], list[BoardLine]] = defaultdict(list)
    for one in lines:
        by[one.promise.user_id, one.promise.by].append(one)
    found = [_summed(user, side, some, minimum) for (user, side), some in by.items()]
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.by,
                one.user_id is None,
                -one.counts[Standing.BROKEN],
                one.user_id or "",
            ),
        )
    )


def _summed(
    user_id: str | None, by: str, lines: Sequence[BoardLine], minimum: int
) -> PersonPromises:
    counts = Counter(one.standing for one in lines)
    settled = sum(counts[one] for one in (Standing.KEPT, Standing.LATE, Standing.BROKEN))
    of_deal = {one.promise.deal_id: one.promise for one in lines if one.standing is Standing.BROKEN}
    return PersonPromises(
        user_id=user_id,
        by=by,
        counts={one: counts[one] for one in Standing},
        kept=Share(counts[Standing.KEPT], settled),
        ranked=settled >= minimum,
        delays=spread([one.delay for one in lines if one.delay is not None]),
        money=_summed_money((one.currency, one.amount) for one in of_deal.values()),
    )


def _costs(deals: dict[str, DealFact], lines: Iterable[BoardLine]) -> tuple[BrokenCost, ...]:
    """What hangs on our broken promises, deal by deal, the greatest amounts first."""
    by: dict[str, list[BoardLine]] = defaultdict(list)
    for one in lines:
        if one.standing is Standing.BROKEN and one.promise.by == AGENT:
            by[one.promise.deal_id].append(one)
    costs = [_cost(deals.get(deal_id), some) for deal_id, some in by.items()]
    return tuple(sorted(costs, key=lambda one: (one.currency, -(one.amount or 0), one.deal_id)))


def _cost(deal: DealFact | None, lines: Sequence[BoardLine]) -> BrokenCost:
    first = lines[0]
    since = min(one.promise.deadline or one.promise.made_at for one in lines)
    closed = deal.closed_at if deal is not None and deal.is_lost else None
    return BrokenCost(
        deal_id=first.promise.deal_id,
        deal_name=first.deal_name,
        user_id=deal.user_id if deal is not None else first.promise.user_id,
        stage_key=first.stage_key,
        stage_ru=first.stage_ru,
        stage_en=first.stage_en,
        amount=first.promise.amount,
        currency=first.promise.currency,
        lost_after=closed is not None and closed >= since,
        promises=tuple(one.promise for one in lines),
    )


def _money(costs: Iterable[BrokenCost]) -> dict[str, float]:
    return _summed_money((one.currency, one.amount) for one in costs)


def _summed_money(amounts: Iterable[tuple[str, float | None]]) -> dict[str, float]:
    by: dict[str, list[float]] = defaultdict(list)
    for currency, amount in amounts:
        if amount is not None:
            by[currency].append(amount)
    return {currency: math.fsum(some) for currency, some in sorted(by.items())}
