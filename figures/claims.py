"""What is known of the place where a deal's card stands, as the inflation index counts it."""

from __future__ import annotations

from enum import StrEnum

from figures.standing import Ladder, State, state_at
from models.vocabulary.figures import DealFact


class Standing(StrEnum):
    """What is known of the place of a card; each deal has one of these."""

    PROVED = "proved"  # all that is critical before it is proved
    UNPROVED = "unproved"  # something critical fails, for sure
    UNKNOWN = "unknown"  # nobody can tell
    UNCLAIMED = "unclaimed"  # the card never stood in a column of a line that is judged


_OF_STATE = {
    State.PROVED: Standing.PROVED,
    State.UNDER_WAY: Standing.PROVED,
    State.UNPROVED: Standing.UNPROVED,
    State.UNKNOWN: Standing.UNKNOWN,
}


def place_of(deal: DealFact) -> int | None:
    """Where the card stands; of a deal that was given up how far it came; ``None``: nowhere."""
    return deal.recorded if deal.recorded is not None else deal.reached


def standing_of(deal: DealFact, rungs: Ladder | None) -> Standing:
    """What is known of the deal's place; `rungs` are those of its line, where it is judged."""
    place = place_of(deal)
    if place is None or rungs is None:
        return Standing.UNCLAIMED
    return _OF_STATE[state_at(deal, place, rungs)]
