"""By what an asked figure may be cut: a closed set of dimensions, each told in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from figures.claims import Standing, place_of, standing_of
from figures.standing import Ladder, ladder
from figures.table_rows import monday_of
from models.vocabulary.figures import (
    CallFact,
    DealFact,
    Facts,
    Payment,
    PromiseFact,
    RequirementFact,
)

Value = str | None  # of a dimension; ``None``: there is none (no manager, no source)


class Subject(StrEnum):
    """What is counted."""

    DEALS = "deals"
    CHECKS = "checks"  # a requirement judged for a deal
    CALLS = "calls"
    PROMISES = "promises"
    PAYMENTS = "payments"


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that is counted, and the deal it belongs to, where it belongs to one.

    `standing` is what is known of that deal's place. `at` is the moment by which it lies in a
    period; `id` tells the things of a subject apart.
    """

    subject: Subject
    id: str
    at: datetime
    deal: DealFact | None
    standing: Standing | None
    thing: DealFact | RequirementFact | CallFact | PromiseFact | Payment
    user_id: str | None
    pipeline_id: str | None
    roles: tuple[str, ...]


class Known:
    """What dimensions look up beside a thing itself."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @cached_property
    def deals(self) -> Mapping[str, DealFact]:
        """Deals by their ids."""
        return {one.deal_id: one for one in self.facts.deals}

    @cached_property
    def stages(self) -> Mapping[str, tuple[str, ...]]:
        """Keys of the stages of each pipeline, in order."""
        return {
            one.pipeline_id: tuple(stage.key for stage in one.stages) for one in self.facts.lines
        }

    @cached_property
    def rungs(self) -> Mapping[str, Ladder]:
        """Which places prove anything, by pipeline."""
        return {one.pipeline_id: ladder(one) for one in self.facts.lines}

    def standing(self, deal: DealFact | None) -> Standing | None:
        """What is known of a deal's place."""
        return standing_of(deal, self.rungs.get(deal.pipeline_id)) if deal is not None else None

    def stage(self, deal: DealFact | None, place: int | None) -> Value:
        """Key of a place in a deal's line."""
        keys = self.stages.get(deal.pipeline_id, ()) if deal is not None else ()
        return keys[place] if place is not None and place < len(keys) else None


Values = Callable[[Counted, Known], Value]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to cut; `of` are the subjects that it cuts.

    `value` gives the one value of a thing. Where it is ``None`` a thing may have several, and
    the parts then overlap: their numbers do not add up to the total, which counts each once.
    """

    name: str
    about: str
    of: frozenset[Subject]
    value: Values | None


CHECK = ("requirement", "verdict")  # belong together: a requirement with its verdict
EVERY = frozenset(Subject)
OF_DEALS = frozenset({Subject.DEALS, Subject.CHECKS})
_OF_ONE = EVERY - {Subject.CALLS}


def _manager(one: Counted, _: Known) -> Value:
    return one.user_id or None


def _week(one: Counted, known: Known) -> Value:
    return monday_of(one.at, known.facts.zone).isoformat()


def _month(one: Counted, known: Known) -> Value:
    return one.at.astimezone(known.facts.zone).strftime("%Y-%m")


def _stage(one: Counted, known: Known) -> Value:
    return known.stage(one.deal, place_of(one.deal) if one.deal else None)


def _verified(one: Counted, known: Known) -> Value:
    return known.stage(one.deal, one.deal.verified if one.deal else None)


def _standing(one: Counted, _: Known) -> Value:
    return one.standing.value if one.standing is not None else None


def _of_deal(read: Callable[[DealFact], Value]) -> Values:
    return lambda one, _: (read(one.deal) or None) if one.deal is not None else None


def _outcome(one: Counted, _: Known) -> Value:
    call = one.thing
    return call.outcome.value if isinstance(call, CallFact) and call.outcome else None


def _of_promise(read: Callable[[PromiseFact], Value]) -> Values:
    return lambda one, _: read(one.thing) if isinstance(one.thing, PromiseFact) else None


_PROMISES = frozenset({Subject.PROMISES})
DIMENSIONS: Mapping[str, Dimension] = {
    one.name: one
    for one in (
        Dimension("pipeline", "the CRM's id of it", EVERY, lambda one, _: one.pipeline_id or None),
        Dimension(
            "stage",
            "key of the stage where the deal's card stands; of a lost deal the furthest one",
            EVERY,
            _stage,
        ),
        Dimension(
            "verified_stage", "key of the last stage of the deal that is proved", EVERY, _verified
        ),
        Dimension("standing", "what is known of the deal's stage: proved, unproved, unknown or "
            "unclaimed", EVERY, _standing),
        Dimension("status", "open, won or lost", EVERY, _of_deal(lambda deal: deal.status.value)),
        Dimension("currency", "of the deal's money", _OF_ONE, _of_deal(lambda deal: deal.currency)),
        Dimension("manager", "the CRM's id of who works on it", EVERY, _manager),
        Dimension("role", "role of the conveyor; one manager may hold several", EVERY, None),
        Dimension("source", "where the lead came from", EVERY, _of_deal(lambda deal: deal.source)),
        Dimension("week", "the Monday of its week, in the CRM's time zone", EVERY, _week),
        Dimension("month", "its month, as 2026-11", EVERY, _month),
        Dimension("requirement", "id of a requirement that the deal was judged by", OF_DEALS, None),
        Dimension("verdict", "what a requirement of the deal came to", OF_DEALS, None),
        Dimension("outcome", "how the call ended up", frozenset({Subject.CALLS}), _outcome),
        Dimension("promise", "what was promised", _PROMISES, _of_promise(lambda one: one.type)),
        Dimension("promised_by", "agent or client", _PROMISES, _of_promise(lambda one: one.by)),
        Dimension(
            "state",
            "what became of the promise",
            _PROMISES,
            _of_promise(lambda one: one.state.value),
        ),
    )
}  # fmt: skip
