"""What a CRM adapter does for us.

A CRM is read as a whole from a file (`CrmReader`), or piece by piece while it lives (`LiveCrm`).
What is read is in our words either way, so that everything behind this port is the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from core.outward import Rules
from models.vocabulary.crm import Account, Batch, HookThere, Page, Rung, Shape, Tokens
from models.vocabulary.crm_write import OwnField, Write, Written
from models.vocabulary.deal import CrmSnapshot


class CrmReader(Protocol):
    """A CRM, or a file that one was written to, that can be read."""

    def snapshot(self) -> CrmSnapshot:
        """Everything the CRM says at this moment.

        Raises:
            InvalidInputError: what the CRM says breaks docs/formats.md, section 2.
        """
        ...


class Pace(Protocol):
    """Keeps all processes together below what a CRM allows."""

    def wait(self) -> None:
        """Comes back when a request may be sent."""
        ...

    def hold(self, seconds: float) -> None:
        """Lets nobody send for so long: the CRM asked for it."""
        ...


class TokenKeeper(Protocol):
    """Keeps the tokens of a connection; of several processes one renews them."""

    def tokens(self) -> Tokens:
        """The tokens as they are now."""
        ...

    def renewed(self, stale: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        """Tokens other than `stale`: those of another process, or what `renew` makes and is kept.

        Raises:
            CrmError: what `renew` raises.
        """
        ...


@dataclass(frozen=True, slots=True)
class CrmAccess:
    """What an adapter is made with.

    `address` is scheme, host and port; `own_fields` is what the CRM calls our own fields of a deal
    (empty until they were made); `field_names` maps a custom field's id, code or name to ours
    (`crm.field_names`); `language` is that of what we write.
    """

    name: str
    address: str
    keeper: TokenKeeper
    pace: Pace
    rules: Rules
    own_fields: Mapping[OwnField, str] = field(default_factory=dict)
    field_names: Mapping[str, str] = field(default_factory=dict)
    language: Literal["ru", "en"] = "ru"


class LiveCrm(Protocol):
    """A CRM that is asked over the network. Every method may raise `crm.errors.CrmError`."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are read independently of each other (``deals``, ``contacts``...)."""
        ...

    def account(self) -> Account:
        """Whose CRM it is and what we may do."""
        ...

    def shape(self) -> Shape:
        """Pipelines, people and what stages demand."""
        ...

    def read(
        self, part: str, *, since: datetime | None = None, cursor: str | None = None
    ) -> Iterator[Page]:
        """A part, page by page; at least one page, also where there is nothing.

        Args:
            part: one of `parts`.
            since: only what changed at or after it, by the CRM's clock; everything where unset.
            cursor: where an earlier reading with the same `since` stopped.
        """
        ...

    def deals(self, ids: Sequence[str]) -> Batch:
        """Deals with all that hangs on them; those that are gone are told as gone."""
        ...

    def people(self, contacts: Sequence[str], companies: Sequence[str]) -> Batch:
        """Contacts and companies as they are now; those that are gone are told as gone."""
        ...


class CrmWriter(Protocol):
    """A CRM that is written into. Every method may raise `crm.errors.CrmError`."""

    def make_fields(self, names: Mapping[OwnField, str]) -> Mapping[OwnField, str]:
        """Our own fields of a deal, made where they are missing: what the CRM calls each.

        Done twice, nothing is made twice.
        """
        ...

    def write(self, write: Write) -> Written:
        """Writes once.

        Raises:
            CrmUncertainError: nobody knows whether it was written; `find` tells later.
        """
        ...

    def find(self, write: Write) -> Written | None:
        """What was written under the key of `write`, if anything was."""
        ...

    def undo(self, write: Write, written: Written) -> str | None:
        """Takes a write back; a sentence where something had to stay.

        What people changed since is theirs and stays. Done twice, it changes nothing.
        """
        ...


class Adapter(LiveCrm, CrmWriter, Protocol):
    """One kind of CRM, both ways."""

    def close(self) -> None:
        """Ends its connections."""
        ...


@runtime_checkable
class Subscribing(Protocol):
    """A CRM that lets us set up its web-hooks. Every method may raise `crm.errors.CrmError`."""

    def hooks(self) -> Sequence[HookThere]:
        """The web-hooks that are set up there, ours among them."""
        ...

    def subscribe(self, url: str) -> None:
        """Has changes of deals, contacts and companies told to an address; twice is once."""
        ...

    def unsubscribe(self, url: str) -> None:
        """Has nothing told to an address any more; twice is once."""
        ...


@runtime_checkable
class Queueing(Protocol):
    """A CRM that keeps what changed until we ask, for where it cannot reach us."""

    @property
    def has_queue(self) -> bool:
        """Whether this access may ask; asked nothing of the CRM."""
        ...

    def rung(self) -> Rung:
        """What changed since it was asked last; it is told once.

        Raises:
            CrmError: it cannot be asked.
        """
        ...


class HookReader(Protocol):
    """Reads the web-hooks of one kind of CRM."""

    def __call__(self, body: bytes, content_type: str) -> tuple[Rung, str | None]:
        """What is to be read again, and the token by which the CRM proves itself, if it has one.

        Raises:
            ValueError: the body is none of this CRM.
        """
        ...
