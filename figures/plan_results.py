"""What a plan came to: shapes that pages, files and the API show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from figures.plan_form import Item, Plan
from figures.scope import Period
from figures.share import Share, Spread


class Unit(StrEnum):
    """What a number of a plan counts."""

    DEALS = "deals"
    CLIENTS = "clients"
    CALLS = "calls"
    HOURS = "hours"
    CONVERSATIONS = "conversations"  # per deal, the middle one
    MONEY = "money"


class PlanState(StrEnum):
    """How a number stands to its goal."""

    VERY_GOOD = "very_good"
    REACHED = "reached"
    MISSED = "missed"  # for sure: not even with all that nobody can tell
    RUNNING = "running"  # not yet, and the week goes on
    CANNOT_TELL = "cannot_tell"  # what nobody can tell would decide it
    NO_GOAL = "no_goal"
    NOTHING = "nothing"  # nothing to measure by: no deal, no hours


@dataclass(frozen=True, slots=True)
class Actual:
    """What a week came to, as verified.

    `value`: deals, clients, calls or money; hours and conversations: the median; ``None`` where
    there was nothing to measure. `of` is the sample: what was counted or measured.
    `unsure`: of how many more nobody can tell (proof or recording is missing); never in `value`.
    `recorded`: as many as the CRM says where the CRM says anything (cards that were moved there).
    `spread` stands with hours. `share`: of conversations, the deals that reached the goal.
    `deals` and `calls` are what the value was counted from, `unsure_deals` and `unsure_calls` what
    nobody can tell, all sorted.
    """

    value: float | None
    of: int
    unsure: int = 0
    recorded: int | None = None
    spread: Spread | None = None
    share: Share | None = None
    deals: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    unsure_deals: tuple[str, ...] = ()
    unsure_calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a running week will come to if it goes on as it began.

    `value` = so far / `passed`, the share of the week's working hours that are over. In `low` to
    `high` it lies with 80 %, if what is counted comes one by one and independently.
    """

    value: float
    low: int
    high: int
    passed: float


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """One week of a trend."""

    week: Period
    actual: Actual


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One item of one person, one role or (both ``None``) the team.

    `person` is `NOBODY` for what belongs to nobody. `goal` and `very_good` are already of this
    row: a person's goal times the people whose plan it is, for a team; ``None``: no goal.
    `change`: this week's value less last week's, ``None`` where either is missing.
    `trend` ends with this week.
    """

    item: str
    unit: Unit
    person: str | None
    role: str | None
    goal: float | None
    very_good: float | None
    at_most: bool
    actual: Actual
    before: Actual
    change: float | None
    state: PlanState
    trend: tuple[WeekPoint, ...]
    forecast: Forecast | None = None


@dataclass(frozen=True, slots=True)
class PlanReport:
    """A plan beside what was verified in a week, for one pipeline.

    `rows` stand in the plan's order; of an item first the team's, then roles', then people's,
    by name. A person with several roles is in each of these, so roles do not add up to the team.
    `people_of`: whose plan each item is, by item id. `passed`: the share of the week's working
    hours that are over, 1 once it is. `heard`: answered calls of the week that were understood.
    `unfit`: items left out, since the pipeline's rules have no such stage or requirement, or
    cannot prove it.
    """

    as_of: datetime
    pipeline_id: str
    plan: Plan
    plan_hash: str
    week: Period
    passed: float
    heard: Share
    rows: tuple[PlanRow, ...]
    people_of: Mapping[str, tuple[str, ...]]
    unfit: tuple[str, ...] = ()

    def of_item(self, item: Item) -> tuple[PlanRow, ...]:
        """The rows of one item."""
        return tuple(row for row in self.rows if row.item == item.id)
