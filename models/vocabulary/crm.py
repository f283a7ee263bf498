"""Words about a live CRM: how it is reached, what it tells of itself and what is read of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.vocabulary.deal import (
    Activity,
    Company,
    Contact,
    Deal,
    Pipeline,
    StageChange,
    User,
)


class CrmKind(StrEnum):
    """Which CRM it is."""

    AMOCRM = "amocrm"
    BITRIX24 = "bitrix24"
    BOTTLECRM = "bottlecrm"


def source_of(connection: str) -> str:
    """What the database calls the CRM behind a connection (a file is called by its path)."""
    return f"crm:{connection}"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a CRM lets us in by; never logged, never in an address that we keep.

    `access` is a long-lived token, the secret of an incoming web-hook, or an OAuth access token;
    the latter has a `refresh` token beside it and ends at `expires_at`.
    """

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    redirect: str | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """A CRM that is connected, without its secrets.

    `stages` is ``{pipeline_id: {"template": str, "stages": {stage_id: key | null}, "confirmed":
    bool}}``. `own_fields` maps our fields to what the CRM calls them. `options` is what may be
    written, and ``extensions`` (a user's telephone extensions by id) and ``field_names`` (as the
    setting `crm.field_names`) where a person gave them. `preview` is what would be written, as it
    was looked at last, without words of calls. `hook` is the hash of the secret part of
    the address that web-hooks come to. `refused` says why a person has to look after it.
    """

    id: int
    name: str
    kind: CrmKind
    address: str
    account: str
    timezone: str
    currency: str
    hook: str | None
    stages: Mapping[str, Any]
    own_fields: Mapping[str, str]
    options: Mapping[str, Any]
    writes: bool
    paused: bool
    change: int
    refused: str | None
    error: str | None
    error_at: datetime | None
    created_by: str
    created_at: datetime
    loaded_at: datetime | None
    read_at: datetime | None
    preview: Mapping[str, Any] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """What the database calls what was read of it."""
        return source_of(self.name)


@dataclass(frozen=True, slots=True)
class Account:
    """Whose CRM it is, and what we may do there.

    `may` are the things that the token was found good for (``read``, ``fields``, ``notes``,
    ``tasks``...); `limits` are codes for what the CRM allows (`crm.limits` has the words).
    """

    name: str
    address: str
    timezone: str
    currency: str
    user: str
    may: frozenset[str] = frozenset()
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageDemand:
    """What the CRM itself demands or advises on a stage, as a draft of rules.

    `fields` are names of custom fields that must be filled; `advice` is text that people wrote.
    """

    pipeline_id: str
    stage_id: str
    fields: tuple[tuple[str, str], ...] = ()  # (id, name)
    advice: tuple[str, ...] = ()


class Thing(StrEnum):
    """What a CRM holds many of."""

    DEAL = "deal"
    CONTACT = "contact"
    COMPANY = "company"
    ACTIVITY = "activity"
    STAGE_CHANGE = "stage_change"


@dataclass(frozen=True, slots=True)
class CustomField:
    """A field that people added to the deals, contacts or companies of a CRM."""

    id: str
    name: str
    of: Thing = Thing.DEAL


@dataclass(frozen=True, slots=True)
class Shape:
    """What deals stand in: pipelines with stages, our people, demands of stages, custom fields.

    A pipeline's `template` is empty and its stages have no `key` until a person said which.
    """

    pipelines: tuple[Pipeline, ...]
    users: tuple[User, ...]
    demands: tuple[StageDemand, ...] = ()
    fields: tuple[CustomField, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of what a CRM holds. Whatever is in it replaces what was known under its id.

    `gone` are things that the CRM has no longer. Of the deals in `whole` all stage changes and
    activities that hang on the deal itself are in the batch: others that were known of them are
    gone. Not so of `partial` kinds, of which the CRM does not tell all (one without a history of
    stages): what was known of them stays.
    """

    deals: tuple[Deal, ...] = ()
    contacts: tuple[Contact, ...] = ()
    companies: tuple[Company, ...] = ()
    stage_changes: tuple[StageChange, ...] = ()
    activities: tuple[Activity, ...] = ()
    gone: tuple[tuple[Thing, str], ...] = ()
    whole: frozenset[str] = frozenset()
    partial: frozenset[Thing] = frozenset()

    def __len__(self) -> int:
        """How many things there are in it."""
        return sum(
            map(
                len,
                (
                    self.deals,
                    self.contacts,
                    self.companies,
                    self.stage_changes,
                    self.activities,
                    self.gone,
                ),
            )
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One answer's worth of a part of the CRM.

    `cursor` is where to go on after it, ``None`` at the end; `at` is the CRM's own clock.
    `warnings` are sentences about what was odd in it, without names or numbers of people.
    """

    batch: Batch
    cursor: str | None
    at: datetime
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HookThere:
    """A web-hook as it is set up at the CRM; `on`: it tells us of changes."""

    url: str
    on: bool


@dataclass(frozen=True, slots=True)
class Rung:
    """What a web-hook of the CRM says: things to be read again. It proves nothing by itself."""

    things: tuple[tuple[Thing, str], ...]
