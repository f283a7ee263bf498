"""One question of a rule file asked of one deal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from classify.evidence import Finding, Hit, State, Window, all_of, any_of, found, in_time_order
from classify.verification import call_checks, crm_checks
from classify.verification.case import Case
from classify.verification.check_kinds import AllOf, AnyOf, Check, Count, Deadline, Order
from models.vocabulary.verdict import Verdict


def evaluate(case: Case, check: Check) -> Finding:
    """What a deal's evidence answers to a check; coverage and deadlines are judged later."""
    return _KINDS[check.kind](case, check)


def _any_of(case: Case, check: AnyOf) -> Finding:
    return any_of([evaluate(case, part) for part in check.checks])


def _all_of(case: Case, check: AllOf) -> Finding:
    return all_of([evaluate(case, part) for part in check.checks])


def _order(case: Case, check: Order) -> Finding:
    """`then` not before `first`: one `then` after it is enough, a premature one alone opposes."""
    then = evaluate(case, check.then)
    if not then.holds:
        return then
    first = evaluate(case, check.first)
    in_order = [hit for hit in then.hits if _not_before(hit, first.hits)] if first.holds else []
    if in_order:
        return found([*_relevant(first.hits, in_order[0]), in_order[0]])
    until = _earliest(then.hits) or case.as_of
    return Finding(
        State.NO,
        then.hits[:1],
        window=Window(case.since, until),
        absent=Verdict.CONTRADICTED,
    )


def _relevant(first: Sequence[Hit], then: Hit) -> list[Hit]:
    return [hit for hit in first if _not_before(then, [hit])][:1]


def _not_before(then: Hit, first: Sequence[Hit]) -> bool:
    """A field of the CRM has no time: it is believed. In one call the order is not told."""
    return any(
        hit.at is None
        or then.at is None
        or hit.at <= then.at
        or (hit.call_id is not None and hit.call_id == then.call_id)
        for hit in first
    )


def _count(case: Case, check: Count) -> Finding:
    of = evaluate(case, check.of)
    hits: Sequence[Hit] = of.hits if of.holds else ()
    start: datetime | None = None
    if check.after is not None:
        after = evaluate(case, check.after)
        start = _earliest(after.hits) if after.holds else case.as_of
        hits = [hit for hit in hits if hit.at is None or start is None or hit.at > start]
    if check.distinct_days:
        hits = _of_distinct_days(hits)
    if len(hits) >= check.at_least:
        return found(hits)
    window = Window(start or case.since, case.as_of)
    listens = of.window is not None or any(hit.call_id for hit in of.hits)
    return Finding(State.NO, tuple(hits), window=window if listens else None)


def _of_distinct_days(hits: Sequence[Hit]) -> list[Hit]:
    """One hit per day; what names no day may speak of any of the others."""
    by_day: dict[date, Hit] = {}
    for hit in hits:
        if hit.day is not None:
            by_day.setdefault(hit.day, hit)
    return list(by_day.values()) or list(hits)[:1]


def _deadline(case: Case, check: Deadline) -> Finding:
    """`of` in time after the first `since`; what came too late still was done."""
    since = evaluate(case, check.since)
    if not since.holds:
        return since
    start = _earliest(since.hits)
    of = evaluate(case, check.of)
    if of.state is State.OPPOSED:
        return of
    if start is None:  # it was there, but nobody saw when: before the recordings began
        return Finding(State.NO, window=Window(case.since, case.deal.created_at))
    return _in_time(case, check, of, since, start)


def _in_time(case: Case, check: Deadline, of: Finding, since: Finding, start: datetime) -> Finding:
    due = case.clock.calendar.after(start, check.within)
    hits = [hit for hit in of.hits if check.early or _follows(hit, start, since.hits)]
    if not of.holds or not hits:
        listens = of.window is not None or any(hit.call_id for hit in of.hits)
        window = Window(start, min(due, case.as_of)) if listens else None
        return Finding(State.NO, since.hits[:1], due=due, window=window)
    first = in_time_order(hits)[0]
    if first.at is None or first.at <= due:
        return found([first])
    blind = any(spot.touches(start, due) for spot in case.blind_spots)
    if blind and first.call_id is not None:
        return found([first])
    return replace(found([first]), state=State.LATE, due=due)


def _follows(hit: Hit, start: datetime, since: Sequence[Hit]) -> bool:
    same_call = {one.call_id for one in since if one.call_id}
    return hit.at is None or hit.at >= start or hit.call_id in same_call


def _earliest(hits: Sequence[Hit]) -> datetime | None:
    return min((hit.at for hit in hits if hit.at is not None), default=None)


# By the `kind` of a check: the closed list of rules.py.
_KINDS: dict[str, Callable[[Case, Any], Finding]] = {
    "heard": call_checks.heard,
    "outcome": call_checks.outcome,
    "answered": call_checks.answered,
    "first_contact": call_checks.first_contact,
    "activity": crm_checks.activity,
    "field": crm_checks.fields,
    "agreement": crm_checks.agreement,
    "total": lambda case, _: crm_checks.total(case),
    "order": _order,
    "count": _count,
    "deadline": _deadline,
    "any_of": _any_of,
    "all_of": _all_of,
}
