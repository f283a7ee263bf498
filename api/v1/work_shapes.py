"""What programs send, what becomes of it, and the keys that they show."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.v1.shapes import Shape, Time
from models.vocabulary.call import Direction
from models.vocabulary.keys import Scope
from models.vocabulary.work import JobKind, JobState


class Metadata(BaseModel):
    """What is said about a recording that is sent: the fields of a sidecar, all optional."""

    model_config = ConfigDict(extra="forbid")

    call_id: str | None = None
    started_at: Time | None = Field(default=None, description="with an offset")
    direction: Direction | None = None
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    extension: str | None = None
    user_id: str | None = None
    agent_channel: Literal[0, 1] | None = None
    answered: bool | None = None
    talk_s: float | None = Field(default=None, ge=0)
    deal_id: str | None = None


class Upload(Shape):
    """A recording that was taken."""

    id: str
    account: str
    recording: str = Field(description="where it will lie among the recordings")
    sha256: str
    size: int
    received_at: Time


class SnapshotTaken(Shape):
    """A CRM snapshot that was taken; the next look at it judges the deals anew."""

    as_of: Time
    timezone: str
    crm: str
    deals: int
    activities: int
    warnings: list[str]


class BadLine(Shape):
    """A line that is no call record."""

    line: int = Field(ge=1)
    problem: str


class LedgerImport(Shape):
    """What became of the rows that were sent."""

    new: int = Field(ge=0, description="rows that were not known")
    repeated: int = Field(ge=0, description="rows that were there already")
    replaced: int = Field(ge=0, description="rows of which an older state was there")
    bad: list[BadLine] = Field(description="lines that are no call record; at most 1,000")


class Job(Shape):
    """A piece of work."""

    id: int
    kind: JobKind
    state: JobState
    tries: int
    created_at: Time
    finished_at: Time | None
    error: str | None
    detail: str | None


class Jobs(Shape):
    """Work that was asked for."""

    jobs: list[Job]


class Key(Shape):
    """A program's key; its secret is nowhere."""

    name: str
    prefix: str
    scopes: list[Scope]
    created_by: str
    created_at: Time
    expires_at: Time | None
    revoked_at: Time | None
    used_at: Time | None


class Keys(Shape):
    """All keys."""

    data: list[Key]
