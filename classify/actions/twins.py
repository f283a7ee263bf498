"""One time agreed on that two topics heard: it is the one's that named what it is for."""

from __future__ import annotations

from classify.actions.table import Standing, Table


def plainer_twin(table: Table, other: Table | None) -> bool:
    """Whether the other topic was agreed on for the same day and hour, in plainer words."""
    if other is None or not table.standing is other.standing is Standing.AGREED:
        return False
    talks = _only_talks(table)
    if table.slot.clock is None and not talks:
        return False
    same = table.slot.day == other.slot.day and (
        table.slot.clock == other.slot.clock or (talks and table.slot.clock is None)
    )
    return same and _named(other) and not _named(table)


def _only_talks(table: Table) -> bool:
    """Whether it was called nothing but talking, which may be done face to face as well."""
    return "@talk" in table.cues[0]


def _named(table: Table) -> bool:
    """Whether some words said what the time is for, with or without the time."""
    if _only_talks(table):
        return False
    return table.cues[0].startswith(f"{table.topic.name}.") and not table.cues[0].startswith(
        f"{table.topic.name}.timed:"
    )
