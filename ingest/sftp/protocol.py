"""Between asyncssh (2.24) and the drop-box, where its public ways do not reach.

- It closes the files that a session leaves open by the same call as those that the client closes.
  Its handler is therefore asked to say when it cleans up.
- It sends an empty packet before each packet, as CBC ciphers need it, and each by a call of its
  own, which wakes the client twice for every answer. What is written within one turn of the event
  loop is therefore sent together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from asyncssh.sftp import SFTPServerHandler
from asyncssh.stream import SSHReader, SSHServerStreamSession, SSHWriter

from ingest.sftp.session import DropBox

if TYPE_CHECKING:
    from asyncssh import SSHServerChannel, SSHServerConnection
    from asyncssh.channel import SSHChannel

SFTP = 3  # the version that all clients speak


class Session(SSHServerStreamSession[bytes]):
    """A session of the subsystem `sftp`; there is no other, and no shell."""

    def __init__(self, begin: Callable[[SSHServerChannel[bytes]], DropBox]) -> None:
        super().__init__(None)
        self._begin = begin
        self._channel: SSHServerChannel[bytes]

    def connection_made(self, chan: SSHChannel[bytes]) -> None:
        """The channel is open."""
        super().connection_made(chan)
        self._channel = cast("SSHServerChannel[bytes]", chan)

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

    def log_sent_packet(self, *_: object, **__: object) -> None:
        """Says nothing, which is half as dear as asking first whether anybody wants to hear it."""

    log_received_packet = log_sent_packet


class _Gathering:
    """A transport that sends together what is written within one turn of the event loop."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Sends something soon."""
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(data)

    def close(self) -> None:
        """Sends what is left and closes."""
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting and not self._transport.is_closing():
            self._transport.write(b"".join(waiting))


def gather_writes(connection: SSHServerConnection) -> None:
    """Lets a connection send by one call what belongs together."""
    transport = cast("asyncio.Transport", connection._transport)
    gathering = _Gathering(transport, asyncio.get_running_loop())
    connection._transport = cast("asyncio.Transport", gathering)
