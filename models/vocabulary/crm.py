"""Words about a live CRM: how it is reached, what is read of it and what is written into it."""

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
    ``tasks``...); `limits` says in words what the CRM allows.
    """

    name: str
    address: str
    timezone: str
    currency: str
    user: str
    may: frozenset[str] = frozenset()
    limits: str = ""


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


class WriteKind(StrEnum):
    """What is written into a deal of the CRM. Its stage never is."""

    FIELDS = "fields"
    NOTE = "note"
    TASK = "task"
    TAG = "tag"
    TRANSCRIPT = "transcript"


class WriteState(StrEnum):
    """How far a write has come."""

    WAITING = "waiting"
    SENDING = "sending"
    WRITTEN = "written"
    DEAD = "dead"  # refused, or tried too long, until somebody has it tried again
    UNDOING = "undoing"
    UNDONE = "undone"
    DROPPED = "dropped"  # something newer took its place before it was sent


class OwnField(StrEnum):
    """Our own fields of a deal in the CRM."""

    VERIFIED_STAGE = "verified_stage"
    GAP = "gap"
    CONFIDENCE = "confidence"
    CHECKED_AT = "checked_at"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class FieldValues:
    """What our own fields of a deal say; ``None`` empties one.

    `verified_stage` and `gap` are words for people, `confidence` a share of 1, `link` leads to a
    page of ours that asks for a log-in.
    """

    verified_stage: str | None
    gap: str | None
    confidence: float | None
    checked_at: datetime | None
    link: str | None

    @property
    def percent(self) -> int | None:
        """The confidence as the CRM's field shows it."""
        return None if self.confidence is None else round(100 * self.confidence)


@dataclass(frozen=True, slots=True)
class NoteText:
    """A note on a deal; our key is added by the adapter so that it is found again."""

    text: str


@dataclass(frozen=True, slots=True)
class TaskText:
    """A task for somebody about a deal."""

    text: str
    user_id: str | None
    due_at: datetime


@dataclass(frozen=True, slots=True)
class TagName:
    """A tag that a deal shall have, or no longer have."""

    name: str
    present: bool


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One turn of a call: seconds from its start, and whether the agent speaks."""

    start: float
    end: float
    agent: bool
    text: str


@dataclass(frozen=True, slots=True)
class CallWords:
    """The words of a call for the CRM's own card of it."""

    call_id: str  # as the telephone system calls it
    activity_id: str | None  # as the CRM calls it, where it is known
    lines: tuple[SpokenLine, ...]


Content = FieldValues | NoteText | TaskText | TagName | CallWords
CONTENT: Mapping[WriteKind, type[Any]] = {
    WriteKind.FIELDS: FieldValues,
    WriteKind.NOTE: NoteText,
    WriteKind.TASK: TaskText,
    WriteKind.TAG: TagName,
    WriteKind.TRANSCRIPT: CallWords,
}


@dataclass(frozen=True, slots=True)
class Write:
    """Something to be written into a deal, under a `key` that is ours and never comes again."""

    key: str
    kind: WriteKind
    deal_id: str
    content: Content


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a write: what the CRM calls it, and what stood there before.

    `before` is what `undo` puts back, as the adapter wrote it down.
    """

    remote: str | None
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HookThere:
    """A web-hook as it is set up at the CRM; `on`: it tells us of changes."""

    url: str
    on: bool


@dataclass(frozen=True, slots=True)
class Rung:
    """What a web-hook of the CRM says: things to be read again. It proves nothing by itself."""

    things: tuple[tuple[Thing, str], ...]


class NotesWanted(StrEnum):
    """Of what notes are written on a deal."""

    CONFIRMED = "confirmed"  # findings that a supervisor confirmed
    VERDICTS = "verdicts"  # these, and every card that is ahead of its deal
    OFF = "off"


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """What is written into the deals of a CRM, once writing is switched on.

    `tag` is the name of a tag for deals that are ahead; `unknown` tells in notes also what cannot
    be told.
    """

    fields: bool = True
    notes: NotesWanted = NotesWanted.CONFIRMED
    tasks: bool = True
    tag: str | None = None
    transcripts: bool = False
    unknown: bool = False


def write_options(told: object) -> WriteOptions:
    """Options as a connection keeps them; what is missing, odd or unknown is as usual."""
    known = told if isinstance(told, Mapping) else {}
    usual = WriteOptions()
    tag = known.get("tag")
    try:
        notes = NotesWanted(known.get("notes", usual.notes))
    except (ValueError, TypeError):
        notes = usual.notes

    def switch(name: str, otherwise: bool) -> bool:
        value = known.get(name)
        return value if isinstance(value, bool) else otherwise

    return WriteOptions(
        fields=switch("fields", usual.fields),
        notes=notes,
        tasks=switch("tasks", usual.tasks),
        tag=tag.strip() or None if isinstance(tag, str) else None,
        transcripts=switch("transcripts", usual.transcripts),
        unknown=switch("unknown", usual.unknown),
    )
