"""The reader of one live CRM: each turn decides what is due, and has it read beside the turn."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Engine

from core.clock import now
from core.logs import get_logger
from core.settings import Settings
from crm.errors import CrmAwayError, CrmError
from crm.port import Adapter, Queueing
from flow.live import sweeping
from flow.live.desk import Desk, TurnLostError
from flow.live.due import SHAPE, is_loaded, parts_due, sweep_due
from flow.live.faring import Faring, Say
from flow.live.parts import read_part
from flow.live.ringing import answer_bells, hear_queue
from flow.live.turns import Known, Turns
from models.session import reading
from models.store.bells import oldest_bell
from models.store.mirror import Mirrored
from models.store.mirror_shape import apply_confirmed, write_shape
from models.store.passes import PartPass, load_passes
from models.vocabulary.errors import StagecheckError

_AT_ONCE = 4  # parts that are read at once
_BELLS, _QUEUE, _SWEEP, _SHAPE = " bells", " queue", " sweep", " shape"
_ASKS, _DEAF = timedelta(seconds=5), timedelta(hours=1)  # the queue; one that is not for us
_log = get_logger("live.reader")


@dataclass(slots=True)
class Reader:
    """Reads one connection for as long as it is this process's turn. Nothing ends it but `close`.

    `turn` begins what is due and does not wait for it; `settle` does.
    """

    database: Engine
    state: Path
    settings: Settings
    connection: int
    open_adapter: Callable[[], Adapter]
    say: Say = field(default=lambda _line: None)
    clock: Callable[[], datetime] = now
    _turns: Turns = field(init=False)
    _faring: Faring = field(init=False)
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_AT_ONCE + 3, thread_name_prefix="crm")
    )
    _ended: Event = field(default_factory=Event)
    _running: dict[str, Future[None]] = field(default_factory=dict)
    _desk: Desk | None = None
    _entrance: tuple[Any, ...] | None = None
    _confirmed: tuple[Any, ...] | None = None
    _shape_at: datetime | None = None
    _queue_at: datetime | None = None  # when it is asked next
    _met: sweeping.Met | None = None
    _told_loading: bool = False
    _poll_now: bool = False

    def __post_init__(self) -> None:
        self._turns = Turns(self.database, self.connection)
        self._faring = Faring(self.database, self.connection, self.say, self.clock)

    def turn(self) -> None:
        """Begins what is due.

        Raises:
            StagecheckError: the database cannot be used.
        """
        self._running = {name: one for name, one in self._running.items() if not one.done()}
        known = self._turns.take(self.clock())
        if known is None:
            self._stop_reading()
            return
        if self._entrance not in (None, known.entrance) or self._faring.is_mended(known.let_in):
            if self._running:
                return
            self._shut_adapter()
            self._faring.begin_anew()
        self._entrance = known.entrance
        if self._faring.rests():
            return
        desk = self._opened(known)
        if desk is not None:
            self._begin_due(desk, known)

    def settle(self, patience_s: float = 600.0) -> None:
        """Waits until what was begun is done."""
        wait(list(self._running.values()), patience_s)

    def close(self) -> None:
        """Ends reading with the page in hand, and gives the turn back."""
        self._ended.set()
        if self._desk is not None:
            self._desk.ended.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._shut_adapter()
        self._turns.give_back()

    def _opened(self, known: Known) -> Desk | None:
        if self._desk is not None and self._desk.ended.is_set():  # it was paused meanwhile
            if self._running:
                return None
            self._shut_adapter()
        if self._desk is None:
            try:
                adapter = self.open_adapter()
            except StagecheckError as error:  # a key is gone, or an address is refused
                self._faring.wrong(error)
                return None
            self._desk = Desk(
                self.database,
                self.state,
                self.settings,
                self.connection,
                known.name,
                self._turns.reader,
                adapter,
                clock=self.clock,
            )
        return self._desk

    def _begin_due(self, desk: Desk, known: Known) -> None:
        crm, at = self.settings.crm, self.clock()
        with reading(self.database) as session:
            passes = load_passes(session, self.connection)
            bells, _ = oldest_bell(session, self.connection)
        if self._shape_at is None or not at - SHAPE < self._shape_at <= at:
            self._begin(_SHAPE, lambda: self._read_shape(desk, known, at))
        elif self._confirmed != known.confirmed:
            self._begin(_SHAPE, lambda: self._confirm(desk, known))
        has_queue = isinstance(desk.adapter, Queueing) and desk.adapter.has_queue
        if has_queue and (self._queue_at is None or not at < self._queue_at <= at + _DEAF):
            self._begin(_QUEUE, lambda: self._hear(desk, at))
        if bells:
            self._begin(_BELLS, lambda: self._answer(desk))
        parts = desk.adapter.parts
        poll = timedelta(seconds=0 if self._poll_now else crm.poll_s)
        self._poll_now = False
        if not is_loaded(parts, passes) and not self._told_loading:
            self._told_loading = True
            self.say(f"{known.name}: everything is read for the first time.")
        for one in parts_due(parts, passes, at, poll):
            self._begin(one.part, lambda one=one: self._read(desk, one))  # type: ignore[misc]
        if sweep_due(parts, passes, at, timedelta(hours=crm.sweep_hours)):
            self._begin(_SWEEP, lambda: self._sweep(desk))

    def _begin(self, name: str, do: Callable[[], None]) -> None:
        if name not in self._running:
            self._running[name] = self._pool.submit(self._do, do)

    def _do(self, do: Callable[[], None]) -> None:
        """Does a piece of reading; what goes wrong is written down and told, and ends nothing."""
        try:
            do()
        except TurnLostError:
            return
        except StagecheckError as error:
            with suppress(StagecheckError, TurnLostError):
                self._faring.wrong(error)
        except Exception as error:  # noqa: BLE001 - the next turn may do better
            _log.error("failed", connection=self.connection, exc_info=error)
            trouble = StagecheckError(
                f"Reading failed by an unexpected {type(error).__name__}; it is tried again."
            )
            with suppress(StagecheckError, TurnLostError):
                self._faring.wrong(trouble)

    def _read(self, desk: Desk, one: PartPass) -> None:
        done = read_part(desk, one, self._note)
        if not done.under_way:
            self._faring.well(desk)

    def _answer(self, desk: Desk) -> None:
        answered = answer_bells(desk, self._note)
        self._poll_now = self._poll_now or answered.look
        if answered.bells:
            _log.info("read at once", crm=desk.name, bells=answered.bells)
            self._faring.well(desk)

    def _hear(self, desk: Desk, at: datetime) -> None:
        self._queue_at = at + _ASKS
        try:
            hear_queue(desk)
        except CrmAwayError:
            raise
        except CrmError as error:  # not for this tariff or application: polling does as well
            self._queue_at = at + _DEAF
            _log.warning("no queue of changes", crm=desk.name, error=type(error).__name__)

    def _read_shape(self, desk: Desk, known: Known, at: datetime) -> None:
        shape = desk.adapter.shape()
        with desk.writing() as (session, target):
            write_shape(session, target, shape)
        self._shape_at, self._confirmed = at, known.confirmed

    def _confirm(self, desk: Desk, known: Known) -> None:
        with desk.writing() as (session, target):
            apply_confirmed(session, target)
        # Extensions are added to those that the CRM has: they are read again.
        if self._confirmed is not None and self._confirmed[1] != known.confirmed[1]:
            self._shape_at = None
        self._confirmed = known.confirmed

    def _sweep(self, desk: Desk) -> None:
        self._met = sweeping.begin(desk)
        try:
            sweeping.sweep(desk, desk.adapter.parts, self._met, self._note)
        finally:
            self._met = None
        self._faring.well(desk)

    def _note(self, written: Mirrored) -> None:
        met = self._met
        if met is not None:
            met.add(written)

    def _stop_reading(self) -> None:
        """Another process reads this CRM, or nobody shall."""
        if self._desk is not None:
            self._desk.ended.set()
            if not self._running:
                self._shut_adapter()

    def _shut_adapter(self) -> None:
        if self._desk is not None:
            self._desk.adapter.close()
        self._desk, self._shape_at = None, None
