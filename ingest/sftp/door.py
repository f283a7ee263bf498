"""The door of the drop-box: it listens, and hands each connection to the desk with the fewest.

The desks are processes of their own, since one process of Python keeps one core busy. What they
have to agree on is either in the file system (the boxes, the marks of `Writing`, the audit) or
known to the door alone: who is connected, and whose log-ins went wrong. A desk that dies takes its
connections with it and is replaced; desks whose door died end by themselves.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from core.logs import get_logger
from ingest.sftp.accounts import read_accounts
from ingest.sftp.audit import Audit
from ingest.sftp.desk import sit
from ingest.sftp.keys import host_keys
from ingest.sftp.listening import listen
from ingest.sftp.plan import DropBoxPlan
from ingest.sftp.throttle import Throttle
from ingest.sftp.wire import Line, Message, hear, make_line, say

if TYPE_CHECKING:
    from asyncssh import SSHKey

_log = get_logger("ingest.sftp")
BEHIND_S = 1.0  # before a desk that could not be opened, or died at once, is opened again
ENDS_S = 10.0  # in which the desks have to end
_STOPS = {signal.SIGTERM, signal.SIGINT}


@dataclass(frozen=True, slots=True, eq=False)
class _Desk:
    process: int
    line: Line
    since: float
    guests: Counter[str] = field(default_factory=Counter)


class Door:
    """The one process that listens, and its desks."""

    def __init__(
        self, plan: DropBoxPlan, keys: Sequence[SSHKey], listeners: Sequence[socket.socket]
    ) -> None:
        self._plan = plan
        self._keys = keys
        self._listeners = listeners
        self._throttle = Throttle(plan.patience)
        self._audit = Audit(plan.audit)
        self._desks: list[_Desk] = []
        self._vacant = [0.0] * plan.processes  # from when on a desk may be opened
        self._selector = selectors.DefaultSelector()
        for listener in listeners:
            self._selector.register(listener, selectors.EVENT_READ, listener)

    def serve(self) -> None:
        """Serves until this process is told to stop (Ctrl-C, SIGTERM)."""
        with _signals() as signals:
            self._selector.register(signals, selectors.EVENT_READ)
            try:
                while not self._told_to_stop(signals):
                    self._open_desks(signals)
                    self._look()
            finally:
                self._close()

    @staticmethod
    def _told_to_stop(signals: socket.socket) -> bool:
        with suppress(BlockingIOError):
            return not _STOPS.isdisjoint(signals.recv(1024))
        return False

    def _look(self) -> None:
        """Waits for what comes next and answers it."""
        now = time.monotonic()
        waits = min((max(0.0, due - now) for due in self._vacant), default=None)
        for key, _ in self._selector.select(waits):
            if isinstance(key.data, _Desk):
                self._answer(key.data)
            elif isinstance(key.data, socket.socket):
                self._let_in(key.data)

    # The desks ---------------------------------------------------------------------------------

    def _open_desks(self, signals: socket.socket) -> None:
        now = time.monotonic()
        for due in [due for due in self._vacant if due <= now]:
            self._vacant.remove(due)
            try:
                self._open_desk(signals)
            except OSError as error:
                _log.error("no further process", reason=error.strerror)
                self._vacant.append(now + BEHIND_S)

    def _open_desk(self, signals: socket.socket) -> None:
        ours, theirs = make_line()
        try:
            process = os.fork()
        except OSError:
            ours.close()
            theirs.close()
            raise
        if process == 0:
            self._become_a_desk(signals, ours, theirs)
        theirs.close()
        ours.connections.setblocking(False)
        desk = _Desk(process, ours, time.monotonic())
        self._desks.append(desk)
        self._selector.register(ours.questions, selectors.EVENT_READ, desk)

    def _become_a_desk(self, signals: socket.socket, ours: Line, theirs: Line) -> None:
        """Goes on as a desk, in the new process, and never comes back."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            # What is the door's is closed here: else nobody would see that the door died.
            signals.close()
            ours.close()
            self._close_all()
            sit(self._plan, self._keys, theirs)
            status = 0
        except Exception as error:  # noqa: BLE001 - the door opens another, and the log says why
            _log.error("a desk failed", reason=f"{type(error).__name__}: {error}")
        finally:
            sys.stderr.flush()
            os._exit(status)

    def _bury(self, desk: _Desk) -> None:
        """A desk died: its connections are gone, and another takes its place."""
        self._selector.unregister(desk.line.questions)
        desk.line.close()
        self._desks.remove(desk)
        with suppress(ProcessLookupError):
            os.kill(desk.process, signal.SIGKILL)
        _, status = os.waitpid(desk.process, 0)
        for address in desk.guests.elements():
            self._throttle.left(address)
        now = time.monotonic()
        self._vacant.append(max(now, desk.since + BEHIND_S))
        lost = desk.guests.total()
        self._audit.tell("process died", status=os.waitstatus_to_exitcode(status), lost=lost)

    def _close(self) -> None:
        """Ends the desks; their connections break off, and their clients go on another time."""
        self._close_all()
        until = time.monotonic() + ENDS_S
        for desk in self._desks:
            while os.waitpid(desk.process, os.WNOHANG) == (0, 0):
                if time.monotonic() > until:
                    os.kill(desk.process, signal.SIGKILL)
                time.sleep(0.01)

    def _close_all(self) -> None:
        self._selector.close()
        for listener in self._listeners:
            listener.close()
        for desk in self._desks:
            desk.line.close()

    # What they ask -----------------------------------------------------------------------------

    def _answer(self, desk: _Desk) -> None:
        question = hear(desk.line.questions)
        if question is None:
            self._bury(desk)
            return
        with suppress(OSError):  # it died meanwhile, which the next look shows
            say(desk.line.questions, {"yes": self._decide(desk, question)})

    def _decide(self, desk: _Desk, question: Message) -> bool:
        address, account = question["address"], question.get("account", "")
        now = time.monotonic()
        match question["event"]:
            case "may log in":
                return self._throttle.may_log_in(address, account, now)
            case "failed":
                return self._throttle.failed(address, account, now)
            case "succeeded":
                self._throttle.succeeded(address, account)
            case "left":
                desk.guests[address] -= 1
                self._throttle.left(address)
        return True

    # Who comes ---------------------------------------------------------------------------------

    def _let_in(self, listener: socket.socket) -> None:
        try:
            connection, peer = listener.accept()
        except OSError as error:
            if not isinstance(error, BlockingIOError | ConnectionError):
                _log.error("cannot take a connection", reason=error.strerror)
                time.sleep(BEHIND_S)
            return
        with connection:
            refused = self._hand_over(connection, str(peer[0]))
        if refused:
            self._audit.tell("turned away", address=str(peer[0]), reason=refused)

    def _hand_over(self, connection: socket.socket, address: str) -> str | None:
        """Gives a connection to a desk; why not, where it is refused."""
        if sum(desk.guests.total() for desk in self._desks) >= self._plan.most_connections:
            return "too many connections"
        if not self._throttle.may_connect(address, time.monotonic()):
            return "banned or too many from there"
        for desk in sorted(self._desks, key=lambda one: one.guests.total()):
            with suppress(OSError):
                say(desk.line.connections, {"address": address}, connection)
                desk.guests[address] += 1
                return None
        self._throttle.left(address)
        return "no process to serve it"


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """A socket that gives a byte for each signal that asks this process to stop."""
    here, there = socket.socketpair()
    here.setblocking(False)
    there.setblocking(False)
    before = {one: signal.signal(one, lambda *_: None) for one in _STOPS}
    signal.set_wakeup_fd(there.fileno())
    try:
        yield here
    finally:
        signal.set_wakeup_fd(-1)
        for one, handler in before.items():
            signal.signal(one, handler)
        here.close()
        there.close()


def serve(plan: DropBoxPlan, say_port: Callable[[int], None]) -> None:
    """Serves until the process is told to stop (Ctrl-C, SIGTERM).

    Raises:
        StagecheckError: the accounts or host keys are wrong, or the port is taken.
    """
    plan.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    plan.audit.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    read_accounts(plan.accounts)
    keys = host_keys(plan.keys)
    listeners = listen(plan.host, plan.port)
    say_port(listeners[0].getsockname()[1])
    gc.collect()
    gc.freeze()  # what the desks share with the door stays shared
    Door(plan, keys, listeners).serve()
