"""Whether a deal is proved to have come to a stage: yes, no, under way, or nobody can tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.vocabulary.deal import StageKind
from models.vocabulary.figures import DealFact, Line
from models.vocabulary.verdict import Gap


class State(StrEnum):
    """What is known of a deal at a stage."""

    PROVED = "proved"
    UNPROVED = "unproved"  # for sure
    UNKNOWN = "unknown"
    UNDER_WAY = "under_way"  # all before is proved, the work of the stage itself is not over


@dataclass(frozen=True, slots=True)
class Ladder:
    """Which places prove anything, by the furthest proved place plus one (0: none is).

    `floor` is the last place up to there that demands anything critical, -1 where none does;
    `ceiling` the last place up to which nothing more is demanded.
    """

    floor: tuple[int, ...]
    ceiling: tuple[int, ...]


def ladder(line: Line) -> Ladder:
    """The ladder of a line."""
    floor = [-1]
    for place, stage in enumerate(line.stages):
        floor.append(place if stage.is_provable else floor[-1])
    ceiling = [len(line.stages) - 1]
    for place in range(len(line.stages) - 1, -1, -1):
        ceiling.append(place - 1 if line.stages[place].is_provable else ceiling[-1])
    return Ladder(tuple(floor), tuple(reversed(ceiling)))


def came_to(deal: DealFact) -> int:
    """The furthest place its card ever had; -1: none."""
    reached = -1 if deal.reached is None else deal.reached
    return reached if deal.recorded is None or deal.recorded < reached else deal.recorded


def proved_place(deal: DealFact, rungs: Ladder) -> int:
    """The furthest place it is proved to have come to; -1: none.

    A stage that demands nothing is come to by the card alone, once all before it is proved.
    """
    proved = _proved(deal, rungs)
    floor, ceiling = rungs.floor[proved], rungs.ceiling[proved]
    came = came_to(deal)
    return max(floor, min(ceiling, came))


def state_at(deal: DealFact, place: int, rungs: Ladder) -> State:
    """What is known of a deal at a place to which its card came."""
    return State.PROVED if place <= proved_place(deal, rungs) else unproved_at(deal, place, rungs)


def unproved_at(deal: DealFact, place: int, rungs: Ladder) -> State:
    """The same at a place beyond the furthest that is proved."""
    unsure = deal.unsure is not None and deal.unsure <= place
    if _fails(deal, place):
        return State.UNPROVED
    if unsure or (deal.gap is Gap.UNKNOWN and deal.recorded is not None):
        return State.UNKNOWN
    if deal.status is StageKind.OPEN:
        is_next = rungs.ceiling[_proved(deal, rungs)] >= place - 1
        return State.UNDER_WAY if is_next else State.UNKNOWN
    # Given up before it was proved: it will not come any more, unless it was said where nobody
    # could hear it.
    return State.UNPROVED if deal.is_lost and not deal.unheard else State.UNKNOWN


def _proved(deal: DealFact, rungs: Ladder) -> int:
    """How many places are proved, none beyond the line."""
    proved = 0 if deal.verified is None else deal.verified + 1
    return min(proved, len(rungs.floor) - 1)


def _fails(deal: DealFact, place: int) -> bool:
    if deal.blocked is None or deal.blocked > place:
        return False
    if deal.blocked < place or place != deal.recorded:
        return True
    # The card's own stage is only asked to be over because an earlier one is not proved; where of
    # that one nobody can tell, the own one may well be under way.
    return deal.unsure is None or deal.unsure >= place
