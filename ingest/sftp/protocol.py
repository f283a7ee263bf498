"""Between asyncssh and the drop-box: who closes a file, its client or the end of the session.

asyncssh (2.24) closes the files that a session leaves open by the same call as those that the
client closes. Its handler is therefore asked to say when it cleans up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asyncssh.sftp import SFTPServerHandler
from asyncssh.stream import SSHReader, SSHServerStreamSession, SSHWriter

from ingest.sftp.session import DropBox

if TYPE_CHECKING:
    from asyncssh import SSHServerChannel

SFTP = 3  # the version that all clients speak


class Session(SSHServerStreamSession[bytes]):
    """A session of the subsystem `sftp`; there is no other, and no shell."""

    def __init__(self, begin: Callable[[SSHServerChannel[bytes]], DropBox]) -> None:
        super().__init__(None)
        self._begin = begin
        self._channel: SSHServerChannel[bytes]

    def connection_made(self, chan: SSHServerChannel[bytes]) -> None:
        """The channel is open."""
        super().connection_made(chan)
        self._channel = chan

    def subsystem_requested(self, subsystem: str) -> bool:
        """Whether a client may have this."""
        return subsystem == "sftp"

    def session_started(self) -> None:
        """Answers the client until it is gone."""
        reader = SSHReader[bytes](self, self._channel)
        writer = SSHWriter[bytes](self, self._channel)
        handler = _Handler(self._begin(self._channel), reader, writer)
        self._channel.get_connection().create_task(handler.run(), reader.logger)


class _Handler(SFTPServerHandler):
    def __init__(
        self, drop_box: DropBox, reader: SSHReader[bytes], writer: SSHWriter[bytes]
    ) -> None:
        super().__init__(drop_box, reader, writer, SFTP)
        self._drop_box = drop_box

    async def _cleanup(self, exc: Exception | None) -> None:
        self._drop_box.over = True
        await super()._cleanup(exc)
