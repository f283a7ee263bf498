"""Transcripts: one per recording, transcriber and what it was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.store.calls import touch_calls
from models.store.mapping import columns_of, word_of
from models.tables import CallRow, SecondListeningRow, TranscriptRow
from models.vocabulary.transcript import Transcript

_INFERRED = -1
_DETECTED = "auto"


@dataclass(frozen=True, slots=True)
class TranscriptKey:
    """What settles the words of a recording.

    `language` is the one that the transcriber is told, ``None`` where it has to detect it;
    `agent_channel` the side that it is told to be the agent's, ``None`` where it has to infer it.
    """

    sha256: str
    transcriber: str
    language: str | None
    agent_channel: int | None

    def columns(self) -> dict[str, str | int]:
        """Gives the key as a row has it."""
        side = _INFERRED if self.agent_channel is None else self.agent_channel
        return {
            "sha256": self.sha256,
            "transcriber": self.transcriber,
            "asked_language": self.language or _DETECTED,
            "agent_channel": side,
        }


def find_transcript(session: Session, key: TranscriptKey) -> int | None:
    """Gives the id of the transcript that would only be made again, if it is there."""
    return session.scalar(select(TranscriptRow.id).filter_by(**key.columns()))


def add_transcript(
    session: Session, key: TranscriptKey, transcript: Transcript, now: datetime
) -> int:
    """Writes a transcript down and gives its id."""
    row = TranscriptRow(created_at=now, **key.columns(), **columns_of(transcript))
    session.add(row)
    session.flush()
    return row.id


def load_transcript(session: Session, id_: int) -> Transcript:
    """Gives the transcript with this id."""
    return word_of(Transcript, vars(session.get_one(TranscriptRow, id_)), UTC)


def unmasked_transcripts(session: Session) -> list[int]:
    """Gives the ids of the transcripts in which nobody has looked for personal numbers yet."""
    rows = select(TranscriptRow.id).where(TranscriptRow.hidden.is_(None))
    return list(session.scalars(rows.order_by(TranscriptRow.id)))


def replace_words(session: Session, id_: int, transcript: Transcript) -> None:
    """Puts other words into a transcript; what was heard a second time in the old ones goes."""
    row = session.get_one(TranscriptRow, id_)
    columns = columns_of(transcript)
    if row.segments != columns["segments"]:
        row.segments = columns["segments"]
        session.execute(delete(SecondListeningRow).where(SecondListeningRow.transcript_id == id_))
    row.hidden = columns["hidden"]
    touch_calls(session, CallRow.sha256 == row.sha256)
    session.flush()
