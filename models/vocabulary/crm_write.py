"""Words about what is written into the deals of a live CRM, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


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
