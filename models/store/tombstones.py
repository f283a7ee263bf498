"""Tombstones: what keeps somebody forgotten from coming back, without saying who it was."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.tables import TombstoneRow

_NUMBER, _RECORDING = "number", "recording"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """Since when, and whether also what comes later is refused."""

    since: datetime
    for_good: bool


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Everybody forgotten, as far as anyone can still tell: by keyed hash and by sound."""

    secret: bytes
    numbers: Mapping[str, Tombstone]
    recordings: frozenset[str]

    def covers(self, number: str | None, started_at: datetime) -> bool:
        """Whether a call with this number (E.164) is of somebody forgotten.

        Calls begun after the forgetting are not, unless it was for good.
        """
        if number is None or not self.numbers:
            return False
        stone = self.numbers.get(number_digest(self.secret, number))
        return stone is not None and (stone.for_good or started_at < stone.since)

    def covers_recording(self, sha256: str | None) -> bool:
        """Whether a recording is one that was removed with its person."""
        return sha256 in self.recordings


def number_digest(secret: bytes, number: str) -> str:
    """The keyed hash (HMAC-SHA-256) of a number in E.164."""
    return hmac.new(secret, number.encode(), hashlib.sha256).hexdigest()


def raise_tombstones(  # noqa: PLR0913 - what a tombstone says
    session: Session,
    secret: bytes,
    numbers: Iterable[str],
    recordings: Iterable[str],
    *,
    since: datetime,
    for_good: bool,
) -> list[str]:
    """Writes down that the calls of these numbers and these recordings are not to come back.

    Gives the numbers' digests.
    """
    digests = sorted(number_digest(secret, number) for number in numbers)
    kinds = dict.fromkeys(digests, _NUMBER) | dict.fromkeys(recordings, _RECORDING)
    for digest, kind in kinds.items():
        row = session.get(TombstoneRow, digest)
        if row is None:
            row = TombstoneRow(digest=digest, kind=kind, since=since, for_good=for_good)
            session.add(row)
        row.since, row.for_good = max(row.since, since), row.for_good or for_good
    session.flush()
    return digests


def any_forgotten(session: Session) -> bool:
    """Whether anybody was ever forgotten here."""
    return session.scalar(select(TombstoneRow.digest).limit(1)) is not None


ForgettingMark = tuple[int, datetime | None]


def forgetting_mark(session: Session) -> ForgettingMark:
    """Is another one after each forgetting: whoever keeps rows in memory reads them anew."""
    count, since = session.execute(
        select(func.count(TombstoneRow.digest), func.max(TombstoneRow.since))
    ).one()
    return count, since


def load_forgotten(session: Session, secret: bytes) -> Forgotten:
    """Gives everybody forgotten."""
    rows = list(session.scalars(select(TombstoneRow)))
    return Forgotten(
        secret,
        {row.digest: Tombstone(row.since, row.for_good) for row in rows if row.kind == _NUMBER},
        frozenset(row.digest for row in rows if row.kind == _RECORDING),
    )
