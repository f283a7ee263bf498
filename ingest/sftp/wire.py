"""What the processes of a drop-box say to one another: two socket pairs for each desk."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

LONGEST = 4096  # bytes of a message
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One process's ends: connections go to the desk, questions to the door and back.

    Both keep messages apart (SOCK_SEQPACKET), and end for the one when the other dies.
    """

    connections: socket.socket
    questions: socket.socket

    def close(self) -> None:
        """Ends the talk."""
        self.connections.close()
        self.questions.close()


def make_line() -> tuple[Line, Line]:
    """The door's ends and the desk's."""
    connections = socket.socketpair(type=socket.SOCK_SEQPACKET)
    questions = socket.socketpair(type=socket.SOCK_SEQPACKET)
    return Line(connections[0], questions[0]), Line(connections[1], questions[1])


def say(to: socket.socket, body: Message, given: socket.socket | None = None) -> None:
    """Sends a message, with a socket where one is given.

    Raises:
        OSError: nobody listens any more, or the other side is far behind.
    """
    data = json.dumps(body).encode("ascii")
    if given is None:
        to.send(data)
    else:
        socket.send_fds(to, [data], [given.fileno()])


def hear(of: socket.socket) -> Message | None:
    """The next message; None where the other side is gone.

    Raises:
        BlockingIOError: there is none yet and the socket does not wait.
    """
    data = b""
    with suppress(ConnectionError):
        data = of.recv(LONGEST)
    return json.loads(data) if data else None


def hear_with_socket(of: socket.socket) -> tuple[Message, socket.socket | None] | None:
    """The next message and the socket that came with it; None where the other side is gone.

    The socket is missing where this process has too many files open.

    Raises:
        BlockingIOError: there is none yet and the socket does not wait.
    """
    data: bytes = b""
    descriptors: list[int] = []
    with suppress(ConnectionError):
        data, descriptors, _, _ = socket.recv_fds(of, LONGEST, 1)
    if not data:
        return None
    return json.loads(data), socket.socket(fileno=descriptors[0]) if descriptors else None
