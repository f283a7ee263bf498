"""How long deals stand on each stage, and how long the proof takes from one to the next."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from figures.scope import Period
from figures.share import Spread, spread
from models.vocabulary.figures import DealFact, Facts, Line


@dataclass(frozen=True, slots=True)
class StageTime:
    """Time on one stage by the card, in calendar hours; one deal's visits to it are added up.

    `left` went on, `standing` still stand there. `median` and `p90` count these as well, with at
    least the time they already stand (Kaplan and Meier's estimate): ``None`` where too many still
    stand there for it to be told. `finished` is of those alone that left.
    `proof` is the time from the proof of the provable stage before to the proof of this one.
    """

    place: int
    key: str
    name_ru: str
    name_en: str
    median: float | None
    p90: float | None
    left: tuple[str, ...]
    standing: tuple[str, ...]
    finished: Spread | None
    proof: Spread | None
    proof_deals: tuple[str, ...]

    @property
    def of(self) -> int:
        """How many deals were ever on it."""
        return len(self.left) + len(self.standing)


def stage_times(facts: Facts, line: Line, period: Period | None = None) -> tuple[StageTime, ...]:
    """How long deals stand on each stage; only those with first contact in the period, if given.

    To leave is to leave, be it onwards, back or out of the line. A deal that was closed stands on
    no stage any more.
    """
    stands = [_Stands() for _ in line.stages]
    own = {
        deal.deal_id: deal
        for deal in facts.deals
        if deal.pipeline_id == line.pipeline_id
        and (period is None or period.holds(deal.first_contact_at))
    }
    provable = [place for place, stage in enumerate(line.stages) if stage.is_provable]
    for deal in own.values():
        _add_visits(stands, deal, facts.as_of)
        _add_proofs(stands, deal, provable)
    return tuple(_time_of(line, place, one) for place, one in enumerate(stands))


@dataclass(slots=True)
class _Stands:
    """What is known of one stage: hours by deal."""

    left: dict[str, float] = field(default_factory=dict)
    standing: dict[str, float] = field(default_factory=dict)
    proofs: dict[str, float] = field(default_factory=dict)


def _add_visits(stands: Sequence[_Stands], deal: DealFact, as_of: datetime) -> None:
    spent: dict[int, float] = {}
    open_at = None
    for visit in deal.visits:
        place = visit.place
        if place >= len(stands) or visit.since > as_of:
            continue
        until = visit.until or deal.closed_at
        if until is None or until > as_of:
            open_at, until = place, as_of
        hours = max((until - visit.since).total_seconds() / 3600, 0.0)
        spent[place] = spent.get(place, 0.0) + hours
    for place, hours in spent.items():
        of = stands[place].standing if place == open_at else stands[place].left
        of[deal.deal_id] = hours


def _add_proofs(stands: Sequence[_Stands], deal: DealFact, provable: Sequence[int]) -> None:
    """From proof to proof; what was proved before its turn had come took no time."""
    before: datetime | None = None
    for place in provable:
        at = deal.proved[place] if place < len(deal.proved) else None
        if at is None:
            return
        if before is None:
            before = at
            continue
        hours = (at - before).total_seconds() / 3600
        stands[place].proofs[deal.deal_id] = max(hours, 0.0)
        before = at if hours > 0 else before


def _time_of(line: Line, place: int, stands: _Stands) -> StageTime:
    stage = line.stages[place]
    left, standing = tuple(stands.left.values()), tuple(stands.standing.values())
    middle, most = quantiles(left, standing)
    return StageTime(
        place=place,
        key=stage.key,
        name_ru=stage.name_ru,
        name_en=stage.name_en,
        median=middle,
        p90=most,
        left=tuple(sorted(stands.left)),
        standing=tuple(sorted(stands.standing)),
        finished=spread(left),
        proof=spread(tuple(stands.proofs.values())),
        proof_deals=tuple(sorted(stands.proofs)),
    )


def quantiles(
    ended: Sequence[float], running: Sequence[float]
) -> tuple[float | None, float | None]:
    """The median and the 90th percentile of durations, of which the `running` only last at least.

    The product-limit estimate: Kaplan, E. L., Meier, P. (1958), JASA 53:457. With nothing running
    they are those of `figures.share.spread`; ``None``: the curve does not come down so far.
    """
    ends = Counter(ended)
    gone = Counter(running)
    at_risk, remain = len(ended) + len(running), 1.0
    middle = most = half = None
    for hours in sorted({*ends, *gone}):
        if ended_now := ends[hours]:
            if half is not None and middle is None:
                middle = (half + hours) / 2  # exactly half of them lasted longer
            remain *= 1 - ended_now / at_risk
            if half is None and middle is None and math.isclose(remain, 0.5, abs_tol=1e-9):
                half = hours
            elif middle is None and remain < 0.5:
                middle = hours
            if remain < 0.1 + 1e-9:
                most = hours
                break
        at_risk -= ended_now + gone[hours]
    return middle if middle is not None else half, most
