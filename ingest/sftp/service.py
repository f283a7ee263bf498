"""The drop-box as a service: it listens, lets telephone systems in and keeps an audit."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import asyncssh

from core.clock import now
from core.logs import get_logger
from ingest.sftp.accounts import Account, key_fits, password_fits, read_accounts
from ingest.sftp.box import Box, Room
from ingest.sftp.private import write_private
from ingest.sftp.session import DropBox
from ingest.sftp.throttle import Patience, Throttle
from ingest.sftp.uploads import Guest
from models.vocabulary.errors import OutputError, StagecheckError

if TYPE_CHECKING:
    from asyncssh import SSHAcceptor, SSHKey, SSHServerChannel, SSHServerConnection

_log = get_logger("ingest.sftp")
LOGIN_S = 30
KEEPALIVE_S, KEEPALIVES = 30, 4
HOST_KEYS = ("ssh_host_ed25519_key", "ssh_host_rsa_key")
PRODUCT = "stagecheck"  # all that a stranger is told of the server
HASHINGS = 2  # passwords tried at once: each takes 64 MB and a core


@dataclass(frozen=True, slots=True)
class DropBoxPlan:
    """Where the drop-box listens and keeps things, and what it allows."""

    folder: Path
    accounts: Path
    keys: Path
    audit: Path
    host: str
    port: int
    room: Room
    suffixes: frozenset[str]
    patience: Patience
    most_connections: int


class DropBoxService:
    """Everything that the connections share."""

    def __init__(self, plan: DropBoxPlan) -> None:
        self._plan = plan
        self._throttle = Throttle(plan.patience)
        self._accounts: Mapping[str, Account] = {}
        self._read_at: float = -1.0
        self._boxes: dict[str, tuple[Box, set[PurePosixPath]]] = {}
        self._hashing = ThreadPoolExecutor(HASHINGS)
        self._open = 0
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

    def tell(self, event: str, **what: object) -> None:
        """Writes a line to the audit: who did what, from where, when.

        An audit that cannot be written stops no upload: the log says that there was such an event.
        """
        line = json.dumps({"at": now().isoformat(), "event": event, **what}, ensure_ascii=True)
        try:
            with open(self._plan.audit, "a", encoding="ascii", opener=_private) as audit:
                audit.write(line + "\n")
        except OSError as error:
            _log.error("audit not written", of=event, reason=error.strerror)

    def connected(self, address: str) -> bool:
        """Whether a connection is taken."""
        if self._open >= self._plan.most_connections:
            self.tell("turned away", address=address, reason="too many connections")
            return False
        if not self._throttle.may_connect(address, time.monotonic()):
            self.tell("turned away", address=address, reason="banned or too many from there")
            return False
        self._open += 1
        return True

    def disconnected(self, address: str) -> None:
        """A connection that was taken is over."""
        self._open -= 1
        self._throttle.left(address)

    def looked_at(self, address: str, account: str) -> bool:
        """Whether a log-in from there is tried at all."""
        return self._throttle.may_log_in(address, account, time.monotonic())

    def failed(self, address: str, account: str, how: str) -> None:
        """A log-in was wrong."""
        banned = self._throttle.failed(address, account, time.monotonic())
        self.tell("log-in refused", address=address, account=account, how=how, banned=banned)

    def entered(self, address: str, account: str, how: str) -> None:
        """A log-in was right."""
        self._throttle.succeeded(address, account)
        self.tell("logged in", address=address, account=account, how=how)

    def guest(self, address: str, account: str) -> Guest:
        """What a session of an account works with; all of one account share the box."""
        if account not in self._boxes:
            self._boxes[account] = (Box(self._plan.folder / account, self._plan.room), set())
        box, busy = self._boxes[account]
        tell = partial(self.tell, address=address, account=account)
        return Guest(box, self._plan.suffixes, busy, tell)

    async def password_fits(self, account: Account | None, password: str) -> bool:
        """Whether a password is an account's; looked at beside the uploads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._hashing, password_fits, account, password)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class _Gate(asyncssh.SSHServer):
    """Lets one connection in, or not."""

    def __init__(self, service: DropBoxService) -> None:
        self._service = service
        self._address = ""
        self._taken = False
        self._how = ""
        self._account = ""

    def connection_made(self, conn: SSHServerConnection) -> None:
        peer = conn.get_extra_info("peername")
        self._address = str(peer[0]) if peer else "unknown"
        self._taken = self._service.connected(self._address)
        if not self._taken:
            conn.abort()
        conn.set_extra_info(stagecheck_gate=self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - told elsewhere
        if self._taken:
            self._service.disconnected(self._address)
            self._taken = False

    def begin_auth(self, username: str) -> bool:
        self._account = username
        return True

    def auth_completed(self) -> None:
        self._service.entered(self._address, self._account, self._how)

    def password_auth_supported(self) -> bool:
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        account = self._known(username)
        fits = await self._service.password_fits(account, password)
        self._how = "password"
        if not fits:
            self._service.failed(self._address, username, self._how)
        return fits

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: SSHKey) -> bool:
        # A client offers all keys it has: a strange one is no attempt to break in.
        self._how = "key"
        return key_fits(self._known(username), key.public_data)

    def _known(self, username: str) -> Account | None:
        if not self._service.looked_at(self._address, username):
            return None
        account = self._service.accounts().get(username)
        return account if account is not None and account.admits(self._address) else None

    def session(self, channel: SSHServerChannel[bytes]) -> DropBox:
        """The SFTP session of this connection."""
        return DropBox(channel, self._service.guest(self._address, self._account))


