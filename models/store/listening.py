"""Second listenings: what was heard again, and the actions that it did not bear out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.store.calls import touch_calls
from models.store.mapping import plain, word_of
from models.tables import ActionRow, CallRow, SecondListeningRow
from models.vocabulary.transcript import Segment


@dataclass(frozen=True, slots=True)
class ListeningKey:
    """What settles the words of a second listening: whose words were heard again, and by whom.

    `first` and `last` are places in the transcript's segments; `targets` the utterances that
    were given to the listener.
    """

    transcript: int
    listener: str
    first: int
    last: int
    targets: tuple[Segment, ...]

    def columns(self) -> dict[str, str | int]:
        """Gives the key as a row has it."""
        cuts = json.dumps([[one.start, one.end, one.text] for one in self.targets])
        return {
            "transcript_id": self.transcript,
            "listener": self.listener,
            "first": self.first,
            "last": self.last,
            "digest": hashlib.sha256(cuts.encode()).hexdigest()[:16],
        }


def transcript_of(session: Session, call: int) -> int | None:
    """Gives the id of the transcript that a call was last heard in."""
    return session.get_one(CallRow, call).transcript_id


def find_listening(session: Session, key: ListeningKey) -> tuple[Segment, ...] | None:
    """Gives what was heard, ``None`` if nobody has listened yet."""
    row = session.scalar(select(SecondListeningRow).filter_by(**key.columns()))
    return tuple(word_of(Segment, one, UTC) for one in row.segments) if row else None


def add_listening(
    session: Session, key: ListeningKey, heard: Sequence[Segment], heard_s: float, now: datetime
) -> None:
    """Writes down what was heard the second time."""
    segments = [plain(one) for one in heard]
    session.add(
        SecondListeningRow(created_at=now, heard_s=heard_s, segments=segments, **key.columns())
    )
    session.flush()


def doubt_action(
    session: Session, call: int, position: int, *, confidence: float, heard_otherwise: str
) -> None:
    """Writes down that a second listening did not bear an action out."""
    row = session.get_one(ActionRow, {"call": call, "position": position})
    if (row.confidence, row.heard_otherwise) != (confidence, heard_otherwise):
        row.confidence, row.heard_otherwise = confidence, heard_otherwise
        touch_calls(session, CallRow.id == call)
