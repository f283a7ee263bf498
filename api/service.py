"""What the app works with: settings, the database once it can be reached, the drop-box's audit."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine

from core.broker import BrokerError, queue_lengths
from core.serving import ServePlan
from core.settings import Settings
from ingest.sftp.tally import AuditTally
from models.places import broker_address, opened_database
from models.store.facts_copy import FactsCopy
from models.vocabulary.work import Lane


@dataclass(slots=True)
class Service:
    """One app's view of the service. The database is opened when it is first asked for."""

    plan: ServePlan
    settings: Settings
    audit: AuditTally
    facts: FactsCopy = field(default_factory=FactsCopy)
    _database: Engine | None = None
    _alone: Lock = field(default_factory=Lock)

    @property
    def state(self) -> Path:
        """The folder with what is kept."""
        return self.plan.state

    def database(self) -> Engine:
        """The database, its tables up to date.

        Raises:
            StagecheckError: it cannot be used now.
        """
        with self._alone:
            if self._database is None:
                plan = self.plan
                self._database = opened_database(plan.db, plan.state, self.settings.service)
            return self._database

    def queued(self) -> dict[Lane, int] | None:
        """How many messages lie in the broker's queues; ``None`` without a broker.

        Raises:
            BrokerError: it cannot be reached.
            InvalidInputError: the file with its address cannot be read.
        """
        address = broker_address(self.settings.service)
        if address is None:
            return None
        lengths = queue_lengths(address, [lane.value for lane in Lane])
        return {lane: lengths[lane.value] for lane in Lane}

    def queued_if_reached(self) -> dict[Lane, int] | None:
        """The same, and ``None`` as well where the broker cannot be reached."""
        try:
            return self.queued()
        except BrokerError:
            return None

    def close(self) -> None:
        """Lets go of the database."""
        if self._database is not None:
            self._database.dispose()
