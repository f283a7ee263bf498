"""The lookout: watches what the service reads, and says when it is time to look for calls."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flow.service.workplace import Workplace
from ingest.stillness import Why
from ingest.watched import Watched, place_of
from models.session import reading
from models.store.files import load_known_files
from models.vocabulary.files import Mark

_GIVEN_UP = {
    Why.EMPTY: "empty all the time",
    Why.CALL: "its WAV header was never filled in",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look came to.

    `whole` are the files to look for calls in, by place, where that is due; `waiting` is a phrase
    on the others, empty where there are none; `lines` are to be told now.
    """

    whole: Mapping[str, Mark] | None
    waiting: str
    lines: tuple[str, ...]


class Lookout:
    """Watches recordings, CDR, CRM snapshot and rules of one workplace.

    Files that were found whole before a restart need not lie still again.
    """

    def __init__(self, place: Workplace, clock: Callable[[], float] = time.monotonic) -> None:
        """Looks at nothing yet.

        Args:
            place: whose files are watched.
            clock: seconds that cannot be set.

        Raises:
            StagecheckError: the database cannot be used.
        """
        request = place.request
        with reading(place.database) as session:
            known = load_known_files(session, place.source)
        tables = [request.cdr] if request.cdr else []
        self._place, self._clock = place, clock
        self._watched = Watched(
            request.recordings, place.settings.watch, tables=tables, known=known
        )
        self._due = True
        self._reasons: frozenset[Why] = frozenset()

    def look(self, placed: Iterable[Path] = ()) -> Seen:
        """Looks once; `placed` were put among the recordings whole and need not lie still."""
        inputs = list(self._place.inputs())
        self._watched.watch_also(inputs)
        self._watched.trust(placed)
        looked = self._watched.look(self._clock())
        self._due = self._due or bool(looked.news)
        ready = self._due and not any(place_of(path) in looked.waiting for path in inputs)
        waiting = _waiting(looked.waiting)
        lines = [_given_up(why, n) for why, n in sorted(Counter(looked.given_up.values()).items())]
        reasons = frozenset(looked.waiting.values())
        if reasons - self._reasons and not ready:
            lines.append(waiting)
        self._reasons = reasons
        return Seen(looked.whole if ready else None, waiting, tuple(lines))

    def remind(self) -> None:
        """Something that is no file has changed: calls are looked for at the next look."""
        self._due = True

    def done(self) -> None:
        """The calls were looked for; the next time is due with the next news."""
        self._due = False


def _waiting(waiting: Mapping[str, Why]) -> str:
    """How many files wait and why."""
    counts = Counter(waiting.values())
    total = counts.total()
    if not total:
        return ""
    reasons = ", ".join(f"{count} {why.value}" for why, count in sorted(counts.items()))
    return f"{total} {'file waits' if total == 1 else 'files wait'} ({reasons})"


def _given_up(why: Why, count: int) -> str:
    files = "1 file is taken as it is" if count == 1 else f"{count} files are taken as they are"
    return f"{files} ({_GIVEN_UP[why]})"
