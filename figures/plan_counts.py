"""Events become the numbers of a week, for the team, for each role and for each person."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from figures import plan_form as form
from figures.plan_events import Event, Events
from figures.plan_results import Actual, Unit
from figures.scope import NOBODY, Period
from figures.share import Share, spread


class Who(NamedTuple):
    """The team (both ``None``), a role, or a person (`NOBODY`: what has none)."""

    person: str | None = None
    role: str | None = None


TEAM = Who()
_Sort = Literal["sure", "unsure", "recorded"]


@dataclass(frozen=True, slots=True)
class Counted:
    """An item's numbers by week (its place among the weeks) and by whose they are."""

    item: form.Item
    actuals: Mapping[tuple[int, Who], Actual]
    people: frozenset[str]
    says_recorded: bool

    def of(self, week: int, who: Who) -> Actual:
        """A week's numbers of somebody; empty where there was nothing."""
        return self.actuals.get((week, who)) or _actual(self.item, {}, self.says_recorded)


def unit_of(item: form.Item) -> Unit:
    """What an item's number counts."""
    measure = item.measure
    if isinstance(measure, form.Hours):
        return Unit.HOURS
    if isinstance(measure, form.Repeat):
        return Unit.CONVERSATIONS
    if isinstance(measure, form.Paid):
        return Unit.MONEY if measure.of == "money" else Unit.DEALS
    if isinstance(measure, form.Requirement):
        return Unit.DEALS
    if isinstance(measure, form.Conversations):
        return Unit.CALLS
    return Unit(measure.of)


def count(item: form.Item, events: Events, weeks: Sequence[Period]) -> Counted:
    """An item's numbers in each of the weeks, which follow each other."""
    sorts: dict[_Sort, tuple[Event, ...]] = {
        "sure": events.sure,
        "unsure": events.unsure,
        "recorded": events.recorded or (),
    }
    once = unit_of(item) is Unit.DEALS
    found: dict[tuple[int, Who], dict[_Sort, list[Event]]] = defaultdict(lambda: defaultdict(list))
    people = set()
    taken: set[tuple[int, str]] = set()
    for sort, all_of_it in sorts.items():
        for at, some in _by_week(all_of_it, weeks).items():
            kept = _once(some, at, taken if sort == "unsure" else None) if once else some
            if once and sort == "sure":
                taken |= {(at, one.deal_id) for one in kept if one.deal_id is not None}
            for event in kept:
                people.add(event.user_id or NOBODY)
                for who in _whose(event):
                    found[at, who][sort].append(event)
    says_recorded = events.recorded is not None
    actuals = {key: _actual(item, some, says_recorded) for key, some in found.items()}
    return Counted(item, actuals, frozenset(people), says_recorded)


def _by_week(events: Iterable[Event], weeks: Sequence[Period]) -> dict[int, list[Event]]:
    found: dict[int, list[Event]] = defaultdict(list)
    starts = [week.start for week in weeks]
    for event in events:
        at = bisect_right(starts, event.at) - 1
        if at >= 0 and weeks[at].holds(event.at):
            found[at].append(event)
    return found


def _once(events: list[Event], week: int, taken: set[tuple[int, str]] | None) -> list[Event]:
    """Each deal once, by its first event; what has no deal is no deal."""
    found: dict[str, Event] = {}
    for event in sorted(events, key=lambda one: (one.at, one.call_id or "", one.user_id or "")):
        if event.deal_id is not None and (taken is None or (week, event.deal_id) not in taken):
            found.setdefault(event.deal_id, event)
    return list(found.values())


def _whose(event: Event) -> list[Who]:
    return [TEAM, Who(person=event.user_id or NOBODY), *(Who(role=one) for one in set(event.roles))]


def _actual(item: form.Item, found: Mapping[_Sort, Sequence[Event]], says_recorded: bool) -> Actual:
    sure, unsure = found.get("sure", ()), found.get("unsure", ())
    unit = unit_of(item)
    values = [one.value for one in sure]
    taken = spread(values) if unit in {Unit.HOURS, Unit.CONVERSATIONS} else None
    value: float | None = float(len(sure))
    if unit in {Unit.HOURS, Unit.CONVERSATIONS}:
        value = taken.median if taken is not None else None
    elif unit is Unit.MONEY:
        value = math.fsum(values)
    enough = item.goal.at_least if item.goal is not None else None
    of_deals = unit is Unit.CONVERSATIONS and enough is not None
    reached = sum(one >= (enough or 0) for one in values)
    return Actual(
        value=value,
        of=len(sure),
        unsure=len(unsure),
        recorded=len(found.get("recorded", ())) if says_recorded else None,
        spread=taken,
        share=Share(reached, len(sure)) if of_deals else None,
        deals=_ids(one.deal_id for one in sure),
        calls=_ids(one.call_id for one in sure),
        unsure_deals=_ids(one.deal_id for one in unsure),
        unsure_calls=_ids(one.call_id for one in unsure),
    )


def _ids(ids: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({one for one in ids if one is not None}))
