"""«Часом позже», «на полчаса раньше»: an hour told by how far it is from the one on the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from classify.actions.timing import When
from classify.dialogue import Turn

LATER = frozenset(["позже", "попозже", "позднее"])
EARLIER = frozenset(["раньше", "пораньше"])
LENGTHS = {
    **dict.fromkeys(("час", "часом", "часик", "часок", "часочек", "часиком"), 60),
    **dict.fromkeys(("полчаса", "полчасика", "получасом", "полчасиком"), 30),
}


def shifted(turn: Turn, slot: When) -> tuple[When, int] | None:
    """The slot moved as the turn says, and the word that tells how far; None where none does."""
    forms = [token.form for token in turn.tokens]
    for at, form in enumerate(forms[:-1]):
        minutes, way = LENGTHS.get(form), forms[at + 1]
        if minutes is None or way not in LATER | EARLIER or slot.clock is None:
            continue
        two = at > 0 and forms[at - 1] in {"два", "двумя"}
        step = timedelta(minutes=minutes * (2 if two else 1))
        moment = datetime.combine(slot.day or date.min + timedelta(days=1), slot.clock)
        moment += step if way in LATER else -step
        day = moment.date() if slot.day else None
        return replace(slot, day=day, clock=moment.time()), at
    return None
