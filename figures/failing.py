"""Which requirement of a stage fails most among the deals that are lost there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from figures.heat import FAILS, HOLDS
from figures.share import Share
from models.vocabulary.figures import DealFact, Line, LineRequirement
from models.vocabulary.verdict import Severity, Verdict


@dataclass(frozen=True, slots=True)
class Failing:
    """A critical requirement among the deals that a step loses.

    `share` is how often it fails of those judged; `deals` are those where it does. `unknown` of
    them cannot be told, for `pending` its time is not over yet.
    """

    requirement: LineRequirement
    share: Share
    unknown: int
    pending: int
    deals: tuple[str, ...]


def failing_at(line: Line, place: int, lost: Sequence[DealFact]) -> tuple[Failing, ...]:
    """The critical requirements of a stage among some deals, the one that fails most first.

    What is missing from a deal that was given up is not demanded of it any more; yet where all
    else of the stage was done, it is what the deal fell for.
    """
    asked = [one for one in line.stages[place].requirements if one.severity is Severity.CRITICAL]
    ids = {one.id for one in asked}
    verdicts = {deal.deal_id: _verdicts(deal, ids) for deal in lost}
    found = [_failing(one, verdicts) for one in asked]
    order = {one.id: n for n, one in enumerate(asked)}
    found.sort(key=lambda one: (-one.share.count, -one.pending, order[one.requirement.id]))
    return tuple(found)


def _verdicts(deal: DealFact, asked: Collection[str]) -> dict[str, Verdict]:
    own = {one.id: one.verdict for one in deal.requirements if one.id in asked}
    left = [name for name, verdict in own.items() if verdict not in HOLDS]
    if deal.is_lost and len(left) == 1 and own[left[0]] is Verdict.WAIVED:
        own[left[0]] = Verdict.MISSING
    return own


def _failing(
    requirement: LineRequirement, verdicts: Mapping[str, Mapping[str, Verdict]]
) -> Failing:
    given = {deal: of[requirement.id] for deal, of in verdicts.items() if requirement.id in of}
    fails = [deal for deal, verdict in given.items() if verdict in FAILS]
    holds = sum(verdict in HOLDS for verdict in given.values())
    values = [*given.values()]
    return Failing(
        requirement=requirement,
        share=Share(len(fails), len(fails) + holds),
        unknown=values.count(Verdict.UNKNOWN),
        pending=values.count(Verdict.PENDING),
        deals=tuple(sorted(fails)),
    )
