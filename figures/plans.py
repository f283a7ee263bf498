"""A weekly plan beside what was verified: for the team, for each role and for each person."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from figures.forecast import forecast
from figures.plan_counts import TEAM, Counted, Who, count, unit_of
from figures.plan_events import events_of, fits, source_of
from figures.plan_form import Item, Plan
from figures.plan_results import Actual, PlanReport, PlanRow, PlanState, Unit, WeekPoint
from figures.scope import NOBODY, Period
from figures.share import Share
from figures.weeks import weeks_up_to
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.figures import Facts, Line

TREND = 8
WorkingTime = Callable[[datetime, datetime], timedelta]
_NUMBERS = frozenset({Unit.DEALS, Unit.CLIENTS, Unit.CALLS})


def calls_of(week: Period, zone: tzinfo, trend: int = TREND) -> tuple[datetime, datetime]:
    """From when, and until when, calls have to be among the facts for a report of a week."""
    return weeks_up_to(week, max(trend, 2), zone)[0].start, week.end


def plan_report(  # noqa: PLR0913, PLR0917 - what is counted, of when, against what
    facts: Facts,
    plan: Plan,
    pipeline_id: str,
    week: Period,
    working_time: WorkingTime,
    trend: int = TREND,
) -> PlanReport:
    """What a week came to against a plan, with the `trend` weeks that end with it.

    `working_time` says how much of a span lies in working hours (`WorkCalendar.working_time`).
    The facts must hold the calls of `calls_of`.

    Raises:
        InvalidInputError: the pipeline is judged by no rules, or by others than the plan's.
    """
    line = facts.line(pipeline_id)
    if line is None or line.template != plan.template:
        judged = f"is judged by `{line.template}`" if line else "is judged by no rules"
        remedy = f"The plan `{plan.plan}` is for pipelines of `{plan.template}`."
        raise InvalidInputError(f"pipeline {pipeline_id}", judged, remedy)
    weeks = weeks_up_to(week, max(trend, 2), facts.zone)
    source = source_of(facts, line)
    fitting = [item for item in plan.items if fits(line, item)]
    counted = {item.id: count(item, events_of(source, item), weeks) for item in fitting}
    here = _active(facts, line, week) | {p for one in counted.values() for p in one.people}
    people_of = {item.id: _people(facts, item, here - {NOBODY}) for item in fitting}
    book = _Book(facts, weeks, trend, counted, people_of, _passed(facts, week, working_time))
    return PlanReport(
        as_of=facts.as_of,
        pipeline_id=pipeline_id,
        plan=plan,
        plan_hash=hashlib.sha256(plan.model_dump_json().encode()).hexdigest(),
        week=week,
        passed=book.passed,
        heard=_heard(facts, pipeline_id, week),
        rows=tuple(row for item in fitting for row in book.rows(item)),
        people_of=people_of,
        unfit=tuple(item.id for item in plan.items if item not in fitting),
    )


@dataclass(frozen=True, slots=True)
class _Book:
    """All that rows are written from."""

    facts: Facts
    weeks: Sequence[Period]
    trend: int
    counted: Mapping[str, Counted]
    people_of: Mapping[str, tuple[str, ...]]
    passed: float

    def rows(self, item: Item) -> Iterator[PlanRow]:
        """The team's row, the roles' and the people's."""
        mine = self.people_of[item.id]
        known = {role for one in mine for role in self._roles(one)}
        people = sorted({*mine, *self.counted[item.id].people}, key=self._name)
        yield self._row(item, TEAM)
        for role in sorted(set(item.roles) or known):
            yield self._row(item, Who(role=role))
        for person in people:
            yield self._row(item, Who(person=person))

    def _row(self, item: Item, who: Who) -> PlanRow:
        counted, last = self.counted[item.id], len(self.weeks) - 1
        now, past = counted.of(last, who), counted.of(last - 1, who)
        goal, very_good = self._goal(item, who)
        at_most = item.goal is not None and item.goal.at_most is not None
        unit = unit_of(item)
        both = now.value is not None and past.value is not None
        is_number = unit in _NUMBERS
        shown = range(len(self.weeks))[-self.trend :] if self.trend else ()
        return PlanRow(
            item=item.id,
            unit=unit,
            person=who.person,
            role=who.role,
            goal=goal,
            very_good=very_good,
            at_most=at_most,
            actual=now,
            before=past,
            change=(now.value or 0) - (past.value or 0) if both else None,
            state=_state(now, goal, very_good, at_most=at_most, running=self.passed < 1),
            trend=tuple(WeekPoint(self.weeks[at], counted.of(at, who)) for at in shown),
            forecast=forecast(now.of, self.passed) if is_number else None,
        )

    def _goal(self, item: Item, who: Who) -> tuple[float | None, float | None]:
        """What somebody is to reach, and what is very good."""
        if item.goal is None:
            return None, None
        if unit_of(item) in {Unit.HOURS, Unit.CONVERSATIONS}:
            applies = item.per == "person" or who == TEAM
            asked = item.goal.at_least if item.goal.at_most is None else item.goal.at_most
            return (asked, item.goal.very_good) if applies else (None, None)
        if item.per == "team":
            return self._asked(item, TEAM) if who == TEAM else (None, None)
        mine = [one for one in self.people_of[item.id] if self._is_in(one, who)]
        asked_of = [self._asked(item, Who(person=one)) for one in mine]
        goals = [goal for goal, _ in asked_of if goal is not None]
        best = [very_good for _, very_good in asked_of if very_good is not None]
        return (math.fsum(goals) if goals else None, math.fsum(best) if best else None)

    def _asked(self, item: Item, who: Who) -> tuple[float | None, float | None]:
        if item.goal is None:
            return None, None
        goal, other = item.goal.at_least, item.goal.same_as
        if other is not None and other in self.counted:
            reached = self.counted[other].of(len(self.weeks) - 1, who).value
            goal = max(goal or 0, reached or 0) or None
        return goal, item.goal.very_good

    def _is_in(self, person: str, who: Who) -> bool:
        return who == TEAM or who.person == person or who.role in self._roles(person)

    def _roles(self, person: str) -> tuple[str, ...]:
        known = self.facts.people.get(person)
        return known.roles if known is not None else ()

    def _name(self, person: str) -> tuple[bool, str, str]:
        known = self.facts.people.get(person)
        return person == NOBODY, known.name if known is not None else "", person


