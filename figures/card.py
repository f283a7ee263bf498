"""Where a card stood, and how long: its moves as the CRM tells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.vocabulary.deal import Deal, StageChange, StageKind
from models.vocabulary.figures import Visit

_MAKING = timedelta(minutes=2)  # what robots do to a new card is its making


@dataclass(frozen=True, slots=True)
class _Stood:
    stage: str
    since: datetime


def places_of(
    deal: Deal, moves: Sequence[StageChange], places: Mapping[str, int]
) -> frozenset[int]:
    """The places that a card ever stood in; where robots put a new card first is none of them."""
    stood = {one.stage for one in _stood(deal, moves)}
    if deal.status is not StageKind.LOST:
        stood.add(deal.stage_id)
    return frozenset(places[stage] for stage in stood if stage in places)


def visits_of(
    deal: Deal, moves: Sequence[StageChange], places: Mapping[str, int]
) -> tuple[Visit, ...]:
    """How long a card stood on each stage, in the order of time.

    The last visit of a deal that was closed ends then. Columns of one stage are one visit. Where
    the CRM tells of no move, a card that stands on the first stage has stood there since it was
    made; of any other nobody knows since when. What ended at a moment nobody knows is left out.
    """
    stood = _stood(deal, moves)
    if not moves and places.get(deal.stage_id) != 0:
        return ()
    ends: list[datetime | None] = [one.since for one in stood[1:]]
    if stood:
        ends.append(_closed(deal, stood[-1].since))
    visits: list[Visit] = []
    for place, one, until in zip((places.get(s.stage) for s in stood), stood, ends, strict=True):
        if place is None:
            continue
        last = visits[-1] if visits else None
        if last is not None and last.place == place and last.until == one.since:
            visits[-1] = Visit(place, last.since, until)
        else:
            visits.append(Visit(place, one.since, until))
    if visits and visits[-1].until is None and _is_elsewhere(deal, visits[-1], places):
        visits.pop()
    return tuple(visits)


def _stood(deal: Deal, moves: Sequence[StageChange]) -> list[_Stood]:
    """The columns that a card stood in, each since when."""
    in_order = sorted(moves, key=lambda move: (move.at, move.id or ""))
    made = [move for move in in_order if _is_making(deal, move)]
    moved = in_order[len(made) :]
    if made:
        stood = [_Stood(made[-1].to_id, deal.created_at)]
    elif moved and moved[0].from_id:
        stood = [_Stood(moved[0].from_id, deal.created_at)]
    elif moved:
        stood = []
    else:
        return [_Stood(deal.stage_id, deal.created_at)]
    for move in moved:
        if not stood or stood[-1].stage != move.to_id:
            stood.append(_Stood(move.to_id, max(move.at, deal.created_at)))
    return stood


def _is_making(deal: Deal, move: StageChange) -> bool:
    return move.at - deal.created_at <= _MAKING


def _closed(deal: Deal, since: datetime) -> datetime | None:
    if deal.status is StageKind.OPEN or deal.closed_at is None:
        return None
    return max(deal.closed_at, since)


def _is_elsewhere(deal: Deal, last: Visit, places: Mapping[str, int]) -> bool:
    """Whether the card stands in another place than its last move says, or since nobody knows."""
    return places.get(deal.stage_id) != last.place
