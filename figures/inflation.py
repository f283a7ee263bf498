"""How much of what stands on the board is not proved: the inflation of a pipeline."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from figures.scope import NOBODY
from figures.share import Share
from figures.standing import State, ladder, state_at
from figures.tally import LEAST, Tally, tally
from models.vocabulary.deal import StageKind
from models.vocabulary.figures import DealFact, Facts


@dataclass(frozen=True, slots=True)
class MoneyShare:
    """Money on stages that are not proved, out of all of which it can be told; one currency."""

    unproved: float
    of: float
    unknown: float

    @property
    def value(self) -> float | None:
        """From 0 to 1; ``None`` of nothing."""
        return self.unproved / self.of if self.of > 0 else None


@dataclass(frozen=True, slots=True)
class Inflation:
    """The index of one pipeline, manager, role or source (`key`; `NOBODY` has none), or of all.

    `share` is out of those of which it can be told; the unknown are apart. `rank` is 1 for the
    worst of its cut, ``None`` where the sample is too small to be ranked. `sound` are proved to
    stand where they are, or the work of their stage is rightly under way.
    """

    key: str
    name: str
    share: Share
    money: Mapping[str, MoneyShare]
    unproved: Tally
    unknown: Tally
    sound: Tally
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class InflationIndex:
    """All open deals together, and by each cut, the worst first, small samples last."""

    total: Inflation
    by_pipeline: tuple[Inflation, ...]
    by_manager: tuple[Inflation, ...]
    by_role: tuple[Inflation, ...]
    by_source: tuple[Inflation, ...]


def inflation(facts: Facts, least: int = LEAST) -> InflationIndex:
    """How much of what is open and stands in a column is not proved to stand there.

    Ranked is only what has at least `least` deals of which it can be told. Whoever has several
    roles counts in each of them.
    """
    placed = _placed(facts)
    pipelines = {line.pipeline_id: line.name for line in facts.lines}
    names = {person.id: person.name for person in facts.people.values()}
    return InflationIndex(
        total=_index("", "", placed),
        by_pipeline=_ranked(placed, lambda one: (one.pipeline_id,), pipelines, least),
        by_manager=_ranked(placed, lambda one: (one.user_id or NOBODY,), names, least),
        by_role=_ranked(placed, lambda one: one.roles or (NOBODY,), {}, least),
        by_source=_ranked(placed, lambda one: (one.source or NOBODY,), {}, least),
    )


_Placed = tuple[DealFact, State]


def _placed(facts: Facts) -> list[_Placed]:
    """The open deals in a column of a line that is judged, with what is known of them there."""
    rungs = {line.pipeline_id: ladder(line) for line in facts.lines}
    own = {
        deal.deal_id: deal
        for deal in facts.deals
        if deal.status is StageKind.OPEN and deal.recorded is not None and deal.pipeline_id in rungs
    }
    return [
        (deal, state_at(deal, deal.recorded or 0, rungs[deal.pipeline_id])) for deal in own.values()
    ]


def _ranked(
    placed: Iterable[_Placed],
    keys_of: Callable[[DealFact], Iterable[str]],
    names: Mapping[str, str],
    least: int,
) -> tuple[Inflation, ...]:
    of_key: defaultdict[str, list[_Placed]] = defaultdict(list)
    for one in placed:
        for key in keys_of(one[0]):
            of_key[key].append(one)
    found = [_index(key, names.get(key, key), of_key[key]) for key in of_key]
    found.sort(key=lambda one: (one.share.of < least, -(one.share.value or 0), one.key))
    return tuple(
        replace(one, rank=rank) if one.share.of >= max(least, 1) else one
        for rank, one in enumerate(found, 1)
    )


def _index(key: str, name: str, placed: Sequence[_Placed]) -> Inflation:
    unproved = tally(deal for deal, state in placed if state is State.UNPROVED)
    unknown = tally(deal for deal, state in placed if state is State.UNKNOWN)
    sound = tally(deal for deal, state in placed if state in _SOUND)
    return Inflation(
        key=key,
        name=name,
        share=Share(unproved.count, unproved.count + sound.count),
        money={
            currency: MoneyShare(
                unproved.money.get(currency, 0.0),
                math.fsum((unproved.money.get(currency, 0.0), sound.money.get(currency, 0.0))),
                unknown.money.get(currency, 0.0),
            )
            for currency in sorted({*unproved.money, *unknown.money, *sound.money})
        },
        unproved=unproved,
        unknown=unknown,
        sound=sound,
    )


_SOUND = (State.PROVED, State.UNDER_WAY)
