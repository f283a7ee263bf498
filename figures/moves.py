"""How cards were moved: over stages, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from models.vocabulary.figures import DealFact


@dataclass(frozen=True, slots=True)
class Moves:
    """Which deals came further without ever standing on a place, and were moved back from it.

    `skips` are the moves over at least one stage, `backs` those to an earlier one.
    """

    skipped: tuple[list[DealFact], ...]
    back: tuple[list[DealFact], ...]
    skips: int
    backs: int


def moves_of(deals: Iterable[DealFact], size: int) -> Moves:
    """Counts the moves of some deals in a line of so many stages, from their visits.

    A card that was made further on skips the stages before as well, but by no move.
    """
    skipped: tuple[list[DealFact], ...] = tuple([] for _ in range(size))
    back: tuple[list[DealFact], ...] = tuple([] for _ in range(size))
    straight = [*range(size)]
    skips = backs = 0
    for deal in deals:
        places = [visit.place for visit in deal.visits if visit.place < size]
        if places == straight[: len(places)]:
            continue  # the straight way, which most cards go
        for place in set(range(max(places))).difference(places):
            skipped[place].append(deal)
        left = set()
        for before, after in pairwise(places):
            skips += after > before + 1
            if after < before:
                backs += 1
                left.add(before)
        for place in left:
            back[place].append(deal)
    return Moves(skipped, back, skips, backs)
