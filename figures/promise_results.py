"""What the promise board shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from figures.share import Share, Spread
from models.vocabulary.figures import PromiseFact


class Standing(StrEnum):
    """How a promise stands today."""

    OPEN = "open"  # its day is to come, or no day was named
    DUE_TODAY = "due_today"
    LATE = "late"  # done, after its time
    BROKEN = "broken"
    KEPT = "kept"
    UNKNOWN = "unknown"  # what would tell was not heard, or nobody judged since its time ended


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One promise. `hours_left` until its time is over, below zero once it is; ``None``: no day.

    `delay` is by how many hours it was done late. `stage_key` is where the deal's card stands.
    """

    promise: PromiseFact
    standing: Standing
    deal_name: str
    client: str | None
    stage_key: str | None
    stage_ru: str | None
    stage_en: str | None
    deal_lost: bool
    hours_left: float | None
    delay: float | None


@dataclass(frozen=True, slots=True)
class PersonPromises:
    """The promises of one person (``None``: of nobody, or of all in a total) of one side.

    `counts` has every standing. `kept`: kept in time, of all that are kept, late or broken; what
    nobody can tell is in neither. `ranked`: whether that sample is large enough to compare people.
    `delays` in hours, of what was done late.
    """

    user_id: str | None
    by: str  # "agent": ours | "client"
    counts: Mapping[Standing, int]
    kept: Share
    ranked: bool
    delays: Spread | None
    money: Mapping[str, float]  # of deals with broken promises, each once, per currency


@dataclass(frozen=True, slots=True)
class BrokenCost:
    """What hangs on the broken promises of one deal; that they caused its end is not said.

    `amount` is the deal's, ``None`` where the CRM has none. `lost_after`: it was given up after
    the first of them was broken.
    """

    deal_id: str
    deal_name: str
    user_id: str | None
    stage_key: str | None
    stage_ru: str | None
    stage_en: str | None
    amount: float | None
    currency: str
    lost_after: bool
    promises: tuple[PromiseFact, ...]


@dataclass(frozen=True, slots=True)
class PromiseBoard:
    """All promises of a time and how they stand.

    `lines` stand by urgency: due today, broken, open by deadline, unknown, late, kept.
    `follow_ups`: our call-backs and meetings that are due today or within the days asked for.
    `money` of deals with our broken promises, each deal once, per currency; `lost` of those of
    them that were given up afterwards; `no_amount` how many have no amount in the CRM.
    """

    as_of: datetime
    today: date
    lines: tuple[BoardLine, ...]
    people: tuple[PersonPromises, ...]
    ours: PersonPromises
    clients: PersonPromises
    follow_ups: tuple[BoardLine, ...]
    broken: tuple[BrokenCost, ...]
    money: Mapping[str, float]
    lost: Mapping[str, float]
    no_amount: int
