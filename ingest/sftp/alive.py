"""Which drop-boxes live: each touches a file of its own, since it uses no database."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_EVERY_S = 10.0
_SEEN_S = 60.0
_FORGOTTEN_S = 86_400.0


def alive_folder(state: Path) -> Path:
    """Where the files are, in a state folder."""
    return state / "sftp" / "alive"


@asynccontextmanager
async def heard_of(folder: Path) -> AsyncIterator[None]:
    """Says again and again that this drop-box lives, and at the end that it is gone."""
    mark = folder / f"{socket.gethostname()}.{os.getpid()}"
    beating = asyncio.create_task(_beat(mark))
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
        with suppress(OSError):
            mark.unlink()


async def _beat(mark: Path) -> None:
    while True:
        with suppress(OSError):  # a full disk stops no upload
            mark.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            mark.touch(mode=0o600)
            _forget_killed(mark.parent)
        await asyncio.sleep(_EVERY_S)


def _forget_killed(folder: Path) -> None:
    for mark in folder.iterdir():
        if time.time() - mark.stat().st_mtime > _FORGOTTEN_S:
            mark.unlink(missing_ok=True)


def drop_boxes(folder: Path, at: float) -> int:
    """How many drop-boxes gave a sign of life lately (`at`: seconds since 1970)."""
    seen = 0
    for mark in folder.glob("*"):
        with suppress(OSError):
            seen += at - mark.stat().st_mtime <= _SEEN_S
    return seen
