"""A live CRM in the place of a snapshot file: `--crm NAME`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.clock import now
from core.settings import Settings
from flow.live.stands import Stands, gone, stands
from flow.question import RunRequest
from models.session import reading
from models.store.connection_figures import progress_of
from models.store.connections import find_connection
from models.store.mirror_copy import MirrorCopy, Wanted
from models.store.tombstones import ForgettingMark, forgetting_mark
from models.tables import CrmConnectionRow
from models.vocabulary.deal import CrmSnapshot
from models.vocabulary.errors import InvalidInputError, StagecheckError


class NotReadYetError(StagecheckError):
    """A live CRM was not read to its end for the first time; `stands` says why not yet."""

    def __init__(self, stands: Stands) -> None:
        self.stands = stands
        super().__init__(stands.line)


def may_be_connection(crm: Path) -> bool:
    """Whether `--crm` may name a connected CRM: it is no file, and does not look like one.

    What looks like a file is one that may come yet: who reads it says that it is missing.
    """
    return not (crm.exists() or crm.suffix or len(crm.parts) > 1)


def with_connection(request: RunRequest, database: Engine) -> RunRequest:
    """The request, with the connected CRM that `--crm` names where there is no file of that name.

    Raises:
        InvalidInputError: there is neither.
        StagecheckError: the database cannot be used.
    """
    if request.connection is not None or not may_be_connection(request.crm):
        return request
    name = str(request.crm)
    with reading(database) as session:
        known = sorted(session.scalars(select(CrmConnectionRow.name)))
    if name in known:
        return replace(request, connection=name)
    others = f"Connected: {', '.join(known)}" if known else "No CRM is connected"
    raise InvalidInputError(
        f"--crm {name}",
        "there is neither a file nor a connected CRM of this name",
        f"Name a snapshot file, or connect the CRM with `stagecheck crm connect`. {others}.",
    )


@dataclass(slots=True)
class ConnectedCrm:
    """What a process knows of a live CRM; `calls_of` is the source of the calls that it judges."""

    name: str
    calls_of: str
    settings: Settings
    _copy: MirrorCopy = field(init=False)
    _mark: tuple[int, datetime, ForgettingMark] | None = None
    _snapshot: CrmSnapshot | None = None

    def __post_init__(self) -> None:
        self._copy = MirrorCopy(self.name)

    def change(self, session: Session) -> int | None:
        """Grows with every change; ``None`` until everything was read once."""
        return session.scalar(
            select(CrmConnectionRow.change).where(
                CrmConnectionRow.name == self.name, CrmConnectionRow.loaded_at.is_not(None)
            )
        )

    def now(self, session: Session) -> CrmSnapshot:
        """The CRM as it is known now; the same object as long as nothing changed.

        Raises:
            NotReadYetError: it was not read to its end yet.
        """
        change, at = self.change(session), now()
        if change is None:
            raise NotReadYetError(self.stands(session))
        # Once a day deals go that were closed too long ago.
        day = at.replace(hour=0, minute=0, second=0, microsecond=0)
        mark = (change, day, forgetting_mark(session))
        if self._snapshot is None or mark != self._mark:
            closed_since = day - timedelta(days=self.settings.crm.closed_days)
            found = self._copy.snapshot(session, Wanted(closed_since, self.calls_of), at)
            if found is None:
                raise NotReadYetError(self.stands(session))
            self._snapshot, self._mark = found, mark
        return self._snapshot

    def stands(self, session: Session) -> Stands:
        """How it stands with the CRM, in a sentence."""
        connection = find_connection(session, self.name)
        if connection is None:
            return gone(self.name)
        return stands(connection, progress_of(session, connection.id, connection.source))


def same_but_moment(one: CrmSnapshot, other: CrmSnapshot) -> bool:
    """Whether two snapshots say the same, whenever they do."""
    return one is other or replace(one, as_of=other.as_of) == other
