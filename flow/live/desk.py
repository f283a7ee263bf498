"""What the reader of one live CRM works with, and how it writes down what it read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.clock import now
from core.settings import Settings
from crm.port import Adapter
from flow.forgotten import who_was_forgotten
from models.session import transaction
from models.store.mirror import Target, open_mirror
from models.store.mirror_texts import Unwanted
from models.store.passes import is_reading
from models.store.tombstones import number_digest
from models.tables import CrmRow
from models.vocabulary.phone import normalise_phone


class TurnLostError(Exception):
    """Another process reads this CRM now, or it is not connected any more."""


@dataclass(slots=True)
class Desk:
    """One CRM that this process reads, as `reader`; `ended` is set when it has to stop."""

    database: Engine
    state: Path
    settings: Settings
    connection: int
    name: str
    reader: str
    adapter: Adapter
    ended: Event = field(default_factory=Event)
    clock: Callable[[], datetime] = now

    @contextmanager
    def writing(self) -> Iterator[tuple[Session, Target]]:
        """A transaction that writes what was read, as long as it is ours to read.

        Raises:
            TurnLostError: it is not any more; nothing is written.
            StagecheckError: the database cannot be used.
        """
        with transaction(self.database) as session:
            at = self.clock()
            target = open_mirror(session, self.connection, at)
            if target is None or not is_reading(session, self.connection, self.reader):
                raise TurnLostError(self.name)
            yield session, target
            session.get_one(CrmRow, target.crm).as_of = at

    def unwanted(self) -> Unwanted | None:
        """Tells the numbers of people who were forgotten; ``None`` where nobody was.

        Raises:
            StagecheckError: the key to tell them is gone.
        """
        forgotten = who_was_forgotten(self.database, self.state)
        if not forgotten.numbers:
            return None
        pbx = self.settings.pbx
        return Unwanted(
            lambda text: normalise_phone(
                text,
                region=pbx.region,
                area_code=pbx.area_code,
                extension_max_digits=pbx.extension_max_digits,
            ),
            lambda number: number_digest(forgotten.secret, number) in forgotten.numbers,
        )
