"""Bitrix24 behind the port: one object that several threads may use at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from crm.bitrix24.account import read_account
from crm.bitrix24.cards import CardWords
from crm.bitrix24.events import bind_offline, take_offline
from crm.bitrix24.facts import Facts, ask_facts
from crm.bitrix24.oauth import TOKEN_SERVER
from crm.bitrix24.own_fields import CODES, find_fields, make_fields, undo_fields, write_fields
from crm.bitrix24.portal import Portal
from crm.bitrix24.reading import PARTS, Reading
from crm.bitrix24.stages import read_shape
from crm.bitrix24.subscribing import hooks_there, subscribe, unsubscribe
from crm.bitrix24.timeline import (
    add_note,
    add_task,
    find_note,
    find_task,
    undo_note,
    undo_task,
)
from crm.bitrix24.transcripts import add_transcript, find_transcript, undo_transcript
from crm.bitrix24.values import id_of
from crm.errors import CrmRefusedError
from crm.port import CrmAccess
from models.vocabulary.crm import Account, Batch, HookThere, Page, Rung, Shape
from models.vocabulary.crm_write import OwnField, Write, WriteKind, Written

_NO_TAGS = (
    "Bitrix24: deals have no tags. Our fields of the deal and notes say the same; switch tags off."
)


class Bitrix24:
    """A Bitrix24 portal; fulfils `Adapter`, `Subscribing` and `Queueing` of `crm.port`."""

    def __init__(self, access: CrmAccess, *, token_server: str = TOKEN_SERVER) -> None:
        self._access = access
        self._portal = Portal(access, token_server)
        self._known: Facts | None = None
        self._bound = False
        self._asking = threading.Lock()

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are read independently of each other."""
        return PARTS

    def account(self) -> Account:
        """Whose portal it is and what we may do there."""
        return read_account(self._portal, self._facts(anew=True))

    def shape(self) -> Shape:
        """Pipelines, people and the fields that must be filled."""
        return read_shape(self._portal, self._facts(anew=True), self._own_codes())

    def read(
        self, part: str, *, since: datetime | None = None, cursor: str | None = None
    ) -> Iterator[Page]:
        """A part, page by page.

        Raises:
            CrmRefusedError: there is no such part, or the cursor is none of ours.
        """
        if part not in PARTS:
            raise CrmRefusedError(f"{self._access.name}: has no part {part[:40]!r}.")
        if cursor is not None and id_of(cursor) is None:
            raise CrmRefusedError(f"{self._access.name}: the cursor of {part} is none of ours.")
        yield from self._reading().pages(part, since, cursor)

    def deals(self, ids: Sequence[str]) -> Batch:
        """Deals with all that hangs on them."""
        return self._reading().deals(ids) if ids else Batch()

    def people(self, contacts: Sequence[str], companies: Sequence[str]) -> Batch:
        """Contacts and companies as they are now."""
        return self._reading().people(contacts, companies)

    def make_fields(self, names: Mapping[OwnField, str]) -> Mapping[OwnField, str]:
        """Our own fields of a deal, made where they are missing."""
        return make_fields(self._portal, names)

    def write(self, write: Write) -> Written:
        """Writes once."""
        match write.kind:
            case WriteKind.FIELDS:
                return write_fields(self._portal, self._facts(), self._access.own_fields, write)
            case WriteKind.NOTE:
                return add_note(self._portal, write)
            case WriteKind.TASK:
                return add_task(self._portal, write)
            case WriteKind.TRANSCRIPT:
                return add_transcript(self._portal, self._facts(), write)
            case WriteKind.TAG:
                raise CrmRefusedError(_NO_TAGS)

    def find(self, write: Write) -> Written | None:
        """What was written under the key of `write`, if anything was."""
        match write.kind:
            case WriteKind.FIELDS:
                return find_fields(self._portal, self._facts(), self._access.own_fields, write)
            case WriteKind.NOTE:
                return find_note(self._portal, write)
            case WriteKind.TASK:
                return find_task(self._portal, write)
            case WriteKind.TRANSCRIPT:
                return find_transcript(self._portal, self._facts(), write)
            case WriteKind.TAG:
                return None

    def undo(self, write: Write, written: Written) -> str | None:
        """Takes a write back; a sentence where something had to stay."""
        match write.kind:
            case WriteKind.FIELDS:
                own = self._access.own_fields
                return undo_fields(self._portal, self._facts(), own, write, written)
            case WriteKind.NOTE:
                return undo_note(self._portal, write)
            case WriteKind.TASK:
                return undo_task(self._portal, write)
            case WriteKind.TRANSCRIPT:
                return undo_transcript()
            case WriteKind.TAG:
                return None

    @property
    def has_queue(self) -> bool:
        """Whether the queue of offline events is ours: an application has one."""
        return not self._portal.by_webhook

    def rung(self) -> Rung:
        """What changed since it was asked last, for portals that cannot reach us.

        Raises:
            CrmError: only an application may ask; a web-hook may not.
        """
        if self._portal.by_webhook:
            raise CrmRefusedError(
                f"{self._access.name}: the queue of events is for applications. Connect as a local "
                "application, or leave it to polling."
            )
        with self._asking:
            if not self._bound:
                bind_offline(self._portal)
                self._bound = True
        return take_offline(self._portal)

    def hooks(self) -> Sequence[HookThere]:
        """The addresses that the application's events go to."""
        return hooks_there(self._portal)

    def subscribe(self, url: str) -> None:
        """Has changes of deals, contacts, companies and activities told to an address."""
        subscribe(self._portal, url)

    def unsubscribe(self, url: str) -> None:
        """Has nothing told to an address any more."""
        unsubscribe(self._portal, url)

    def close(self) -> None:
        """Ends its connections."""
        self._portal.close()

    def _facts(self, *, anew: bool = False) -> Facts:
        with self._asking:
            if self._known is None or anew:
                self._known = ask_facts(self._portal)
            return self._known

    def _own_codes(self) -> frozenset[str]:
        return frozenset((*CODES.values(), *self._access.own_fields.values()))

    def _reading(self) -> Reading:
        facts = self._facts()
        words = CardWords(facts, self._access.field_names, self._own_codes())
        return Reading(self._portal, facts, words)
