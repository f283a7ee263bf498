"""What every command about CRMs works with: database, keys, rules, and the CRM itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from classify.verification.rules import PipelineRules
from core.clock import now
from core.settings import Settings
from crm.opening import known_connection, open_adapter
from crm.port import Adapter
from flow.crms.asking import Asking
from flow.live.facts import rules_in_force
from models.connections import ConnectionDesk
from models.crm_keys import crm_keys
from models.session import reading
from models.store.connections import load_connection, load_connections
from models.vocabulary.access import COMMAND_LINE, AuditEntry
from models.vocabulary.crm import Connection
from models.vocabulary.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Place:
    """Where the commands work, and who is asked."""

    database: Engine
    state: Path
    settings: Settings
    ask: Asking

    @property
    def desk(self) -> ConnectionDesk:
        """Does things in the command line's name."""
        keys = crm_keys(self.state, self.settings.crm)
        return ConnectionDesk(self.database, keys, AuditEntry(now(), COMMAND_LINE, "", ""))

    def named(self, name: str | None) -> Connection:
        """The connection of a name; the only one there is where none is given.

        Raises:
            InvalidInputError: there is none, or one has to be named.
            StagecheckError: the database cannot be used.
        """
        if name is not None:
            return known_connection(self.database, name)
        found = self.all()
        if len(found) == 1:
            return found[0]
        if not found:
            raise InvalidInputError(
                "no CRM", "is connected", "`stagecheck crm connect amocrm` connects one."
            )
        names = ", ".join(one.name for one in found)
        raise InvalidInputError("several CRMs", "are connected", f"Name one of {names}.")

    def all(self) -> list[Connection]:
        """All connections, by name.

        Raises:
            StagecheckError: the database cannot be used.
        """
        with reading(self.database) as session:
            return load_connections(session)

    def again(self, connection: Connection) -> Connection:
        """A connection as it is now.

        Raises:
            InvalidInputError: it is gone.
            StagecheckError: the database cannot be used.
        """
        with reading(self.database) as session:
            found = load_connection(session, connection.id)
        if found is None:
            raise InvalidInputError(connection.name, "was disconnected meanwhile", "Look again.")
        return found

    def open(self, connection: Connection) -> Adapter:
        """The adapter of a connection; whoever opens it closes it."""
        return open_adapter(self.database, connection, self.state, self.settings)

    @contextmanager
    def asking(self, connection: Connection) -> Iterator[Adapter]:
        """The adapter of a connection, closed afterwards."""
        adapter = self.open(connection)
        try:
            yield adapter
        finally:
            adapter.close()

    def rules(self) -> dict[str, PipelineRules]:
        """The rules that deals are judged by, by template.

        Raises:
            StagecheckError: a rule file is wrong, or the database cannot be used.
        """
        in_force = rules_in_force(self.database, self.settings)
        return {one.template: one for one in in_force.values()}
