"""Reads what happened since the last look, also what was committed late."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Engine

from models.session import reading
from models.store.events import events_after, last_event
from models.vocabulary.event import Event, EventType

_LATE_S = 60.0  # a number that is missing for so long was rolled back
_MOST_LATE = 500
_MOST = 500


class Reader:
    """One query for all listeners of a process.

    Numbers are given out before the commit: a smaller one may be seen after a larger one. Those
    that were skipped are asked for again for a while.
    """

    def __init__(self, database: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        """Begins after what is there now.

        Raises:
            StagecheckError: the database cannot be used.
        """
        self._database, self._clock = database, clock
        with reading(database) as session:
            self._after = last_event(session)
        self._late: dict[int, float] = {}

    @property
    def last(self) -> int:
        """The number of the newest event that was read."""
        return self._after

    def news(self) -> list[Event]:
        """What is new, at most 500 events at a time.

        Raises:
            StagecheckError: the database cannot be used.
        """
        at_s = self._clock()
        self._late = {id_: until_s for id_, until_s in self._late.items() if at_s < until_s}
        with reading(self._database) as session:
            found = events_after(
                session, self._after, types=list(EventType), late=list(self._late), most=_MOST
            )
        for event in found:
            self._late.pop(event.id, None)
            skipped = range(self._after + 1, event.id)[-_MOST_LATE:]
            self._late.update(dict.fromkeys(skipped, at_s + _LATE_S))
            self._after = max(self._after, event.id)
        return found