def _session(channel: SSHServerChannel[bytes]) -> DropBox:
    gate: _Gate = channel.get_connection().get_extra_info("stagecheck_gate")
    return gate.session(channel)


def host_keys(folder: Path) -> list[SSHKey]:
    """The server's own keys, made at the first start and kept.

    Raises:
        OutputError: they cannot be kept there.
    """
    kept = []
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in HOST_KEYS:
            path = folder / name
            if not path.exists():
                _make_key(path)
            kept.append(asyncssh.read_private_key(str(path)))
    except OSError as error:
        raise OutputError(f"{folder}: host keys cannot be kept here ({error.strerror}).") from error
    except asyncssh.KeyImportError as error:
        raise StagecheckError(
            f"{path}: is no private key ({error}). Restore it, or remove it for a new one."
        ) from error
    return kept


def _make_key(path: Path) -> None:
    kind, size = ("ssh-ed25519", {}) if "ed25519" in path.name else ("ssh-rsa", {"key_size": 3072})
    key = asyncssh.generate_private_key(kind, comment="stagecheck drop-box", **size)
    write_private(path, key.export_private_key())


async def open_drop_box(plan: DropBoxPlan) -> SSHAcceptor:
    """Begins to listen.

    Raises:
        StagecheckError: the accounts or keys are wrong, or the port is taken.
    """
    plan.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    plan.audit.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    service = DropBoxService(plan)
    try:
        return await asyncssh.create_server(
            partial(_Gate, service),
            plan.host,
            plan.port,
            server_host_keys=host_keys(plan.keys),
            server_version=PRODUCT,
            sftp_factory=_session,
            sftp_version=3,
            allow_scp=False,
            allow_pty=False,
            agent_forwarding=False,
            x11_forwarding=False,
            compression_algs=None,
            login_timeout=LOGIN_S,
            keepalive_interval=KEEPALIVE_S,
            keepalive_count_max=KEEPALIVES,
            reuse_address=True,
        )
    except OSError as error:
        raise StagecheckError(
            f"{plan.host}:{plan.port}: cannot listen here ({error.strerror or error}). "
            "Choose another with --port."
        ) from error
