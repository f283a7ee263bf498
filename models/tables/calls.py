"""Rows about calls: recordings, the ledger, words, actions and whose deal a call is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from models.tables.base import LONG_AGO, JsonList, JsonObject, Row


class RecordingRow(Row):
    """A recording by its content: where it lies and what became of it.

    `state` is ``arrived``, ``transcribed``, ``unusable``, ``expiring`` (its files are being
    removed, `removing` names them) or ``expired``; `error` and `detail` say why it is unusable.
    `words_expired_at` is when its transcripts were emptied.
    """

    __tablename__ = "recordings"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    files: Mapped[JsonList]
    state: Mapped[str]
    arrived_at: Mapped[datetime]
    duration_s: Mapped[float | None]
    codec: Mapped[str | None]
    notes: Mapped[JsonList]
    error: Mapped[str | None]
    detail: Mapped[str | None]
    removing: Mapped[JsonList] = mapped_column(default=list)
    expired_at: Mapped[datetime | None]
    words_expired_at: Mapped[datetime | None]


class CallRow(Row):
    """A call, recorded or only known from the CDR, and what it turned out to be.

    `source` names the place the call came from; `recording` is empty where no file came.
    `transcript_id` and `outcome` are what the last hearing used and found. `current` is false for
    a call that the source does not hold any more in this form. `updated_at` is when anything of it
    was other than before: its facts, what was heard in it, whose deal it is.
    """

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("source", "call_id", "recording"),
        Index("ix_calls_source_started_at_id", "source", "started_at", "id"),
        Index("ix_calls_user_id_started_at_id", "user_id", "started_at", "id"),
        Index("ix_calls_outcome_started_at_id", "outcome", "started_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    call_id: Mapped[str] = mapped_column(index=True)
    recording: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(ForeignKey("recordings.sha256"), index=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    direction: Mapped[str | None]
    metadata_from: Mapped[str]
    client_number: Mapped[str | None] = mapped_column(index=True)
    our_number: Mapped[str | None]
    extension: Mapped[str | None]
    user_id: Mapped[str | None]
    agent_name: Mapped[str | None]
    agent_channel: Mapped[int | None]
    answered: Mapped[bool | None]
    talk_s: Mapped[float | None]
    deal_id: Mapped[str | None]
    linked_id: Mapped[str | None]
    started_at_exact: Mapped[bool]
    account: Mapped[str]
    in_cdr: Mapped[bool]
    transcript_id: Mapped[int | None] = mapped_column(ForeignKey("transcripts.id"))
    outcome: Mapped[str | None]
    current: Mapped[bool] = mapped_column(server_default=true(), index=True)
    updated_at: Mapped[datetime] = mapped_column(
        default=now, onupdate=now, server_default=text(LONG_AGO), index=True
    )


class CdrEntryRow(Row):
    """One line of a telephone system's ledger, in the latest state that came.

    `digest` is the line's identity, `content` the hash of all that it says; `account` names the
    telephone system where several are set up.
    """

    __tablename__ = "cdr_rows"
    __table_args__ = (UniqueConstraint("digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    digest: Mapped[str]
    content: Mapped[str]
    call_id: Mapped[str] = mapped_column(index=True)
    linked_id: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    source_number: Mapped[str]
    destination_number: Mapped[str]
    channel: Mapped[str]
    destination_channel: Mapped[str]
    duration_s: Mapped[float]
    talk_s: Mapped[float]
    disposition: Mapped[str]
    did: Mapped[str | None]
    recording: Mapped[str | None]
    userfield: Mapped[str | None]
    context: Mapped[str]
    application: Mapped[str]
    direction: Mapped[str | None]
    sequence: Mapped[int | None]


class TranscriptRow(Row):
    """A recording in words, once per transcriber and what it was told.

    `asked_language` is ``auto`` where the transcriber had to detect it, `agent_channel` is
    -1 where it had to infer whose channel is whose, `agent_side` what it found. `hidden` are the
    seconds of personal numbers, empty (NULL) where nobody has looked for these yet.
    """

    __tablename__ = "transcripts"
    __table_args__ = (UniqueConstraint("sha256", "transcriber", "asked_language", "agent_channel"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("recordings.sha256"))
    transcriber: Mapped[str]
    asked_language: Mapped[str]
    agent_channel: Mapped[int]
    model: Mapped[str]
    language: Mapped[str]
    duration_s: Mapped[float]
    speech_s: Mapped[float]
    channels: Mapped[int]
    segments: Mapped[JsonList]
    created_at: Mapped[datetime]
    agent_side: Mapped[int | None]
    hidden: Mapped[JsonList | None] = mapped_column(JSON(none_as_null=True))


class SecondListeningRow(Row):
    """A few seconds of a transcript in the words of a second listening.

    `first` and `last` are the places in the transcript of the segments that were heard again,
    `digest` tells cuts of the same segments apart, `heard_s` how many seconds were decoded.
    """

    __tablename__ = "second_listenings"
    __table_args__ = (UniqueConstraint("transcript_id", "listener", "first", "last", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id", ondelete="CASCADE"))
    listener: Mapped[str]
    first: Mapped[int]
    last: Mapped[int]
    digest: Mapped[str]
    heard_s: Mapped[float]
    segments: Mapped[JsonList]
    created_at: Mapped[datetime]


class ActionRow(Row):
    """Something heard in a call; `position` keeps the order of the call."""

    __tablename__ = "actions"

    call: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(index=True)
    status: Mapped[str]
    speaker: Mapped[str]
    quote: Mapped[str]
    confidence: Mapped[float]
    start: Mapped[float | None]
    end: Mapped[float | None]
    slots: Mapped[JsonObject]
    cues: Mapped[JsonList]
    heard_otherwise: Mapped[str | None]


class DealMatchRow(Row):
    """Whose deal a call is, and how that was found."""

    __tablename__ = "deal_matches"

    call: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    deal_id: Mapped[str | None] = mapped_column(index=True)
    score: Mapped[float]
    method: Mapped[str]
    reasons: Mapped[JsonList]
    alternatives: Mapped[JsonList]
