"""The scheduler: takes uploads, looks for calls, finds lost work, tells workers. One at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Engine

from core.clock import now
from core.logs import get_logger
from flow.keeping import retain
from flow.live.snapshot import NotReadYetError
from flow.live.stands import ReadingState, Stands
from flow.service.bells import Bell, ring_waiting
from flow.service.lookout import Lookout
from flow.service.scan import Looked, look_at_crm, look_for_calls
from flow.service.workplace import Workplace
from ingest.sftp.collect import Waiting, collect, forget_receipts
from ingest.sftp.plan import inbox_of
from models.places import PLAYED
from models.sealed import read_keys
from models.session import reading, transaction
from models.store.claims import sweep
from models.store.ledger import ledger_mark
from models.store.lock import TakenError, alone
from models.vocabulary.errors import StagecheckError

_TURN_S = 1.0
_SOON_S = 600.0  # after the start: first come the calls
_STANDS_BY_S = 2.0
_DAY_S = 86_400
_TIME_TELLS_S = 600.0
_log = get_logger("service.scheduler")
Say = Callable[[str], None]


@contextmanager
def standing_by(database: Engine, stop: threading.Event, say: Say) -> Iterator[bool]:
    """Waits until no other scheduler (nor a run) works on the database; false: stopped before."""
    told = False
    while not stop.is_set():
        with ExitStack() as held:
            try:
                held.enter_context(alone(database))
            except TakenError:
                if not told:
                    say("Another one is at work here; this one stands by.")
                told = True
                stop.wait(_STANDS_BY_S)
                continue
            yield True
            return
    yield False


class Scheduler:
    """What has to be done now and then, by one process of the service.

    Nothing ends it: what goes wrong is told once and tried again.
    """

    def __init__(self, place: Workplace, bell: Bell, say: Say) -> None:
        self._place, self._bell, self._say = place, bell, say
        self._lookout: Lookout | None = None
        self._placed: list[Path] = []
        self._ledger: tuple[int, int, float, float] | None = None
        self._next_look_s = self._next_sweep_s = 0.0
        self._next_day_s = time.monotonic() + _SOON_S
        self._told: dict[str, str] = {}
        self._crm_state: ReadingState | None = None  # as it was told last
        self._crm: int | None = None  # the change of the live CRM that was looked at last
        self._next_crm_s = 0.0
        self._next_verdicts_s = time.monotonic() + _TIME_TELLS_S

    def run(self, stop: threading.Event) -> None:
        """Works until `stop`."""
        while not stop.is_set():
            self.turn()
            stop.wait(_TURN_S)

    def turn(self) -> None:
        """Does what is due."""
        at_s, settings = time.monotonic(), self._place.settings.service
        if self._crm_state is None:
            self._try("how the crm stands", lambda: self._tell_crm(self._place.crm_stands()))
        if at_s >= self._next_look_s:
            self._next_look_s = at_s + settings.look_s
            self._try("uploads", self._take_uploads)
            self._try("recordings", self._look)
        self._try("crm", self._look_at_crm)
        if at_s >= self._next_sweep_s:
            self._next_sweep_s = at_s + settings.stuck_s / 4
            self._try("work", self._sweep)
        self._try("broker", self._ring)
        if at_s >= self._next_day_s:
            self._next_day_s = at_s + _DAY_S
            self._try("keeping", self._retain)

    def _try(self, part: str, do: Callable[[], None]) -> None:
        try:
            do()
        except NotReadYetError as error:
            self._tell_crm(error.stands)
        except StagecheckError as error:
            self._tell(part, str(error))
        except Exception as error:  # noqa: BLE001 - the others must go on
            _log.error("failed", part=part, exc_info=error)
            self._tell(part, f"an unexpected {type(error).__name__}: {error}")
        else:
            self._told.pop(part, None)

    def _tell(self, part: str, problem: str) -> None:
        if self._told.get(part) != problem:
            self._told[part] = problem
            self._say(f"{problem} Waiting for the next change.")

    def _tell_crm(self, stands: Stands | None) -> None:
        """Tells how it stands with a live CRM where that is other than before."""
        if stands is not None and stands.state is not self._crm_state:
            self._crm_state = stands.state
            self._say(stands.line)

    def _take_uploads(self) -> None:
        place = self._place
        inbox, now_s = inbox_of(place.request.state, place.settings.sftp), time.time()
        if not inbox.is_dir():
            return
        sftp = place.settings.sftp
        keys = read_keys(place.settings.sealing)
        found = list(
            collect(inbox, place.request.recordings, quiet_s=sftp.quiet_s, at=now_s, keys=keys)
        )
        for one in found:
            if isinstance(one, Waiting):
                _log.warning("upload waits", account=one.account)
                waits = f"{one.account} sent {one.place}, which cannot be taken now"
                self._tell(f"{one.account}{one.place}", f"{waits} ({one.reason});")
            else:
                self._placed.append(one.path)
                _log.info("upload taken", account=one.account, size=one.size)
                again = ", as it had before" if one.repeated else ""
                self._say(f"{one.account} sent {one.place}{again}")
        if found:
            forget_receipts(inbox, before=now_s - sftp.receipts_days * _DAY_S)

    def _look(self) -> None:
        """Looks for calls when something new is whole."""
        self._lookout = self._lookout or Lookout(self._place)
        if self._ledger not in (None, self._ledger_now()):
            self._lookout.remind()  # rows came by a command or over the network
        placed, self._placed = self._placed, []
        seen = self._lookout.look(placed)
        for line in seen.lines:
            self._say(line)
        if seen.whole is None:
            return
        change = self._place.crm_change()
        looked = look_for_calls(self._place, seen.whole)
        self._crm = change
        self._lookout.done()
        self._ledger = self._ledger_now()
        self._say("; ".join(filter(None, [_told(looked), seen.waiting])))
        for warning in looked.warnings:
            self._say(warning)

    def _look_at_crm(self) -> None:
        """Asks for what a change of a live CRM brings, at once; and now and then for verdicts.

        Deadlines pass there without anything being changed.
        """
        change = self._place.crm_change()
        if change is None or self._crm is None:  # the first look is that for calls
            return
        at_s = time.monotonic()
        if change == self._crm and at_s < self._next_verdicts_s:
            return
        if at_s < self._next_crm_s:
            return
        again = look_at_crm(self._place)
        self._crm, self._next_verdicts_s = change, at_s + _TIME_TELLS_S
        took_s = time.monotonic() - at_s
        self._next_crm_s = time.monotonic() + took_s  # a busy CRM must not keep us from the rest
        _log.info("looked at the crm", change=change, again=again)

    def _ledger_now(self) -> tuple[int, int, float, float]:
        with reading(self._place.database) as session:
            return ledger_mark(session)

    def _sweep(self) -> None:
        settings = self._place.settings.service
        with transaction(self._place.database) as session:
            swept = sweep(session, now(), stuck_s=settings.stuck_s, most_tries=settings.tries)
        for job in swept.given_back:
            _log.warning("a worker fell silent; its work is given to another", job=job)
        for job in swept.quarantined:
            _log.error("set aside after too many tries", job=job)

    def _retain(self) -> None:
        """Removes what the settings no longer keep."""
        place = self._place
        inbox = inbox_of(place.request.state, place.settings.sftp)
        played = place.request.state / PLAYED
        done = retain(place.database, place.settings.keeping, inbox, played, at=now())
        if done.problems:
            self._tell("files", f"{len(done.problems)} files could not be removed;")

    def _ring(self) -> None:
        if ring_waiting(self._place.database, self._bell):
            self._told.pop("bell", None)
        else:
            self._tell("bell", "The broker cannot be reached; the work waits.")


def _told(looked: Looked) -> str:
    parts = [f"{looked.recorded} recordings, {looked.unrecorded} calls without one"]
    if looked.asked:
        parts.append(f"{looked.asked} to be heard")
    if looked.gone:
        parts.append(f"{looked.gone} gone")
    if looked.problems:
        parts.append(f"{looked.problems} files of no use")
    return ", ".join(parts)
