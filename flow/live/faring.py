"""How reading one live CRM goes: written down, told once, and left alone while it goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import Engine

from core.logs import get_logger
from crm.errors import CrmError, CrmShutError
from flow.live.desk import Desk
from flow.live.due import Trouble, is_loaded, trouble_after
from flow.live.stands import cards_known
from models.session import reading, transaction
from models.store.connection_figures import progress_of
from models.store.mirror_changes import forget_changes
from models.store.passes import load_passes, went_well, went_wrong
from models.tables import CrmConnectionRow
from models.vocabulary.crm import source_of
from models.vocabulary.errors import StagecheckError

_log = get_logger("live.reader")
Say = Callable[[str], None]


@dataclass(slots=True)
class Faring:
    """How it goes with one connection; several threads may tell it what came of their part."""

    database: Engine
    connection: int
    say: Say
    clock: Callable[[], datetime]
    _lock: Lock = field(default_factory=Lock)
    _trouble: Trouble | None = None
    _shut_with: tuple[Any, ...] | None = None

    def rests(self) -> bool:
        """Whether the CRM is left alone for now."""
        return self._trouble is not None and self.clock() < self._trouble.until

    def is_mended(self, let_in: tuple[Any, ...]) -> bool:
        """Whether somebody gave other tokens (`let_in`) since a CRM did not let us in."""
        if self._trouble is None or not self._trouble.shut:
            self._shut_with = None
            return False
        if self._shut_with is None:
            self._shut_with = let_in
        return let_in != self._shut_with

    def begin_anew(self) -> None:
        """What went wrong does not count any more."""
        self._trouble = None

    def well(self, desk: Desk) -> None:
        """Something was read to its end.

        Raises:
            TurnLostError: it is not ours to read any more.
            StagecheckError: the database cannot be used.
        """
        with self._lock:
            with desk.writing() as (session, target):
                row = session.get_one(CrmConnectionRow, self.connection)
                was_wrong, was_loaded = row.error, row.loaded_at is not None
                passes = load_passes(session, self.connection)
                loaded = is_loaded(desk.adapter.parts, passes)
                went_well(session, self.connection, target.at, loaded=loaded)
                forget_changes(session, self.connection)
            self._trouble = None
        if was_wrong:
            self.say(f"{desk.name}: is read again.")
        if loaded and not was_loaded:
            with reading(self.database) as session:
                progress = progress_of(session, self.connection, source_of(desk.name))
            self.say(f"{desk.name}: everything was read ({cards_known(progress)}).")

    def wrong(self, error: StagecheckError) -> None:
        """A CRM that cannot be read is told of once, and left alone for a while.

        Raises:
            StagecheckError: the database cannot be used.
        """
        at = self.clock()
        with self._lock:
            before = self._trouble
            if before is None or at >= before.until:  # of several parts that failed at once
                self._trouble = trouble_after(before, error, at)
            shut = isinstance(error, CrmShutError)
            with transaction(self.database) as session:
                news = went_wrong(session, self.connection, at, str(error), shut=shut)
        _log.warning(
            "cannot be read now",
            connection=self.connection,
            error=type(error).__name__,
            crm_fault=isinstance(error, CrmError),
        )
        if news and (before is None or shut):
            again = "Once that is mended it goes on" if shut else "It is tried again"
            self.say(f"{error} {again}.")
