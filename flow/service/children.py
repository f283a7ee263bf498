"""Processes that another one keeps alive: started, started again when they die, ended with it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence

from core.logs import get_logger
from flow.service.parent import child_environment

_AGAIN_S = (1.0, 2.0, 5.0, 15.0, 30.0)  # pauses before the second, third... start
_WELL_S = 60.0  # a child that lived as long starts the pauses anew
_log = get_logger("service.children")


class Child:
    """One command of stagecheck as a process of its own."""

    def __init__(self, name: str, words: Sequence[str]) -> None:
        self.name, self._words = name, words
        self._process: subprocess.Popen[bytes] | None = None
        self._started_s = self._due_s = 0.0
        self._deaths = 0

    @property
    def pid(self) -> int | None:
        """Its process, if it runs."""
        return self._process.pid if self._process is not None else None

    def keep_alive(self) -> str | None:
        """Starts it, also again after its death; gives a sentence where it has just died."""
        at_s = time.monotonic()
        if self._process is None:
            if at_s >= self._due_s:
                self._start(at_s)
            return None
        status = self._process.poll()
        if status is None:
            return None
        self._process = None
        self._deaths = 0 if at_s - self._started_s >= _WELL_S else self._deaths
        self._due_s = at_s + _AGAIN_S[min(self._deaths, len(_AGAIN_S) - 1)]
        self._deaths += 1
        _log.error("a process died", name=self.name, status=status)
        return f"the {self.name} ended with status {status}; it is started again."

    def stop(self, *, patience_s: float) -> None:
        """Asks it to end its work, and ends it where it does not in time."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _start(self, at_s: float) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "flow.cli", *self._words], env=child_environment()
        )
        self._started_s = at_s
