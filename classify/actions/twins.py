"""One time agreed on that two topics heard: it is the one's that named what it is for."""

from __future__ import annotations

from classify.actions.table import Standing, Table


def plainer_twin(table: Table, other: Table | None) -> bool:
    """Whether the other topic was agreed on for the same day and hour, in plainer words."""
    if other is None or table.slot.clock is None:
        return False
    if not table.standing is other.standing is Standing.AGREED:
        return False
    same = (table.slot.day, table.slot.clock) == (other.slot.day, other.slot.clock)
    return same and _named(other) and not _named(table)


def _named(table: Table) -> bool:
    """Whether some words said what the time is for, with or without the time."""
    return table.cues[0].startswith(f"{table.topic.name}.") and not table.cues[0].startswith(
        f"{table.topic.name}.timed:"
    )
