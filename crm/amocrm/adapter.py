"""The adapter of amoCRM and Kommo; fulfils `crm.port.Adapter`. Several threads may use it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from crm.amocrm.asking import Asking
from crm.amocrm.cards import Words
from crm.amocrm.named import deals_named, people_named
from crm.amocrm.own_fields import made_fields
from crm.amocrm.parts import Parts
from crm.amocrm.setting_up import (
    account_of,
    currency_of,
    invoice_lists,
    sources_of,
    told_account,
    told_shape,
    zone_of,
)
from crm.amocrm.subscribing import hooks_there, subscribe, unsubscribe
from crm.amocrm.writing import Writer
from crm.port import CrmAccess
from models.vocabulary.crm import Account, Batch, HookThere, Page, Shape
from models.vocabulary.crm_write import OwnField, Write, Written

_KNOWN_S = 3600.0  # for which zone, currency, lists of invoices and sources are taken as known


class AmoCrm:
    """One account of amoCRM."""

    def __init__(self, access: CrmAccess, clock: Callable[[], float] = time.monotonic) -> None:
        self._asks = Asking(access)
        self._writer = Writer(self._asks)
        self._parts = Parts(self._asks, self._words, self._lists)
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Any]] = {}

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are read independently of each other."""
        return self._parts.names()

    def account(self) -> Account:
        """Whose account it is and what the token may do."""
        return told_account(self._asks)

    def shape(self) -> Shape:
        """Pipelines, people and what stages demand."""
        return told_shape(self._asks)

    def read(
        self, part: str, *, since: datetime | None = None, cursor: str | None = None
    ) -> Iterator[Page]:
        """A part, page by page."""
        return self._parts.read(part, since, cursor)

    def deals(self, ids: Sequence[str]) -> Batch:
        """Deals with all that hangs on them; those that are gone are told as gone."""
        return deals_named(self._asks, self._words(), self._lists(), ids) if ids else Batch()

    def people(self, contacts: Sequence[str], companies: Sequence[str]) -> Batch:
        """Contacts and companies as they are now; those that are gone are told as gone."""
        if not contacts and not companies:
            return Batch()
        return people_named(self._asks, self._words(), contacts, companies)

    def hooks(self) -> Sequence[HookThere]:
        """The web-hooks of the account (`crm.port.Subscribing`)."""
        return hooks_there(self._asks)

    def subscribe(self, url: str) -> None:
        """Has what changes told to an address of ours."""
        subscribe(self._asks, url)

    def unsubscribe(self, url: str) -> None:
        """Has nothing told there any more."""
        unsubscribe(self._asks, url)

    def make_fields(self, names: Mapping[OwnField, str]) -> Mapping[OwnField, str]:
        """Our own fields of a lead, made where they are missing: their ids."""
        made = made_fields(self._asks, names)
        self._writer.made(made)
        return made

    def write(self, write: Write) -> Written:
        """Writes once."""
        return self._writer.write(write)

    def find(self, write: Write) -> Written | None:
        """What was written under the key of `write`, if anything was."""
        return self._writer.find(write)

    def undo(self, write: Write, written: Written) -> str | None:
        """Takes a write back; a sentence where something had to stay."""
        return self._writer.undo(write, written)

    def close(self) -> None:
        """Ends the connections."""
        self._asks.close()

    def _words(self) -> Words:
        found: Words = self._remembered("words", self._asked_words)
        return found

    def _asked_words(self) -> Words:
        account = account_of(self._asks)
        names = self._asks.access.field_names
        return Words(zone_of(account), currency_of(account), names, sources_of(self._asks))

    def _lists(self) -> frozenset[str]:
        found: frozenset[str] = self._remembered("lists", lambda: invoice_lists(self._asks))
        return found

    def _remembered(self, name: str, ask: Callable[[], Any]) -> Any:
        with self._lock:
            known = self._known.get(name)
            if known is None or self._clock() - known[0] > _KNOWN_S:
                known = self._known[name] = (self._clock(), ask())
            return known[1]
