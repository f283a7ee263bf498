"""Words about listening to calls: what there is to be played, or why there is nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.vocabulary.transcript import HiddenSpan


class NoSound(StrEnum):
    """Why a call cannot be played."""

    NOT_RECORDED = "not_recorded"
    WAITING = "waiting"  # nobody has looked for personal numbers in it yet
    UNUSABLE = "unusable"
    EXPIRED = "expired"
    GONE = "gone"  # its file is not where it was
    SEALED = "sealed"  # for another key
    NO_ROOM = "no_room"  # on the disk, to make it ready


@dataclass(frozen=True, slots=True)
class CallSound:
    """A call's recording, as far as it is needed to play it.

    `missing` says why there is nothing to be played, `error` is the code of an unusable
    recording. `hidden` are the seconds that are silenced, `agent_side` the agent's channel.
    """

    call: int
    started_at: datetime
    sha256: str = ""
    files: tuple[str, ...] = ()
    hidden: tuple[HiddenSpan, ...] = ()
    agent_side: int | None = None
    duration_s: float | None = None
    missing: NoSound | None = None
    error: str | None = None
