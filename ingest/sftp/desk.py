"""A desk of the drop-box: one process that serves the connections which the door hands to it."""

from __future__ import annotations

import asyncio
import fcntl
import signal
import socket
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import asyncssh

from core.logs import get_logger
from ingest.sftp.accounts import Account, password_fits, read_accounts
from ingest.sftp.alive import heard_of
from ingest.sftp.audit import Audit
from ingest.sftp.box import Box
from ingest.sftp.gate import Gate, Visit
from ingest.sftp.plan import DropBoxPlan
from ingest.sftp.uploads import Guest
from ingest.sftp.wire import Line, Message, hear, hear_with_socket, say
from ingest.sftp.writing import Writing
from models.vocabulary.errors import StagecheckError

if TYPE_CHECKING:
    from asyncssh import SSHKey, SSHServerConnectionOptions

_log = get_logger("ingest.sftp")
LOGIN_S = 30
KEEPALIVE_S, KEEPALIVES = 30, 4
PRODUCT = "stagecheck"  # all that a stranger is told of the server
# The client's order decides; OpenSSH's begins with ChaCha20, which costs asyncssh far more time.
CIPHERS = (
    *("aes128-gcm@openssh.com", "aes256-gcm@openssh.com"),
    *("aes128-ctr", "aes192-ctr", "aes256-ctr"),
)
HASHING = "hashing.lock"


class Desk:
    """Everything that the connections of one process share."""

    def __init__(self, plan: DropBoxPlan, line: Line) -> None:
        self._plan = plan
        self._line = line
        self._audit = Audit(plan.audit)
        self._accounts: Mapping[str, Account] = {}
        self._read_at: float = -1.0
        self._boxes: dict[str, tuple[Box, Writing]] = {}
        self._hashing = ThreadPoolExecutor(1)
        self.accounts()

    def accounts(self) -> Mapping[str, Account]:
        """The accounts as the file has them now; as they were where it cannot be read."""
        try:
            changed = self._plan.accounts.stat().st_mtime
        except OSError:
            changed = 0.0
        if changed != self._read_at:
            try:
                self._accounts = read_accounts(self._plan.accounts)
                self._read_at = changed
            except StagecheckError as error:
                if self._read_at < 0:
                    raise
                _log.error("accounts not read again", reason=str(error))
        return self._accounts

    def left(self, visit: Visit) -> None:
        """A connection is over."""
        self._ask({"event": "left", "address": visit.address})

    def looked_at(self, visit: Visit, account: str) -> bool:
        """Whether a log-in from there is tried at all."""
        return self._asked("may log in", visit, account)

    def failed(self, visit: Visit, account: str, how: str) -> None:
        """A log-in was wrong."""
        banned = self._asked("failed", visit, account)
        self._audit.tell(
            "log-in refused", address=visit.address, account=account, how=how, banned=banned
        )

    def entered(self, visit: Visit, account: str, how: str) -> None:
        """A log-in was right."""
        self._asked("succeeded", visit, account)
        self._audit.tell("logged in", address=visit.address, account=account, how=how)

    def guest(self, visit: Visit, account: str) -> Guest:
        """What a session of an account works with; all of one account share the box."""
        if account not in self._boxes:
            box = Box(self._plan.folder / account, self._plan.room, self._plan.processes)
            self._boxes[account] = (box, Writing(box.folder))
        box, writing = self._boxes[account]
        tell = partial(self._audit.tell, address=visit.address, account=account)
        return Guest(box, self._plan.suffixes, writing, tell)

    async def password_fits(self, account: Account | None, password: str) -> bool:
        """Whether a password is an account's; looked at beside the uploads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._hashing, self._hash, account, password)

    def _hash(self, account: Account | None, password: str) -> bool:
        # Each try takes 64 MB and all cores: one at a time, whatever process it is in.
        with (self._plan.keys / HASHING).open("ab") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            return password_fits(account, password)

    def _asked(self, event: str, visit: Visit, account: str) -> bool:
        answer = self._ask({"event": event, "address": visit.address, "account": account})
        return bool(answer.get("yes"))

    def _ask(self, question: Message) -> Message:
        """The door's answer; no answer where it is gone, and then this process ends as well."""
        try:
            say(self._line.questions, question)
            return hear(self._line.questions) or {}
        except OSError:
            return {}


def sit(plan: DropBoxPlan, keys: Sequence[SSHKey], line: Line) -> None:
    """Serves what the door hands over, until it is gone or the process is told to stop."""
    asyncio.run(_sit(plan, keys, line))


async def _sit(plan: DropBoxPlan, keys: Sequence[SSHKey], line: Line) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the door, which ends the desks
    desk, options = Desk(plan, line), _options(keys)
    serving: set[asyncio.Task[None]] = set()

    def take() -> None:
        try:
            heard = hear_with_socket(line.connections)
        except BlockingIOError:
            return
        if heard is None:
            stop.set()
            loop.remove_reader(line.connections)
            return
        message, connection = heard
        task = loop.create_task(_serve(desk, options, Visit(message["address"]), connection))
        serving.add(task)
        task.add_done_callback(serving.discard)

    line.connections.setblocking(False)
    loop.add_reader(line.connections, take)
    async with heard_of(plan.audit.with_name("alive")):
        await stop.wait()


async def _serve(
    desk: Desk,
    options: SSHServerConnectionOptions,
    visit: Visit,
    connection: socket.socket | None,
) -> None:
    """Serves one connection to its end."""
    try:
        if connection is None:
            _log.error("a connection was lost", reason="too many open files")
            return
        served = await asyncssh.run_server(
            connection, options=options, server_factory=partial(Gate, desk, visit)
        )
        await served.wait_closed()
    except (OSError, asyncssh.Error) as error:
        _log.debug("a connection ended", reason=str(error))
    finally:
        desk.left(visit)


def _options(keys: Sequence[SSHKey]) -> SSHServerConnectionOptions:
    return asyncssh.SSHServerConnectionOptions(
        server_host_keys=keys,
        server_version=PRODUCT,
        encryption_algs=CIPHERS,
        gss_host=None,  # else each connection asks the name service for this machine's name
        encoding=None,
        allow_scp=False,
        allow_pty=False,
        agent_forwarding=False,
        x11_forwarding=False,
        compression_algs=None,
        login_timeout=LOGIN_S,
        keepalive_interval=KEEPALIVE_S,
        keepalive_count_max=KEEPALIVES,
    )
