"""Keeps a folder of recordings judged: looks again and again, runs when something changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flow.run import RunReport, RunRequest
from models.vocabulary.errors import StagecheckError

Sight = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Tidings:
    """What came of one look that led to a run: a report, or the sentence that says why not."""

    report: RunReport | None
    problem: str | None = None


def keep_up(
    request: RunRequest, judge: Callable[[RunRequest], RunReport], look_again: Callable[[], bool]
) -> Iterator[Tidings]:
    """Runs `judge` at once and then whenever the recordings or the snapshot changed.

    A change counts when two looks in a row see the same, so that a file still being
    written is left alone. An input that turns out wrong is told and waits for the next
    change; nothing ends the watch but `look_again`.

    Args:
        request: the run to repeat.
        judge: does one run; raises `StagecheckError` where the input is wrong.
        look_again: waits until the next look is due; false ends the watch.
    """
    judged: Sight | None = None
    before = sight(request)
    while True:
        seen = sight(request)
        if seen == before and seen != judged:
            judged = seen
            yield _judged(request, judge)
        before = seen
        if not look_again():
            return


def _judged(request: RunRequest, judge: Callable[[RunRequest], RunReport]) -> Tidings:
    try:
        return Tidings(judge(request))
    except StagecheckError as error:
        return Tidings(None, str(error))


def sight(request: RunRequest) -> Sight:
    """Name, size and time of change of everything that a run reads, in a fixed order."""
    files = [request.crm, *([request.cdr] if request.cdr else [])]
    if request.recordings.is_dir():
        files += sorted(request.recordings.rglob("*"))
    return tuple(_look(path) for path in files)


def _look(path: Path) -> tuple[str, int, int]:
    try:
        stat = path.stat()
    except OSError:  # gone between the listing and the look, or not to be read
        return (str(path), -1, -1)
    return (str(path), stat.st_size, stat.st_mtime_ns)
