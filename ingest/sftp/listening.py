"""Where the drop-box listens."""

from __future__ import annotations

import socket

from models.vocabulary.errors import StagecheckError

WAITING = 128  # connections that may wait to be let in


def listen(host: str, port: int) -> list[socket.socket]:
    """Listens at all addresses of a host, on one port; on a free one where it is 0.

    Raises:
        StagecheckError: one of them is taken, or is not this machine's.
    """
    listeners: list[socket.socket] = []
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, _, _, _, address in dict.fromkeys(found):
            chosen = listeners[0].getsockname()[1] if listeners else port
            listener = socket.create_server(
                (address[0], chosen, *address[2:]), family=family, backlog=WAITING
            )
            listener.setblocking(False)
            listeners.append(listener)
    except OSError as error:
        for listener in listeners:
            listener.close()
        raise StagecheckError(
            f"{host}:{port}: cannot listen here ({error.strerror or error}). "
            "Choose another with --port."
        ) from error
    return listeners