def _state(
    now: Actual, goal: float | None, very_good: float | None, *, at_most: bool, running: bool
) -> PlanState:
    """How a number stands to its goal; what nobody can tell is given the benefit of the doubt."""
    if goal is None:
        return PlanState.NO_GOAL
    if now.value is None:
        return PlanState.CANNOT_TELL if now.unsure else PlanState.NOTHING
    if very_good is not None and now.value >= very_good:
        return PlanState.VERY_GOOD
    if now.value <= goal if at_most else now.value >= goal:
        return PlanState.REACHED
    if running:
        return PlanState.RUNNING
    perhaps = now.unsure > 0 if at_most or now.spread else now.value + now.unsure >= goal
    return PlanState.CANNOT_TELL if perhaps else PlanState.MISSED


def _people(facts: Facts, item: Item, here: set[str]) -> tuple[str, ...]:
    """Whose plan an item is: who is named, else who has the role, else who works here."""
    if item.people:
        return tuple(sorted(item.people))
    if item.roles:
        wanted = set(item.roles)
        return tuple(sorted(one.id for one in facts.people.values() if wanted & set(one.roles)))
    return tuple(sorted(here))


def _active(facts: Facts, line: Line, week: Period) -> set[str]:
    """Who has a deal of the pipeline that was open in the week."""
    return {
        deal.user_id
        for deal in facts.deals
        if deal.user_id is not None
        and deal.pipeline_id == line.pipeline_id
        and deal.created_at < week.end
        and (deal.closed_at is None or deal.closed_at >= week.start)
    }


def _passed(facts: Facts, week: Period, working_time: WorkingTime) -> float:
    """The share of the week's working hours that are over; of its hours where none is worked."""
    now = min(max(facts.as_of, week.start), week.end)
    if now >= week.end:
        return 1.0
    whole = working_time(week.start, week.end)
    if whole:
        return min(1.0, working_time(week.start, now) / whole)
    return (now - week.start) / (week.end - week.start)


def _heard(facts: Facts, pipeline_id: str, week: Period) -> Share:
    answered = [
        one
        for one in facts.calls
        if one.pipeline_id == pipeline_id and one.answered and week.holds(one.at)
    ]
    return Share(sum(one.heard for one in answered), len(answered))
