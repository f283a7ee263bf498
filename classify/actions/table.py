"""What lies on the table between two: its standing, its slot and how it changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import time
from enum import StrEnum

from classify.actions.timing import NEVER, When
from classify.dialogue import Hit, Turn
from models.vocabulary.transcript import Speaker


class Standing(StrEnum):
    """What lies on a table."""

    OPEN = "open"
    DEFERRED = "deferred"
    AGREED = "agreed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Topic:
    """A thing that two agree on, and the notions (cue names) that speak of it.

    `agent` and `client` are the cues by which a side puts it on the table, `either` those of
    both; `arranged` speaks of what was agreed before the call; `against` takes it back or refuses
    it; `condition` makes it depend. A time agreed on for nothing that is named is its where it is
    `unnamed`, or where `not_now` was said of late («я за рулём»).
    """

    name: str
    either: str
    agent: str
    client: str
    arranged: str
    against: str
    condition: str
    blocked_by: str = ""
    unnamed: bool = False
    not_now: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """The time that a turn names for a topic: one slot, or several options to choose from.

    `at` is the first word of the last mention, -1 where none is.
    """

    slot: When = NEVER
    options: tuple[When, ...] = ()
    at: int = -1

    @property
    def told_at(self) -> int:
        """`at` where a time was named indeed; «в январе» names none."""
        return self.at if self.slot or self.options or self.slot.part else -1


@dataclass(frozen=True)
class Table:
    """What is known of one topic so far. `place` is the decisive words of `turn`.

    `hour` is the last clock time named («в то же время» means it). `weak`: the yes was an «угу»,
    which may have been listening.
    """

    topic: Topic
    standing: Standing
    holder: Speaker
    slot: When
    turn: Turn
    place: tuple[int, int]
    last_turn: int
    options: tuple[When, ...] = ()
    kept: When = NEVER
    was_agreed: bool = False
    refused_whole: bool = False
    countered: bool = False
    weak: bool = False
    hour: time | None = None
    cues: tuple[str, ...] = ()
    turns: tuple[int, ...] = field(default_factory=tuple)


def opened(topic: Topic, hit: Hit, standing: Standing, said: Said) -> Table:
    """A table on which the words of `hit` put something for the first time."""
    return Table(
        topic=topic,
        standing=standing,
        holder=hit.turn.speaker,
        slot=said.slot,
        turn=hit.turn,
        place=(hit.start, hit.end),
        last_turn=hit.turn.index,
        hour=said.slot.clock,
        options=said.options,
        kept=said.slot,
        was_agreed=standing is Standing.AGREED,
        cues=(f"{hit.cue}: {hit.wording}",),
        turns=(hit.turn.index,),
    )


def agreed(table: Table, hit: Hit, slot: When) -> Table:
    """The table after the other side took what lies there, at `slot`."""
    return replace(
        table,
        standing=Standing.AGREED,
        slot=slot,
        hour=slot.clock or table.hour,
        kept=slot,
        options=(),
        holder=hit.turn.speaker,
        turn=hit.turn,
        place=(hit.start, hit.end),
        last_turn=hit.turn.index,
        was_agreed=True,
        countered=False,
        weak=False,
        cues=(*table.cues, f"accepted: {hit.wording}"),
        turns=(*table.turns, hit.turn.index),
    )


def countered(table: Table, hit: Hit, slot: When, options: tuple[When, ...] = ()) -> Table:
    """The table after a side put another time (or several, or none) on it."""
    return replace(
        table,
        standing=Standing.OPEN,
        holder=hit.turn.speaker,
        slot=When() if len(options) > 1 else slot,
        hour=slot.clock or table.hour,
        options=options if len(options) > 1 else (),
        kept=table.kept if table.was_agreed else slot,
        turn=hit.turn,
        place=(hit.start, hit.end),
        last_turn=hit.turn.index,
        countered=True,
        cues=(*table.cues, f"another offer: {hit.wording}"),
        turns=(*table.turns, hit.turn.index),
    )


def cleared(table: Table, hit: Hit, *, whole: bool) -> Table:
    """The table after a refusal: of the thing as a whole, or only of its time."""
    return replace(
        table,
        standing=Standing.DECLINED,
        holder=hit.turn.speaker,
        turn=hit.turn,
        place=(hit.start, hit.end),
        last_turn=hit.turn.index,
        refused_whole=table.refused_whole or whole,
        countered=False,
        cues=(*table.cues, f"declined: {hit.wording}"),
        turns=(*table.turns, hit.turn.index),
    )
