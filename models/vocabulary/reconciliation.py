"""What the PBX's ledger, the recordings and the transcripts come to when held together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.vocabulary.call import Call


class GapKind(StrEnum):
    """What is missing between a call and its verdict."""

    NO_RECORDING = "no_recording"
    NOT_IN_CDR = "not_in_cdr"
    NOT_TRANSCRIBED = "not_transcribed"
    UNUSABLE = "unusable"
    NOT_JUDGED = "not_judged"
    DAY_WITHOUT_CDR = "day_without_cdr"
    SOURCE_SILENT = "source_silent"


@dataclass(frozen=True, slots=True)
class ReceivedRecording:
    """A recorded call and what became of its recording.

    `state` is ``arrived``, ``transcribed`` or ``unusable`` (then `error` says why); `judged`
    says whether its words were heard for actions.
    """

    call: Call
    arrived_at: datetime | None
    state: str
    error: str | None
    judged: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """How many calls got how far; `answered` leaves out the `internal` ones among the `calls`."""

    calls: int = 0
    internal: int = 0
    answered: int = 0
    recordings: int = 0
    transcribed: int = 0
    judged: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.calls + other.calls,
            self.internal + other.internal,
            self.answered + other.answered,
            self.recordings + other.recordings,
            self.transcribed + other.transcribed,
            self.judged + other.judged,
        )


@dataclass(frozen=True, slots=True)
class DayTally:
    """One day of one telephone system; the day is that of the system's zone."""

    day: date
    account: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class NumberTally:
    """All calls with one client; `number` is E.164, ``None`` for hidden and internal ones."""

    number: str | None
    tally: Tally


@dataclass(frozen=True, slots=True)
class SourceTally:
    """One telephone system; the times are of the last call in its ledger and among its files."""

    account: str
    last_in_cdr: datetime | None
    last_recording: datetime | None
    tally: Tally


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing, since when, and for how long (seconds).

    A `normal` one needs nobody: every site has calls without recordings and the other way
    round. `detail` is a short code: the error of a recording.
    """

    kind: GapKind
    account: str
    since: datetime
    age_s: float
    normal: bool
    day: date
    call_id: str | None = None
    number: str | None = None
    recording: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The whole account as of a moment: days in order, busy clients first, the oldest gap first."""

    as_of: datetime
    sources: tuple[SourceTally, ...]
    days: tuple[DayTally, ...]
    numbers: tuple[NumberTally, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of the account is wanted: days from `since` to `until`, one client's number."""

    since: date | None = None
    until: date | None = None
    number: str | None = None

    def takes_day(self, day: date) -> bool:
        """Whether a day is in it."""
        return (self.since is None or day >= self.since) and (
            self.until is None or day <= self.until
        )

    def takes(self, day: date, number: str | None) -> bool:
        """Whether a call of a day with a client is in it."""
        return self.takes_day(day) and self.number in (None, number)
