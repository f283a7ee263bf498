"""Reads all connected CRMs beside the rest of a process, until it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from core.settings import Settings
from crm.port import Adapter
from flow.live.each import ForEachCrm
from flow.live.faring import Say
from flow.live.reader import Reader
from flow.service.background import again_and_again

_EVERY_S = 0.3
OpenAdapter = Callable[[int], Adapter]  # by the number of the connection


@contextmanager
def reading_crms(
    database: Engine, state: Path, settings: Settings, say: Say, opened: OpenAdapter
) -> Iterator[None]:
    """Reads the connected CRMs in the background until the end; `opened` gives their adapters.

    At the end all reading ends with the pages in hand.
    """

    def made(connection: int) -> Reader:
        return Reader(database, state, settings, connection, partial(opened, connection), say)

    readers = ForEachCrm(database, made)

    def turn(_ended: threading.Event) -> None:
        for reader in readers.now():
            reader.turn()  # begins what is due, and does not wait for it

    with closing(readers), again_and_again("crm", _EVERY_S, turn):
        yield
