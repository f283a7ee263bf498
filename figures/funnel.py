"""The true funnel: as the cards were moved, and beside it as it is proved, of one pipeline."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from figures.counting import Counted, Passing, counted_cohort, counted_snapshot
from figures.moves import Moves, moves_of
from figures.scope import Period
from figures.share import Share
from figures.standing import State
from figures.tally import Tally, tally
from models.vocabulary.deal import StageKind
from models.vocabulary.figures import DealFact, Facts, Line


class View(StrEnum):
    """Which deals a funnel counts, and where."""

    COHORT = "cohort"  # first contact in a period; at every stage they ever came to
    SNAPSHOT = "snapshot"  # open as of the moment; on the one stage where they stand


@dataclass(frozen=True, slots=True)
class Conversion:
    """How many of those at the step before came to this one.

    `unknown` of the step before are in no number of the share: of them nobody can tell whether they
    came. `waiting` of those that did not come are still open.
    """

    share: Share
    unknown: int = 0
    waiting: int = 0

    @property
    def loss(self) -> Share:
        """The rest of the share: those that did not come."""
        return Share(self.share.of - self.share.count, self.share.of)


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a funnel.

    `recorded` came to it (or stands on it) by the card. Each of these is in exactly one of: proved,
    `unproved` (its proof fails for sure), `unknown` (nobody can tell), `under_way` (all before is
    proved, the work of this stage is not over). `verified` is proved to have come to it (or to
    stand on it), wherever its card is. `skipped` came further by the card without ever standing
    here; `back` was moved back from here.

    In a cohort proved means that the work of the stage is proved. In a snapshot a deal stands where
    its card is if that is proved or rightly under way, else on the last stage that is proved.
    The first step is compared with all deals that are counted. In a snapshot a conversion tells
    how many of those that stand on the step before or further stand on this one or further.
    """

    place: int
    key: str
    name_ru: str
    name_en: str
    is_provable: bool
    recorded: Tally
    verified: Tally
    unproved: Tally
    unknown: Tally
    under_way: Tally
    recorded_conversion: Conversion
    verified_conversion: Conversion
    skipped: Tally
    back: Tally


@dataclass(frozen=True, slots=True)
class Funnel:
    """Both funnels of one pipeline side by side.

    `deals` are all that are counted. `outside` of them are recorded in no column of the line.
    `unplaced` stand nowhere in the verified funnel for sure (not even the first stage is proved),
    `undecided` cannot be told. `skips` and `backs` count moves, not deals. `heard` is the share of
    their answered calls that were understood; `rules` the versions of the rules.
    """

    pipeline_id: str
    name: str
    view: View
    period: Period | None
    as_of: datetime
    deals: Tally
    steps: tuple[Step, ...]
    outside: Tally
    unplaced: Tally
    undecided: Tally
    skips: int
    backs: int
    heard: Share
    rules: tuple[str, ...]


def cohort_funnel(facts: Facts, line: Line, period: Period) -> Funnel:
    """Deals whose first contact lies in the period, at every stage they came to up to now."""
    deals = _of_line(facts, line, lambda deal: period.holds(deal.first_contact_at))
    return _funnel(facts, line, View.COHORT, deals, counted_cohort(deals, line), period)


def snapshot_funnel(facts: Facts, line: Line) -> Funnel:
    """Deals that are open now, each on the one stage where it stands."""
    deals = _of_line(facts, line, lambda deal: deal.status is StageKind.OPEN)
    return _funnel(facts, line, View.SNAPSHOT, deals, counted_snapshot(deals, line), None)


def _of_line(facts: Facts, line: Line, counts: Callable[[DealFact], bool]) -> list[DealFact]:
    own = {d.deal_id: d for d in facts.deals if d.pipeline_id == line.pipeline_id and counts(d)}
    return [own[deal_id] for deal_id in sorted(own)]


def _funnel(  # noqa: PLR0913, PLR0917 - what is counted, and what it is told with
    facts: Facts,
    line: Line,
    view: View,
    deals: Sequence[DealFact],
    counted: Counted,
    period: Period | None,
) -> Funnel:
    moves = moves_of(deals, len(line.stages))
    return Funnel(
        pipeline_id=line.pipeline_id,
        name=line.name,
        view=view,
        period=period,
        as_of=facts.as_of,
        deals=tally(deals),
        steps=tuple(_step(line, place, counted, moves) for place in range(len(line.stages))),
        outside=tally(counted.outside),
        unplaced=tally(counted.unplaced),
        undecided=tally(counted.undecided),
        skips=moves.skips,
        backs=moves.backs,
        heard=heard_of(deals),
        rules=rules_of(line),
    )


def _step(line: Line, place: int, counted: Counted, moves: Moves) -> Step:
    stage = line.stages[place]
    return Step(
        place=place,
        key=stage.key,
        name_ru=stage.name_ru,
        name_en=stage.name_en,
        is_provable=stage.is_provable,
        recorded=tally(counted.recorded[place]),
        verified=tally(counted.verified[place]),
        unproved=tally(counted.states[State.UNPROVED][place]),
        unknown=tally(counted.states[State.UNKNOWN][place]),
        under_way=tally(counted.states[State.UNDER_WAY][place]),
        recorded_conversion=_conversion(counted.recorded_passing[place]),
        verified_conversion=_conversion(counted.verified_passing[place]),
        skipped=tally(moves.skipped[place]),
        back=tally(moves.back[place]),
    )


def _conversion(passing: Passing) -> Conversion:
    return Conversion(Share(passing.came, passing.of), passing.unknown, passing.waiting)


def heard_of(deals: Iterable[DealFact]) -> Share:
    """The share of the deals' answered calls that somebody could understand."""
    calls = unheard = 0
    for deal in deals:
        calls += deal.calls
        unheard += deal.unheard
    return Share(calls - unheard, calls)


def rules_of(line: Line) -> tuple[str, ...]:
    """The versions of the rules that a line is judged by, each once, in order."""
    return tuple(sorted({one.rule_hash for stage in line.stages for one in stage.requirements}))
