"""Writes into a CRM what its deals shall say: beside the scheduler, in order, each thing once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from core.clock import now
from core.logs import get_logger
from core.pauses import doubled_s
from core.settings import Settings
from crm.port import Adapter
from flow.live.enqueuing import enqueue
from flow.live.sending import Outcome, Patience, Sender, once
from flow.service.background import again_and_again
from models.session import reading, transaction
from models.store.crm_facts import facts_mark, judged_by, load_outlet
from models.store.crm_sending import due_writes, free_silent, give_up_expired
from models.vocabulary.errors import StagecheckError

_EVERY_S = 1.0
_LOOKS_S = 1800.0  # for what all deals want, though nothing seems to be new
_OVERLAP = timedelta(minutes=10)  # what was being written when it was looked at
_SOON_S = 10.0  # for what was on its way when it was looked at
_BATCH = 100
_BATCH_S = 60.0  # then what is wanted is looked at again
_LONGEST_REST_S = 300.0
_log = get_logger("live.writing")


@dataclass(slots=True)
class Writer:
    """Writes into one CRM; any number of them may do so at once, in any processes.

    `opened` gives the adapter, which is opened for as long as there is something to send.
    """

    database: Engine
    connection: int
    opened: Callable[[], Adapter]
    settings: Settings
    patience: Patience = field(default_factory=Patience)
    clock: Callable[[], float] = time.monotonic
    _sender: Sender = field(init=False)
    _planned: tuple[Any, Any] | None = None
    _planned_from: datetime = field(default_factory=now)
    _plans_at_s: float = 0.0
    _sweeps_at_s: float = float("-inf")
    _away: int = 0
    _rests_until_s: float = float("-inf")

    def __post_init__(self) -> None:
        self._sender = Sender(self.database, self.patience)

    def turn(self, ended: threading.Event) -> None:
        """Plans where something is new, and sends what is due.

        Raises:
            StagecheckError: the database cannot be used, or the CRM cannot be opened.
        """
        self._sweep()
        self._plan()
        if self.clock() >= self._rests_until_s:
            self._send(ended)

    def beating(self) -> Any:
        """See `Sender.beating`."""
        return self._sender.beating()

    def _plan(self) -> None:
        """Brings the outbox up to date where anything may be wanted otherwise."""
        began, marks = now(), self._marks()
        if marks is None:
            self._planned = None  # switched on again, everything is looked at anew
            return
        everything = (
            self._planned is None
            or self._planned[0] != marks[0]
            or self.clock() >= self._plans_at_s
        )
        if not everything and self._planned == marks:
            return
        since = None if everything else self._planned_from - _OVERLAP
        done = enqueue(self.database, self.connection, self.settings, began, since=since)
        self._planned, self._planned_from = marks, began
        if done.unsettled:
            self._plans_at_s = self.clock() + _SOON_S
        elif everything:
            self._plans_at_s = self.clock() + _LOOKS_S
        if done.added or done.dropped or done.taken_back:
            _log.info("planned", added=done.added, dropped=done.dropped, taken_back=done.taken_back)

    def _marks(self) -> tuple[Any, Any] | None:
        """What differs when all deals, or some, may be told otherwise.

        ``None`` where nothing may be written.
        """
        with reading(self.database) as session:
            outlet = load_outlet(session, self.connection)
            if outlet is None or not outlet.is_open:
                return None
            judged = judged_by(session, outlet.name)
            if judged is None:
                return None
            told = (repr(outlet.options), repr(outlet.own_fields), judged.source)
            return told, facts_mark(session, judged)

    def _send(self, ended: threading.Event) -> None:
        """Sends what is due, until the CRM is away or something new may be wanted."""
        until_s = self.clock() + _BATCH_S
        with ExitStack() as stack:
            adapter = once(self.opened, stack)
            while due := self._due():
                for write in due:
                    if ended.is_set() or self.clock() >= until_s:
                        return
                    if not self._goes_on(self._sender.send(write, adapter)):
                        return

    def _due(self) -> list[int]:
        with reading(self.database) as session:
            return due_writes(session, self.connection, now(), _BATCH)

    def _goes_on(self, outcome: Outcome) -> bool:
        """Whether the next one may be sent at once."""
        if outcome is Outcome.AWAY:
            self._away += 1
            rest_s = doubled_s(self.patience.first_pause_s / 2, self._away, _LONGEST_REST_S)
            self._rests_until_s = self.clock() + rest_s
            return False
        if outcome is Outcome.NOT_THERE:
            self._planned = None  # it may go, if it is wanted still
            return False
        if outcome is Outcome.DONE:
            self._away = 0
        return outcome is not Outcome.SHUT

    def _sweep(self) -> None:
        at, patience = now(), self.patience
        if self.clock() < self._sweeps_at_s:
            return
        self._sweeps_at_s = self.clock() + patience.lost_s / 4
        days = timedelta(days=self.settings.crm.give_up_days)
        with transaction(self.database) as session:
            free_silent(session, at, lost_s=patience.lost_s, grace_s=patience.grace_s)
            give_up_expired(session, self.connection, at - days, at)


@contextmanager
def writing(
    database: Engine, connection: int, opened: Callable[[], Adapter], settings: Settings
) -> Iterator[None]:
    """Writes in the background, and takes back what somebody asks for, until the end."""
    writer = Writer(database, connection, opened, settings)

    def turn(ended: threading.Event) -> None:
        try:
            writer.turn(ended)
        except StagecheckError as error:
            _log.warning("cannot write into the CRM now", reason=str(error))

    with writer.beating(), again_and_again(f"crm writes {connection}", _EVERY_S, turn):
        yield
