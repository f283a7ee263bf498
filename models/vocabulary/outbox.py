"""Words about the outbox of a CRM: what should stand there, what does, and what is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.vocabulary.crm_write import CONTENT, Content, Write, WriteKind, WriteState

_BETWEEN = "|"
CONFIRMED = "finding:"  # how topics begin that a confirmed finding gave
GONE = "gone"  # the CRM has no such deal: dropped, and not asked for again
TAKEN_BACK = "taken_back"  # somebody undid it before it was written
STAYED = "stayed"  # it could not be taken back


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What a write is for.

    Within a `topic` (the fields, one finding, one tag) the newest write is what stands; `same` is
    equal for two writes that say the same. `finding` is the flag that it rests on. `after` is the
    write that came before it in the outbox, so that what is said, taken back and said again has a
    name of its own each time, and one name never has two writes.
    """

    topic: str
    same: str
    finding: int | None = None
    after: int = 0

    @property
    def confirmed(self) -> bool:
        """Whether it only stands as long as a finding is confirmed."""
        return self.topic.startswith(CONFIRMED)

    @property
    def about(self) -> str:
        """As a row has it."""
        return _BETWEEN.join(
            (self.topic, self.same, str(self.finding or ""), str(self.after))
        )  # fmt: skip


def occurrence_of(about: str) -> Occurrence:
    """What a row is for."""
    topic, same, finding, after = about.rsplit(_BETWEEN, 3)
    return Occurrence(topic, same, int(finding) if finding else None, int(after))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something that should stand in a deal of the CRM.

    `only_instead`: only where something else of its topic stands there (a card that is no longer
    ahead needs a word only where it was said to be). `fresh_h`: written anew after so many hours,
    though it says the same.
    """

    kind: WriteKind
    content: Content
    topic: str
    same: str
    finding: int | None = None
    only_instead: bool = False
    fresh_h: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A write of a deal as the outbox has it. `stale`: nobody found it wanted for long."""

    id: int
    kind: WriteKind
    occurrence: Occurrence
    state: WriteState
    created_at: datetime
    uncertain: bool = False
    error: str | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class WriteInHand:
    """A write that a sender took; `undo`: it is taken back. `written` is what came of it."""

    id: int
    connection: int
    token: str
    write: Write
    tries: int
    since: datetime
    uncertain: bool
    undo: bool
    remote: str | None
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """A write as people see it in the list of what was written where."""

    id: int
    key: str
    kind: WriteKind
    deal_id: str
    about: str
    content: Mapping[str, Any]
    state: WriteState
    tries: int
    created_at: datetime
    due_at: datetime
    since: datetime
    uncertain_at: datetime | None
    written_at: datetime | None
    remote: str | None
    error: str | None
    detail: str | None

    @property
    def finding(self) -> int | None:
        """The finding that it rests on."""
        return occurrence_of(self.about).finding


def content_type(kind: WriteKind) -> type[Any]:
    """What a write of a kind holds."""
    return CONTENT[kind]
