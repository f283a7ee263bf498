"""What may be done with endpoints of web-hooks, from the pages and from the command line."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.outward import OutwardError, Rules, check_url
from core.signing import new_secret
from core.webhook_settings import WebhookSettings
from models.secret_keys import SecretKeys
from models.session import transaction
from models.store.audit import add_to_audit
from models.store.deliveries import send_again
from models.store.endpoints import (
    BY_HAND,
    add_endpoint,
    endpoint_of,
    find_endpoint,
    remove_endpoint,
)
from models.store.events import event_of, put_in_line
from models.tables import EventRow, WebhookEndpointRow
from models.vocabulary.access import AuditEntry
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.event import TOLD_TYPES, Endpoint, Event, EventType

# What is wrong with an address, by code.
REASONS = {
    "no_address": ("is no address of the web", "Give it as https://HOST/PATH."),
    "password_in_address": (
        "has a name or password in it",
        "Leave them out: every delivery is signed.",
    ),
    "port_refused": ("has a port that is not sent to", "Add it to webhooks.ports."),
    "https_only": (
        "is not encrypted",
        "Use https://; http:// goes to the networks of webhooks.allow_networks alone.",
    ),
    "address_refused": (
        "leads into a network that is not open to web-hooks",
        "Add the network to webhooks.allow_networks if it is yours.",
    ),
    "no_such_host": ("has a host that cannot be found", "Check its name."),
}


class WrongAddressError(InvalidInputError):
    """An address that events are not sent to; `code` is one of `REASONS`."""

    def __init__(self, url: str, code: str) -> None:
        self.code = code
        reason, remedy = REASONS[code]
        super().__init__(url, reason, remedy)


class NoEndpointError(Exception):
    """There is no such endpoint (any more)."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Does things with endpoints in somebody's name; each goes to the audit with its commit.

    `entry` is the audit's entry of whoever asks; its event, subject and detail are set here.
    """

    database: Engine
    settings: WebhookSettings
    keys: SecretKeys
    entry: AuditEntry

    def add(self, url: str, types: Sequence[EventType], *, quotes: bool) -> tuple[Endpoint, str]:
        """Makes an endpoint; gives it with its secret, which is shown once and never again.

        Raises:
            WrongAddressError: nothing is sent there.
            StagecheckError: the key or the database cannot be used.
        """
        self._check(url)
        secret = new_secret()
        sealed = self.keys.seal(secret)
        with transaction(self.database) as session:
            endpoint = add_endpoint(
                session,
                url=url,
                types=_told(types),
                quotes=quotes,
                secret=sealed,
                created_by=self.entry.who,
                now=self.entry.at,
            )
            self._note(session, "webhook added", endpoint.id, host_of(url))
        return endpoint, secret

    def change(
        self, endpoint: int, url: str, types: Sequence[EventType], *, quotes: bool
    ) -> Endpoint:
        """Changes where and what is sent.

        Raises:
            WrongAddressError: nothing is sent there.
            NoEndpointError: there is no such endpoint.
            StagecheckError: the database cannot be used.
        """
        self._check(url)
        with self._changing(endpoint, "webhook changed", host_of(url)) as row:
            row.url, row.quotes = url, quotes
            row.types = [one.value for one in _told(types)]
            return endpoint_of(row)

    def rotate(self, endpoint: int) -> str:
        """Gives a new secret; the old one signs beside it for `webhooks.overlap_hours`.

        Raises:
            NoEndpointError: there is no such endpoint.
            StagecheckError: the key or the database cannot be used.
        """
        secret = new_secret()
        sealed = self.keys.seal(secret)
        with self._changing(endpoint, "webhook secret rotated") as row:
            row.old_secret, row.secret = row.secret, sealed
            row.old_until = self.entry.at + timedelta(hours=self.settings.overlap_hours)
        return secret

    def shut(self, endpoint: int) -> None:
        """Sends nothing there until it is opened.

        Raises:
            NoEndpointError: there is no such endpoint.
            StagecheckError: the database cannot be used.
        """
        with self._changing(endpoint, "webhook shut") as row:
            row.shut_at, row.shut_why = row.shut_at or self.entry.at, row.shut_why or BY_HAND

    def open(self, endpoint: int) -> None:
        """Sends there again.

        Raises:
            NoEndpointError: there is no such endpoint.
            StagecheckError: the database cannot be used.
        """
        with self._changing(endpoint, "webhook opened") as row:
            row.shut_at = row.shut_why = None

    def remove(self, endpoint: int) -> None:
        """Removes it with what was delivered.

        Raises:
            NoEndpointError: there is no such endpoint.
            StagecheckError: the database cannot be used.
        """
        with transaction(self.database) as session:
            if not remove_endpoint(session, endpoint):
                raise NoEndpointError
            self._note(session, "webhook removed", endpoint)

    def replay(self, endpoint: int, delivery: int | None = None) -> int:
        """Has dead deliveries sent again, one or all; gives how many.

        Raises:
            NoEndpointError: there is no such endpoint.
            StagecheckError: the database cannot be used.
        """
        with transaction(self.database) as session:
            _row(session, endpoint)
            again = send_again(session, endpoint, delivery, self.entry.at)
            self._note(session, "webhook replayed", endpoint, f"{again} deliveries")
        return again

    def test(self, endpoint: int) -> Event:
        """Puts an event in line that tells nothing, to see whether it arrives.

        Raises:
            NoEndpointError: there is no such endpoint.
            StagecheckError: the database cannot be used.
        """
        with transaction(self.database) as session:
            _row(session, endpoint)
            row = EventRow(
                uid=f"evt_{secrets.token_hex(16)}",
                type=EventType.TEST.value,
                subject=f"webhook:{endpoint}:{self.entry.at.timestamp()}",
                deal_id=None,
                user_id=None,
                payload={"endpoint": endpoint},
                at=self.entry.at,
            )
            session.add(row)
            session.flush()
            put_in_line(session, endpoint, [row], self.entry.at)
            self._note(session, "webhook tested", endpoint)
            return event_of(row)

    @contextmanager
    def _changing(
        self, endpoint: int, event: str, detail: str = ""
    ) -> Iterator[WebhookEndpointRow]:
        """The row of an endpoint; what is changed in it goes with the audit's entry, or not."""
        with transaction(self.database) as session:
            row = _row(session, endpoint)
            yield row
            self._note(session, event, endpoint, detail)

    def _check(self, url: str) -> None:
        try:
            check_url(url, rules_of(self.settings))
        except OutwardError as error:
            raise WrongAddressError(url, str(error)) from error

    def _note(self, session: Session, event: str, endpoint: int, detail: str = "") -> None:
        entry, subject = self.entry, f"webhook:{endpoint}"
        add_to_audit(
            session,
            AuditEntry(entry.at, entry.who, event, subject, detail, entry.address, entry.account),
        )


def rules_of(settings: WebhookSettings) -> Rules:
    """Where events may be sent to."""
    return Rules(settings.ports, settings.allow_networks)


def host_of(url: str) -> str:
    """The host of an address: the rest may be a secret of the receiver's."""
    return urlsplit(url).hostname or ""


def _told(types: Sequence[EventType]) -> list[EventType]:
    wanted = [one for one in TOLD_TYPES if one in types]
    return wanted or list(TOLD_TYPES)


def _row(session: Session, endpoint: int) -> WebhookEndpointRow:
    row = find_endpoint(session, endpoint)
    if row is None:
        raise NoEndpointError
    return row
