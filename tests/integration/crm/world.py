"""What a contract test may do with a CRM behind an adapter's back: the world of one fake or peer.

A world is made anew for each test, with one pipeline (several open stages, then won and lost), at
least one of our people and nothing else. Its clock stands still until `forward` moves it on (a
peer with a clock of its own sleeps a second instead).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from crm.port import CrmAccess
from models.vocabulary.crm import CrmKind
from models.vocabulary.crm_write import OwnField, WriteKind
from tests.fakes.crm.keeping import CountingPace


class Can(StrEnum):
    """What not every world can do; tests that need it are left out where it is missing."""

    HISTORY = "history"  # tells moves of cards
    CALLS = "calls"  # has calls that carry the telephone system's id
    LOST_ANSWERS = "lost_answers"  # can lose the answer to a write that it did
    FAILURES = "failures"  # can be out of order, busy, or refuse the token
    REMOVALS = "removals"  # things can be removed
    SINCE = "since"  # tells what changed since a moment


class CrmWorld(Protocol):
    """A CRM with a back door."""

    kind: CrmKind
    can: frozenset[Can]
    writes: frozenset[WriteKind]
    pace: CountingPace
    """The pace of every access that was given out."""

    def access(self) -> CrmAccess:
        """What the adapter is opened with, on `pace`; `own_fields` are those made last."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """Tokens that must be told nowhere."""
        ...

    def asked(self) -> int:
        """How many requests came so far."""
        ...

    def now(self) -> datetime:
        """The CRM's clock."""
        ...

    def forward(self, seconds: float) -> None:
        """Moves the CRM's clock on."""
        ...

    def small_pages(self) -> None:
        """Makes every page hold three things at most, where the CRM can; else nothing."""
        ...

    def stages(self) -> tuple[str, ...]:
        """Ids of the open stages, in their order."""
        ...

    def user(self) -> str:
        """The id of one of our people."""
        ...

    def add_company(self, name: str, phone: str) -> str:
        """A company with a telephone number; its id."""
        ...

    def add_contact(self, name: str, phone: str, company: str | None = None) -> str:
        """A person with a telephone number; the id."""
        ...

    def add_deal(
        self, name: str, *, amount: float | None = None, contact: str | None = None
    ) -> str:
        """A deal on the first stage; its id."""
        ...

    def add_task(self, deal: str, text: str, due_at: datetime) -> None:
        """A task of a person on a deal."""
        ...

    def add_call(self, contact: str, deal: str, call_id: str) -> None:
        """A call that the telephone system wrote into the CRM; it may hang on the contact only."""
        ...

    def rename(self, deal: str, name: str) -> None:
        """A person renames a deal."""
        ...

    def move(self, deal: str, stage: str) -> None:
        """A person moves a card."""
        ...

    def remove_deal(self, deal: str) -> None:
        """A person removes a deal."""
        ...

    def remove_contact(self, contact: str) -> None:
        """A person removes a contact."""
        ...

    def name_of(self, deal: str) -> str:
        """The name on the card."""
        ...

    def stage_of(self, deal: str) -> str:
        """Where the card stands."""
        ...

    def keep_fields(self, made: dict[OwnField, str]) -> None:
        """Remembers what the CRM calls our fields, for `access`."""
        ...

    def field_of(self, deal: str, remote: str) -> object:
        """What stands in a field of ours; ``None`` where it is empty."""
        ...

    def set_field(self, deal: str, remote: str, text: str) -> None:
        """A person writes a text into a field of ours."""
        ...

    def fields_called(self, title: str) -> int:
        """How many fields of deals have that title."""
        ...

    def notes_of(self, deal: str) -> list[str]:
        """Texts of a deal's notes as people see them."""
        ...

    def tasks_of(self, deal: str) -> list[tuple[str, bool]]:
        """Texts of a deal's tasks and whether each is still open."""
        ...

    def tags_of(self, deal: str) -> set[str]:
        """Tags on the card."""
        ...

    def tag(self, deal: str, name: str) -> None:
        """A person puts a tag on the card."""
        ...

    def lose_next_answer(self) -> None:
        """Does the next write and breaks the connection before the answer."""
        ...

    def out_of_order(self, times: int) -> None:
        """Answers so many requests with an error page."""
        ...

    def busy(self, times: int) -> None:
        """Answers so many requests that there were too many."""
        ...

    def refuse_tokens(self) -> None:
        """Takes none of the tokens any more, nor renews them."""
        ...

    def away(self) -> AbstractContextManager[None]:
        """Cannot be reached as long as the block lasts."""
        ...
