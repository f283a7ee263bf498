"""A process of the service says that it lives, so that others see whether one is there."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from sqlalchemy import Engine

from core.clock import now
from flow.service.background import again_and_again
from models.session import reading, transaction
from models.store.processes import (
    Process,
    beat_process,
    forget_process,
    forget_silent_processes,
    processes_seen,
)
from models.vocabulary.errors import StagecheckError

_FORGOTTEN = timedelta(days=1)


@contextmanager
def heard_of(database: Engine, name: str, every_s: float) -> Iterator[None]:
    """Says every so many seconds that this process lives, and at the end that it is gone."""
    process = Process(name, socket.gethostname(), os.getpid())

    def beat(_ended: threading.Event | None = None) -> None:
        with transaction(database) as session:
            forget_silent_processes(session, now() - _FORGOTTEN)
            beat_process(session, process, now())

    with suppress(StagecheckError):
        beat()  # whoever looks right after our start sees us
    try:
        with again_and_again("heartbeat", every_s, beat):
            yield
    finally:
        with suppress(StagecheckError), transaction(database) as session:
            forget_process(session, process)


def lives_here(database: Engine, name: str, at: datetime, silent_s: float) -> bool:
    """Whether a process of this name on this machine has said lately that it lives.

    Raises:
        StagecheckError: the database cannot be used.
    """
    with reading(database) as session:
        seen = processes_seen(session, at - timedelta(seconds=silent_s))
    here = socket.gethostname()
    return any(process.name == name and process.host == here for process, _ in seen)
