"""All connected CRMs beside the rest of a process: read and written into until it ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from core.settings import Settings
from crm.errors import CrmShutError
from crm.opening import open_adapter
from crm.port import Adapter
from flow.live.each import ForEachCrm
from flow.live.faring import Say
from flow.live.reading import OpenAdapter, reading_crms
from flow.live.writing import writing
from flow.service.background import again_and_again
from models.session import reading
from models.store.connections import load_connection

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
    with (
        reading_crms(database, state, settings, say, adapter_of),
        _writing_crms(database, settings, adapter_of),
    ):
        yield


@contextmanager
def _writing_crms(database: Engine, settings: Settings, opened: OpenAdapter) -> Iterator[None]:
    """A writer for each connection; one that may not write costs next to nothing."""

    def made(connection: int) -> ExitStack:
        stack = ExitStack()
        stack.enter_context(writing(database, connection, partial(opened, connection), settings))
        return stack

    writers = ForEachCrm(database, made)

    def turn(_ended: threading.Event) -> None:
        writers.now()  # each works by itself

    with closing(writers), again_and_again("crm writers", _EVERY_S, turn):
        yield


def _adapter_of(database: Engine, state: Path, settings: Settings, connection: int) -> Adapter:
    with reading(database) as session:
        known = load_connection(session, connection)
    if known is None:
        raise CrmShutError("This CRM is not connected any more.")
    return open_adapter(database, known, state, settings)
