"""Whose turn it is to read a live CRM, and what its row says to whose turn it is."""

from __future__ import annotations

import os
import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from models.session import reading, transaction
from models.store.passes import is_reading, leave_reading, take_reading
from models.tables import CrmConnectionRow
from models.vocabulary.errors import StagecheckError

_SILENT_S = 60.0  # longer than any request takes
_BEAT = timedelta(seconds=_SILENT_S / 6)


@dataclass(frozen=True, slots=True)
class Known:
    """What the row of a connection says at the beginning of a turn."""

    name: str
    entrance: tuple[Any, ...]  # what an adapter is made of
    let_in: tuple[Any, ...]  # what may have been mended where a CRM does not let us in
    confirmed: tuple[Any, ...]  # what a person said of pipelines and people


def _somebody() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(slots=True)
class Turns:
    """The turns of `reader` at one connection: of all processes one reads it at a time."""

    database: Engine
    connection: int
    reader: str = field(default_factory=_somebody)
    _beat_at: datetime | None = None

    def take(self, at: datetime) -> Known | None:
        """Takes or keeps the turn, with a sign of life now and then.

        ``None``: another process has it, or nobody shall read.

        Raises:
            StagecheckError: the database cannot be used.
        """
        if self._beat_at is None or not self._beat_at <= at < self._beat_at + _BEAT:
            with transaction(self.database) as session:
                ours = take_reading(session, self.connection, self.reader, at, _SILENT_S)
            self._beat_at = at if ours else None
        with reading(self.database) as session:
            ours = is_reading(session, self.connection, self.reader)
            row = session.get(CrmConnectionRow, self.connection, populate_existing=True)
            if not ours or row is None or row.paused:
                return None
            return Known(
                row.name,
                (row.name, row.address, row.own_fields),
                (row.secrets, row.refused),
                (row.stages, row.options.get("extensions")),
            )

    def give_back(self) -> None:
        """Lets another process read at once."""
        with suppress(StagecheckError), transaction(self.database) as session:
            leave_reading(session, self.connection, self.reader)
