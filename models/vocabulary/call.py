"""A call and what the telephone system, a sidecar or a file name says about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Direction(StrEnum):
    """Which way a call went, seen from our side."""

    IN = "in"
    OUT = "out"
    INTERNAL = "internal"


class MetadataSource(StrEnum):
    """Where the facts about a call come from, in falling order of trust."""

    SIDECAR = "sidecar"
    CDR = "cdr"
    FILENAME = "filename"
    FILE = "file"


class Disposition(StrEnum):
    """How the PBX says a call ended."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What one source says about a call; ``None`` means that the source does not say.

    Numbers stand as the source wrote them (`from_number`, `to_number`); they are
    normalised only when facts of all sources are merged into a `Call`. `other_number` is
    the other side's where the source does not say who called whom.
    `started_at` is always aware. `talk_s` is in seconds.
    """

    source: MetadataSource
    call_id: str | None = None
    linked_id: str | None = None
    started_at: datetime | None = None
    direction: Direction | None = None
    from_number: str | None = None
    to_number: str | None = None
    extension: str | None = None
    user_id: str | None = None
    agent_name: str | None = None
    agent_channel: int | None = None
    answered: bool | None = None
    talk_s: float | None = None
    deal_id: str | None = None
    other_number: str | None = None


@dataclass(frozen=True, slots=True)
class CdrRow:
    """One row of the PBX's call detail record, whatever its form was.

    `recording` is the base name of the recording where the CDR names one.
    Channels are the PBX's names (``PJSIP/101-0000002b``), `context` and `application` the
    dialplan's (``from-did-direct``, ``Dial``); where it names an extension instead of the
    channel that answered, that is ``SIP/<extension>``. `direction` and `sequence` (Asterisk's
    count of rows) are set where the PBX writes them. Times are aware. `account` is the telephone
    system that the row came from, empty where only one is known.
    """

    call_id: str
    linked_id: str | None
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    source_number: str
    destination_number: str
    channel: str
    destination_channel: str
    duration_s: float
    talk_s: float
    disposition: Disposition
    did: str | None = None
    recording: str | None = None
    userfield: str | None = None
    context: str = ""
    application: str = ""
    direction: Direction | None = None
    sequence: int | None = None
    account: str = ""


@dataclass(frozen=True, slots=True)
class RecordingProblem:
    """Something in the recordings that could not be used, and what to do about it.

    `recording` is the path relative to the recordings folder, `error` a short stable code
    (``not_audio``, ``empty``, ``still_uploading``, ``bad_sidecar``...), `detail` a sentence.
    """

    recording: str
    error: str
    detail: str


@dataclass(frozen=True, slots=True)
class Call:
    """One telephone call, the facts of all sources merged; the most trusted source won.

    `recording` is the path relative to the recordings folder, ``None`` where the CDR
    knows the call but no file came. `client_number` is E.164. `started_at_exact` is
    false when only the file's own date was known. `deal_id` is the explicit tie of a
    sidecar or a CDR user field. `account` is the telephone system where several are set up,
    else empty. `in_cdr` says that the PBX's ledger knows the call.
    """

    call_id: str
    recording: str | None
    sha256: str | None
    started_at: datetime
    direction: Direction | None
    metadata_from: MetadataSource
    client_number: str | None = None
    our_number: str | None = None
    extension: str | None = None
    user_id: str | None = None
    agent_name: str | None = None
    agent_channel: int | None = None
    answered: bool | None = None
    talk_s: float | None = None
    deal_id: str | None = None
    linked_id: str | None = None
    started_at_exact: bool = True
    account: str = ""
    in_cdr: bool = False
