"""A file and an address that nobody may touch, and the means to know whether anybody did."""

from __future__ import annotations

import ctypes
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.unit.transcribe.recorded_files import tone, wav

_IN_OPEN = 0x20


@dataclass
class Canary:
    """`path` is a sound file, `url` an address on this machine."""

    path: Path
    url: str
    _watch: int
    _server: socket.socket

    def touched(self) -> bool:
        """Whether since the last question the file was opened or the address called."""
        return self._opened() or self._called()

    def _opened(self) -> bool:
        try:
            return bool(os.read(self._watch, 1 << 16))
        except BlockingIOError:
            return False

    def _called(self) -> bool:
        try:
            caller, _ = self._server.accept()
        except BlockingIOError:
            return False
        caller.close()
        return True


@contextmanager
def canary(folder: Path) -> Iterator[Canary]:
    path = folder / "canary.wav"
    path.write_bytes(wav(tone(440, 0.5)))
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    assert watch >= 0
    assert libc.inotify_add_watch(watch, os.fsencode(path), _IN_OPEN) >= 0
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.setblocking(False)
            port = server.getsockname()[1]
            yield Canary(path, f"http://127.0.0.1:{port}/canary.wav", watch, server)
    finally:
        os.close(watch)
