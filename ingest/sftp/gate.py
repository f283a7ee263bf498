"""Who comes in: one connection, from its log-in to its session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import asyncssh

from ingest.sftp.accounts import Account, key_fits
from ingest.sftp.protocol import Session, gather_writes
from ingest.sftp.session import DropBox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asyncssh import SSHKey, SSHServerChannel, SSHServerConnection

    from ingest.sftp.uploads import Guest

LONGEST_NAME = 64  # more than an account's name may have; a client may send any


@dataclass(frozen=True, slots=True)
class Visit:
    """A connection that the door let in."""

    address: str


class Reception(Protocol):
    """What a gate asks of the process that it is in."""

    def accounts(self) -> Mapping[str, Account]:
        """The accounts by name."""

    def looked_at(self, visit: Visit, account: str) -> bool:
        """Whether a log-in from there is tried at all."""

    def failed(self, visit: Visit, account: str, how: str) -> None:
        """A log-in was wrong."""

    def entered(self, visit: Visit, account: str, how: str) -> None:
        """A log-in was right."""

    def guest(self, visit: Visit, account: str) -> Guest:
        """What a session of an account works with."""

    async def password_fits(self, account: Account | None, password: str) -> bool:
        """Whether a password is an account's."""


class Gate(asyncssh.SSHServer):
    """Lets one connection in, or not."""

    def __init__(self, reception: Reception, visit: Visit) -> None:
        self._reception = reception
        self._visit = visit
        self._how = ""
        self._account = ""

    def connection_made(self, conn: SSHServerConnection) -> None:
        """A connection that the door let in."""
        gather_writes(conn)

    def begin_auth(self, username: str) -> bool:
        """Notes who wants to log in."""
        self._account = username[:LONGEST_NAME]
        return True

    def auth_completed(self) -> None:
        """Tells of a log-in that was right."""
        self._reception.entered(self._visit, self._account, self._how)

    def password_auth_supported(self) -> bool:
        """Passwords are taken."""
        return True

    async def validate_password(self, username: str, password: str) -> bool:  # noqa: ARG002
        """Whether a password is the account's."""
        account = self._known()
        fits = await self._reception.password_fits(account, password)
        self._how = "password"
        if not fits:
            self._reception.failed(self._visit, self._account, self._how)
        return fits

    def public_key_auth_supported(self) -> bool:
        """Keys are taken."""
        return True

    def validate_public_key(self, username: str, key: SSHKey) -> bool:  # noqa: ARG002
        """Whether a key is one of the account's."""
        # A client offers all keys it has: a strange one is no attempt to break in.
        self._how = "key"
        return key_fits(self._known(), key.public_data)

    def _known(self) -> Account | None:
        if not self._reception.looked_at(self._visit, self._account):
            return None
        account = self._reception.accounts().get(self._account)
        return account if account is not None and account.admits(self._visit.address) else None

    def session_requested(self) -> Session:
        """The only kind of session there is: SFTP."""
        return Session(self._begin)

    def _begin(self, channel: SSHServerChannel[bytes]) -> DropBox:
        return DropBox(channel, self._reception.guest(self._visit, self._account))
