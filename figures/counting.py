"""Which deals a funnel counts at which stage: those that came to it, or that stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from figures.standing import Ladder, State, came_to, ladder, proved_place, state_at, unproved_at
from models.vocabulary.deal import StageKind
from models.vocabulary.figures import DealFact, Line

Places = tuple[list[DealFact], ...]  # deals by place


@dataclass(frozen=True, slots=True)
class Passing:
    """How many of the step before came to a step, and of the others how many still may."""

    came: int
    of: int
    unknown: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Counted:
    """The deals at each place, and how many came to it from the one before.

    `outside` are recorded nowhere; `unplaced` surely stand nowhere by what is proved, of
    `undecided` nobody can tell.
    """

    recorded: Places
    verified: Places
    states: dict[State, Places]
    recorded_passing: tuple[Passing, ...]
    verified_passing: tuple[Passing, ...]
    outside: list[DealFact]
    unplaced: list[DealFact]
    undecided: list[DealFact]


def counted_cohort(deals: Sequence[DealFact], line: Line) -> Counted:
    """Each deal at every place it came to."""
    size, rungs = len(line.stages), ladder(line)
    found = _nothing(size)
    by_card = _Stops(size)
    by_proof = _Stops(size)
    for deal in deals:
        came, proved = min(came_to(deal), size - 1), proved_place(deal, rungs)
        for place in range(came + 1):
            found.recorded[place].append(deal)
        for place in range(proved + 1):
            found.verified[place].append(deal)
        after = None  # what is known of the first place that is not proved
        for place in range(proved + 1, came + 1):
            state = unproved_at(deal, place, rungs)
            after = after or state
            found.states[state][place].append(deal)
        by_card.add(came, deal)
        by_proof.add(proved, deal, is_unknown=after is State.UNKNOWN)
        if came < 0:
            found.outside.append(deal)
        if proved < 0:
            (found.undecided if after is State.UNKNOWN else found.unplaced).append(deal)
    return _with(found, by_card.passing(), by_proof.passing())


def counted_snapshot(deals: Sequence[DealFact], line: Line) -> Counted:
    """Each deal at the one place where it stands."""
    size, rungs = len(line.stages), ladder(line)
    found = _nothing(size)
    by_card = _Stops(size)
    by_proof = _Stops(size)
    for deal in deals:
        card = -1 if deal.recorded is None else min(deal.recorded, size - 1)
        place, state = _stands(deal, card, rungs)
        (found.recorded[card] if card >= 0 else found.outside).append(deal)
        if card >= 0 and state is not State.PROVED:
            found.states[state][card].append(deal)
        by_card.add(card, deal)
        if state is State.UNKNOWN:
            found.undecided.append(deal)
            by_proof.unknown += 1
            continue
        by_proof.add(place, deal)
        (found.verified[place] if place >= 0 else found.unplaced).append(deal)
    return _with(found, by_card.passing(), by_proof.passing())


def _stands(deal: DealFact, card: int, rungs: Ladder) -> tuple[int, State]:
    """Where a deal stands by what is proved, and what is known of where its card is."""
    proved = proved_place(deal, rungs)
    if card < 0:
        is_sure = proved >= 0 or deal.blocked == 0
        return proved, State.PROVED if is_sure else State.UNKNOWN
    state = state_at(deal, card, rungs)
    return (card if state is State.UNDER_WAY else proved), state


class _Stops:
    """How many deals came how far, from which follows how many came from place to place."""

    def __init__(self, size: int) -> None:
        self.furthest = [0] * (size + 1)  # by the furthest place plus one
        self.unknown_after = [0] * (size + 1)
        self.open_after = [0] * (size + 1)
        self.unknown = 0  # of which it cannot be told how far they came

    def add(self, furthest: int, deal: DealFact, *, is_unknown: bool = False) -> None:
        """One deal; `is_unknown`: whether it came further nobody can tell."""
        self.furthest[furthest + 1] += 1
        if is_unknown:
            self.unknown_after[furthest + 1] += 1
        elif deal.status is StageKind.OPEN:
            self.open_after[furthest + 1] += 1

    def passing(self) -> tuple[Passing, ...]:
        """From place to place; to the first one from all."""
        at_least = [*reversed([*accumulate(reversed(self.furthest))])]
        return tuple(
            Passing(
                came=at_least[step],
                of=at_least[step - 1] - self.unknown_after[step - 1],
                unknown=self.unknown_after[step - 1] + self.unknown,
                waiting=self.open_after[step - 1],
            )
            for step in range(1, len(at_least))
        )


def _nothing(size: int) -> Counted:
    def places() -> Places:
        return tuple([] for _ in range(size))

    states: dict[State, Places] = {state: places() for state in State if state is not State.PROVED}
    return Counted(places(), places(), states, (), (), [], [], [])


def _with(found: Counted, by_card: tuple[Passing, ...], by_proof: tuple[Passing, ...]) -> Counted:
    return Counted(
        found.recorded, found.verified, found.states, by_card, by_proof,
        found.outside, found.unplaced, found.undecided,
    )  # fmt: skip
