"""The process that decodes: a damaged or hostile file can take down only this one.

It is started by `transcribe.decoder`, which sends one request at a time through a socket and gets
back what came of it, with the memory file that the samples lie on.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
import time
from dataclasses import asdict
from pathlib import Path

from models.vocabulary.errors import UnusableRecordingError
from transcribe.decoding import decode

MEMORY_BYTES = 768 << 20
MESSAGE_BYTES = 1 << 16
PROGRESS = b"."
_PATIENCE_S = 30
_LEAST_SPEED = 20
"""Seconds of sound per second of CPU time; usual are 150 and more."""


def serve(channel: socket.socket) -> None:
    """Decodes what is asked for until nobody is there to ask."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who asked
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = _address_space() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    channel.send(b"ready")
    while request := channel.recv(MESSAGE_BYTES):
        _answer(channel, json.loads(request))


def _answer(channel: socket.socket, request: dict[str, object]) -> None:
    begun = time.process_time()

    def told(seconds: float) -> None:
        _allow(begun + seconds / _LEAST_SPEED)
        channel.send(PROGRESS)

    _allow(begun)
    memory = os.memfd_create("samples")
    try:
        longest_s = float(str(request["longest_s"]))
        decoded = decode(Path(str(request["path"])), memory, longest_s, told)
        socket.send_fds(channel, [json.dumps(asdict(decoded)).encode()], [memory])
    except UnusableRecordingError as error:
        channel.send(json.dumps({"error": error.error, "detail": error.detail}).encode())
    finally:
        os.close(memory)


def _allow(cpu_s: float) -> None:
    """Lets the system end this process when it has used so much CPU time, and some patience."""
    until = round(cpu_s) + _PATIENCE_S
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
