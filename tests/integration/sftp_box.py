"""A drop-box as its own process, for tests: the command itself, with an account by key."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PASSWORD = "only for the tests"  # noqa: S105 - of an account that lives for a test
STARTS_S = 30.0


@dataclass(slots=True)
class Running:
    """A drop-box that listens; `key` is a private key that its account `pbx` knows."""

    state: Path
    port: int
    key: Path
    process: subprocess.Popen[bytes]

    @property
    def box(self) -> Path:
        """The box of `pbx`."""
        return self.state / "inbox" / "pbx"

    def received(self) -> dict[str, bytes]:
        """What was received whole, by path."""
        return _files(self.box / "received")

    def receiving(self) -> dict[str, bytes]:
        """What was not finished, by path."""
        return _files(self.box / "receiving")

    def audit(self, event: str | None = None) -> list[dict[str, Any]]:
        """The audit's lines, or those of one kind."""
        file = self.state / "sftp" / "audit.jsonl"
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        return [line for line in lines if event in (None, line["event"])]

    def wait_for(self, event: str, count: int = 1) -> list[dict[str, Any]]:
        """The audit's lines of a kind, once there are so many."""
        until = time.monotonic() + STARTS_S
        while len(lines := self.audit(event)) < count:
            assert time.monotonic() < until, f"no {count} x {event}: {self.audit()}"
            time.sleep(0.02)
        return lines

    def desks(self) -> list[int]:
        """The processes that serve its connections."""
        door = self.process.pid
        listed = Path(f"/proc/{door}/task/{door}/children").read_text()
        return [int(one) for one in listed.split()]

    def options(self) -> list[str]:
        """The options of OpenSSH's clients that know neither the host nor a password."""
        return [
            *("-i", str(self.key), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"),
            *("-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"),
        ]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends the process; gives its status."""
        self.process.send_signal(how)
        return self.process.wait(STARTS_S)


def _files(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def until(holds: Callable[[], object]) -> None:
    """Waits for a condition."""
    latest = time.monotonic() + STARTS_S
    while not holds():
        assert time.monotonic() < latest, "it did not come to that"
        time.sleep(0.02)


def make_account(
    state: Path, *more: str, name: str = "pbx", password: str | None = PASSWORD
) -> Path:
    """Makes an account by the command; gives its private key."""
    key = state.parent / f"key-{name}"
    if not key.exists():
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True, timeout=60
        )
    way = ["--password"] if password else []
    subprocess.run(
        [*command("sftp-account"), name, "--key", f"{key}.pub", *way, *more, "--state", str(state)],
        input=f"{password}\n" if password else None,
        text=True,
        check=True,
        capture_output=True,
        timeout=60,
    )
    return key


def command(name: str) -> list[str]:
    """The product's own command line."""
    return [sys.executable, "-m", "flow.cli", name]


@contextmanager
def drop_box(
    state: Path, key: Path, port: int = 0, file_limit: int | None = None, **settings: object
) -> Iterator[Running]:
    """A drop-box in a process of its own; whatever is left of it is killed.

    `file_limit`: bytes after which the system lets it write no more to a file, as a full disk does.
    """
    named = {f"STAGECHECK_SFTP__{name.upper()}": str(value) for name, value in settings.items()}
    limited = [] if file_limit is None else ["prlimit", f"--fsize={file_limit}"]
    # To a file: what nobody reads of a pipe would stop the process once the pipe is full.
    log = state.parent / f"sftp-{uuid.uuid4().hex}.log"
    words = ["--host", "127.0.0.1", "--port", str(port), "--state", str(state)]
    with log.open("wb") as written:
        process = subprocess.Popen(
            [*limited, *command("sftp"), *words],
            stdout=written,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONUNBUFFERED": "1", "STAGECHECK_SFTP__FREE_MB": "1"} | named,
        )
    try:
        until(lambda: b"\n" in log.read_bytes() or process.poll() is not None)
        told = log.read_text()
        found = re.search(r":(\d+) ", told.partition("\n")[0])
        assert found, told
        yield Running(state, int(found[1]), key, process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(60)
