"""Hands news to everybody who listens in this process: one query a second for all of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress

from starlette.concurrency import run_in_threadpool

from api.live.reader import Reader
from api.service import Service
from core.logs import get_logger
from models.vocabulary.errors import StagecheckError
from models.vocabulary.event import LIVE_TYPES, Event

EVERY_S = 1.0
_MOST_WAITING = 1000  # events that a slow listener may leave lying
_log = get_logger("api.live")


class TooManyListenersError(Exception):
    """An account has as many pages open as it may."""


class Listener:
    """One open page; `overrun` once it was too slow and missed something."""

    def __init__(self, account: int) -> None:
        self.account = account
        self.overrun = False
        self._waiting: list[Event] = []
        self._woken = asyncio.Event()

    def offer(self, events: list[Event]) -> None:
        """Leaves news for it."""
        self.overrun = self.overrun or len(self._waiting) + len(events) > _MOST_WAITING
        if not self.overrun:
            self._waiting += events
        self._woken.set()

    async def take(self, patience_s: float) -> list[Event]:
        """What came meanwhile; waits for it for a while."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), patience_s)
        self._woken.clear()
        taken, self._waiting = self._waiting, []
        return taken


class Feed:
    """The news of this process. It asks the database only while somebody listens."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._listeners: set[Listener] = set()
        self._of_account: Counter[int] = Counter()
        self._asking: asyncio.Task[None] | None = None

    async def join(self, account: int) -> tuple[Listener, int]:
        """Lets somebody listen from now on; gives the number of the last event before that too.

        Raises:
            TooManyListenersError: the account has too many already (`access.streams`).
            StagecheckError: the database cannot be used.
        """
        if self._of_account[account] >= self._service.settings.access.streams:
            raise TooManyListenersError
        self._of_account[account] += 1
        try:
            reader = await run_in_threadpool(lambda: Reader(self._service.database()))
        except BaseException:
            self._of_account[account] -= 1
            raise
        listener = Listener(account)
        self._listeners.add(listener)
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask(reader))
        return listener, reader.last

    def leave(self, listener: Listener) -> None:
        """Somebody listens no more."""
        self._listeners.discard(listener)
        self._of_account[listener.account] -= 1

    async def _ask(self, reader: Reader) -> None:
        while self._listeners:
            try:
                found = await run_in_threadpool(reader.news)
            except StagecheckError as error:
                _log.warning("no news can be read now", error=type(error).__name__)
                found = []
            told = [one for one in found if one.type in LIVE_TYPES]
            if told:
                for listener in list(self._listeners):
                    listener.offer(told)
            await asyncio.sleep(EVERY_S)
