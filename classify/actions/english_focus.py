"""Which of two matters an English turn speaks of: a visit or a call; a time serves only one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from classify.actions.moves import Move, moves_of
from classify.actions.table import Standing, Table, Topic, cleared
from classify.actions.timing import placed
from classify.dialogue import Hit, Talk, Turn

WARM = 4  # turns after which a bare answer no longer speaks of what was put forward
NAMING = frozenset({"propose", "arranged", "against"})


def spoken_of(
    talk: Talk, turn: Turn, tables: Mapping[str, Table], topics: Sequence[Topic]
) -> set[str]:
    """The topics that a turn may put down or answer: those it names, else the one last touched."""
    named = {t.name: _named(talk, turn, t) for t in topics}
    strong = {name for name, moves in named.items() if any(not _framed(m) for m in moves)}
    if len(strong) > 1 and len(placed(talk, turn)) == 1:
        return {min(strong, key=lambda name: _apart(talk, turn, named[name]))}
    if strong:
        return strong
    warm = {
        name: table.last_turn
        for name, table in tables.items()
        if turn.index - table.last_turn <= WARM
    }
    if warm:
        latest = max(warm.values())
        return {name for name, touched in warm.items() if touched == latest}
    return {name for name, moves in named.items() if moves} or {t.name for t in topics}


def _named(talk: Talk, turn: Turn, topic: Topic) -> list[Move]:
    return [m for m in moves_of(talk, turn, topic) if m.kind in NAMING]


def _framed(move: Move) -> bool:
    """«How about Tuesday», «I could do the ninth»: an offer of a time that names no deed."""
    return move.hit.cue.endswith((".timed", ".timed_agent", ".timed_client")) and (
        move.hit.cue.startswith("meeting.")
    )


def _apart(talk: Talk, turn: Turn, moves: Sequence[Move]) -> tuple[int, int]:
    """How far a topic's words are from the time in the turn; the words said last win a draw."""
    place = placed(talk, turn)[0]
    near = [
        (max(m.hit.start - place.end, place.start - m.hit.end, 0), -m.hit.start)
        for m in moves
        if not _framed(m)
    ]
    return min(near)


def turned_down_beside(talk: Talk, turn: Turn, table: Table) -> Table | None:
    """«Tomorrow is audit. Ring me Thursday»: what lay open falls where its day is told to be full.

    None where the turn leaves it as it lies.
    """
    if table.holder is turn.speaker or table.standing is not Standing.OPEN:
        return None
    if turn.index - table.last_turn > WARM or table.slot.day is None:
        return None
    full = [p for p in placed(talk, turn) if p.mention.refused]
    if not any(p.mention.date == table.slot.day for p in full):
        return None
    words = Hit("", turn, full[0].start, len(turn.tokens), "the day is full")
    return replace(cleared(table, words, whole=False), last_turn=table.last_turn)
