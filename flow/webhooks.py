"""Keeps the endpoints of web-hooks from the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from core.clock import now
from core.settings import Settings
from flow.service.delivering import Post
from models.session import reading
from models.store.endpoints import load_endpoints, tallies
from models.tables import WebhookDeliveryRow
from models.vocabulary.access import COMMAND_LINE, AuditEntry
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.event import TOLD_TYPES, DeliveryState, EventType
from models.webhook_keys import webhook_keys
from models.webhooks import Desk, NoEndpointError


@dataclass(frozen=True, slots=True)
class Counter:
    """What the commands do with endpoints."""

    database: Engine
    state: Path
    settings: Settings

    def add(self, url: str, types: Sequence[str], *, quotes: bool) -> Iterator[str]:
        """Adds an endpoint; gives what to tell.

        Raises:
            InvalidInputError: nothing is sent there, or a type is none.
            StagecheckError: the key or the database cannot be used.
        """
        endpoint, secret = self._desk().add(url, _types(types), quotes=quotes)
        yield f"endpoint {endpoint.id}: added, gets {', '.join(endpoint.types)}"
        yield f"secret: {secret}"
        yield "The secret is shown this once; the receiver checks signatures with it."

    def lines(self) -> Iterator[str]:
        """A line for each endpoint.

        Raises:
            StagecheckError: the database cannot be used.
        """
        with reading(self.database) as session:
            endpoints, counts = load_endpoints(session), tallies(session)
        for one in endpoints:
            of = counts.get(one.id, {})
            stands = ", ".join(
                f"{of[state]} {state.value}" for state in DeliveryState if of.get(state)
            )
            shut = f", shut ({one.shut_why})" if one.shut_at else ""
            quotes = ", with quotes" if one.quotes else ""
            types = ", ".join(one.types)
            yield f"{one.id}: {one.url}{shut}{quotes}: {types} ({stands or 'nothing sent'})"

    def rotate(self, endpoint: int) -> Iterator[str]:
        """Gives a new secret.

        Raises:
            InvalidInputError: there is no such endpoint.
            StagecheckError: the key or the database cannot be used.
        """
        with _known(endpoint):
            secret = self._desk().rotate(endpoint)
        yield f"secret: {secret}"
        hours = self.settings.webhooks.overlap_hours
        yield f"The secret is shown this once; the old one signs beside it for {hours:g} hours."

    def remove(self, endpoint: int) -> Iterator[str]:
        """Removes an endpoint.

        Raises:
            InvalidInputError: there is no such endpoint.
            StagecheckError: the database cannot be used.
        """
        with _known(endpoint):
            self._desk().remove(endpoint)
        yield f"endpoint {endpoint}: removed"

    def test(self, endpoint: int) -> tuple[str, bool]:
        """Sends an event that tells nothing; gives what came of it, and whether it was taken.

        Raises:
            InvalidInputError: there is no such endpoint.
            StagecheckError: the database cannot be used.
        """
        with _known(endpoint):
            event = self._desk().test(endpoint)
        with reading(self.database) as session:
            [delivery] = session.scalars(
                select(WebhookDeliveryRow.id).where(WebhookDeliveryRow.event == event.id)
            )
        keys = webhook_keys(self.state, self.settings.webhooks)
        answer = Post(self.database, self.settings, keys).deliver(delivery)
        if answer is None:
            return f"endpoint {endpoint}: shut, or the service is sending it already", False
        if answer.taken:
            return f"endpoint {endpoint}: took it, {answer.status} in {answer.took_ms} ms", True
        return f"endpoint {endpoint}: not delivered ({answer.error}); it is tried again", False

    def _desk(self) -> Desk:
        hooks = self.settings.webhooks
        entry = AuditEntry(now(), COMMAND_LINE, "", "")
        return Desk(self.database, hooks, webhook_keys(self.state, hooks), entry)


@contextmanager
def _known(endpoint: int) -> Iterator[None]:
    try:
        yield
    except NoEndpointError as error:
        raise InvalidInputError(
            str(endpoint), "is no endpoint", "`stagecheck webhook list` shows them."
        ) from error


def _types(names: Sequence[str]) -> list[EventType]:
    known = {one.value: one for one in TOLD_TYPES}
    for name in names:
        if name not in known:
            raise InvalidInputError(name, "is no type of event", f"Use {', '.join(known)}.")
    return [known[name] for name in names] or list(TOLD_TYPES)
