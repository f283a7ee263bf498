"""One thing for each connected CRM, made when the CRM is connected and closed when it is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Engine

from models.session import reading
from models.store.connections import numbers_of_connections


class Closable(Protocol):
    """What ends in order."""

    def close(self) -> None:
        """Ends it."""


Kept = TypeVar("Kept", bound=Closable)


@dataclass(slots=True)
class ForEachCrm(Generic[Kept]):
    """Keeps what `make` gives for the number of each connection; one thread uses it at a time."""

    database: Engine
    make: Callable[[int], Kept]
    _kept: dict[int, Kept] = field(default_factory=dict)

    def now(self) -> list[Kept]:
        """What there is for the connections that there are now.

        Raises:
            StagecheckError: the database cannot be used.
        """
        with reading(self.database) as session:
            there = numbers_of_connections(session)
        for gone in self._kept.keys() - set(there):
            self._kept.pop(gone).close()
        for connection in there:
            if connection not in self._kept:
                self._kept[connection] = self.make(connection)
        return [self._kept[connection] for connection in there]

    def close(self) -> None:
        """Closes all of them."""
        for one in self._kept.values():
            one.close()
        self._kept.clear()
