"""Who watches a run: a bar on a terminal, nobody otherwise."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Watcher(Protocol):
    """Is told how far a run has come."""

    def begin(self, recordings: int, work: str = "Transcribing") -> None:
        """So many recordings are to be transcribed, or whatever the work is called."""

    def heard(self, share: float) -> None:
        """So much (0..1) of the present recording is transcribed."""

    def done(self, audio_s: float) -> None:
        """The present recording, so many seconds long, is dealt with."""


class Nobody:
    """Watches nothing."""

    def begin(self, recordings: int, work: str = "Transcribing") -> None:
        """Does nothing."""

    def heard(self, share: float) -> None:
        """Does nothing."""

    def done(self, audio_s: float) -> None:
        """Does nothing."""


class Bar:
    """A bar on stderr: calls done, speed against real time, time left."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task: TaskID | None = None
        self._finished = 0
        self._audio_s = 0.0
        self._began = time.monotonic()

    def begin(self, recordings: int, work: str = "Transcribing") -> None:
        """Shows a bar for this work, unless there is nothing to do."""
        if recordings:
            self._began = time.monotonic()
            self._finished, self._audio_s = 0, 0.0
            self._task = self._progress.add_task(work, total=recordings, speed="")
            self._progress.start()

    def heard(self, share: float) -> None:
        """Moves the bar within a recording."""
        self._show(self._finished + min(1.0, max(0.0, share)))

    def done(self, audio_s: float) -> None:
        """Moves the bar to the next recording and takes the speed anew."""
        self._finished += 1
        self._audio_s += audio_s
        self._show(self._finished)

    def _show(self, completed: float) -> None:
        if self._task is None:
            return
        passed = max(1e-3, time.monotonic() - self._began)
        speed = f"{self._audio_s / passed:.1f}× real time" if self._audio_s else ""
        self._progress.update(self._task, completed=completed, speed=speed)


@contextmanager
def watching() -> Iterator[Watcher]:
    """Gives a bar where stderr is a terminal, else nobody."""
    if not sys.stderr.isatty():
        yield Nobody()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f} calls"),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    try:
        yield Bar(progress)
    finally:
        progress.stop()
