"""All connected CRMs beside the rest of a process: read and written into until it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from core.settings import Settings
from crm.errors import CrmShutError
from crm.opening import open_adapter
from crm.port import Adapter
from flow.live.reader import Say
from flow.live.reading import OpenAdapter, reading_crms
from flow.live.writing import writing
from flow.service.background import again_and_again
from models.session import reading
from models.store.connections import load_connection, numbers_of_connections

_EVERY_S = 1.0


@contextmanager
def serving_crms(
    database: Engine,
    state: Path,
    settings: Settings,
    say: Say,
    opened: OpenAdapter | None = None,
) -> Iterator[None]:
    """Keeps our copy of each CRM up to date and writes into it what its deals shall say.

    Args:
        database: where the connections are.
        state: the folder with the key of their tokens.
        settings: of this process.
        say: shows a line to the user.
        opened: gives an adapter by the number of its connection; the real ones where unset.
    """
    adapter_of = opened or partial(_adapter_of, database, state, settings)
    writers = _Writers(database, settings, adapter_of)
    with reading_crms(database, state, settings, say, adapter_of):
        try:
            with again_and_again("crm writers", _EVERY_S, writers.turn):
                yield
        finally:
            writers.close()


@dataclass(slots=True)
class _Writers:
    """A writer for each connection that there is; one that may not write costs next to nothing."""

    database: Engine
    settings: Settings
    opened: OpenAdapter
    _writing: dict[int, ExitStack] = field(default_factory=dict)

    def turn(self, _ended: threading.Event) -> None:
        """Begins what is new and ends what is gone.

        Raises:
            StagecheckError: the database cannot be used.
        """
        with reading(self.database) as session:
            there = set(numbers_of_connections(session))
        for gone in self._writing.keys() - there:
            self._writing.pop(gone).close()
        for new in there - self._writing.keys():
            opened: Callable[[], Adapter] = partial(self.opened, new)
            stack = ExitStack()
            stack.enter_context(writing(self.database, new, opened, self.settings))
            self._writing[new] = stack

    def close(self) -> None:
        """Ends all of them, each with the request in hand."""
        for stack in self._writing.values():
            stack.close()
        self._writing.clear()


def _adapter_of(database: Engine, state: Path, settings: Settings, connection: int) -> Adapter:
    with reading(database) as session:
        known = load_connection(session, connection)
    if known is None:
        raise CrmShutError("This CRM is not connected any more.")
    return open_adapter(database, known, state, settings)
