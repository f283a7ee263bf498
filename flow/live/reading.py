"""Reads all connected CRMs beside the rest of a process, until it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from core.settings import Settings
from crm.port import Adapter
from flow.live.reader import Reader, Say
from flow.service.background import again_and_again
from models.session import reading
from models.store.connections import numbers_of_connections

_EVERY_S = 0.3
OpenAdapter = Callable[[int], Adapter]  # by the number of the connection


@dataclass(slots=True)
class Readers:
    """A reader for each connection that there is."""

    database: Engine
    state: Path
    settings: Settings
    opened: OpenAdapter
    say: Say
    _readers: dict[int, Reader] = field(default_factory=dict)

    def turn(self, _ended: threading.Event) -> None:
        """Begins what is due; does not wait for it.

        Raises:
            StagecheckError: the database cannot be used.
        """
        with reading(self.database) as session:
            there = numbers_of_connections(session)
        for gone in self._readers.keys() - set(there):
            self._readers.pop(gone).close()
        for connection in there:
            if connection not in self._readers:
                self._readers[connection] = self._reader(connection)
            self._readers[connection].turn()

    def close(self) -> None:
        """Ends all reading with the pages in hand."""
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()

    def _reader(self, connection: int) -> Reader:
        return Reader(
            self.database,
            self.state,
            self.settings,
            connection,
            lambda: self.opened(connection),
            self.say,
        )


@contextmanager
def reading_crms(
    database: Engine, state: Path, settings: Settings, say: Say, opened: OpenAdapter
) -> Iterator[None]:
    """Reads the connected CRMs in the background until the end; `opened` gives their adapters."""
    readers = Readers(database, state, settings, opened, say)
    try:
        with again_and_again("crm", _EVERY_S, readers.turn):
            yield
    finally:
        readers.close()
