"""What goes when its time has come: sound, words, quotes and old verdicts.

Files are not touched here: a recording is marked first, its files are removed by the caller, and
only then is it written down as expired, so that whoever is killed in between is followed by
somebody who finishes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from models.store.calls import touch_calls
from models.store.corrections import fade_corrections
from models.store.holds import Held
from models.store.judge import words_digest
from models.store.statements import changed_rows
from models.tables import (
    CallRow,
    JudgeAnswerRow,
    RecordingRow,
    SecondListeningRow,
    TranscriptRow,
)
from models.vocabulary.correction import CorrectionKind

EXPIRING, EXPIRED = "expiring", "expired"


@dataclass(frozen=True, slots=True)
class OldRecording:
    """A recording whose time has come, its files and the folders that its calls came from."""

    sha256: str
    files: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """What is to go now, and how much stays: held, or not heard yet."""

    recordings: tuple[OldRecording, ...]
    held: int = 0
    unheard: int = 0


def due_recordings(session: Session, before: datetime, held: Held) -> Due:
    """Gives the recordings whose newest call began before a moment; a call not heard yet stays."""
    rows = [row for row in _older(session, before) if row.state not in (EXPIRING, EXPIRED)]
    free = [row for row in rows if row.sha256 not in held.recordings]
    heard = [row for row in free if row.state != "arrived"]
    return Due(
        tuple(old_recording(session, row) for row in heard),
        len(rows) - len(free),
        len(free) - len(heard),
    )


def old_recording(session: Session, row: RecordingRow) -> OldRecording:
    """Gives a recording with the folders that its calls came from."""
    sources = select(CallRow.source).where(CallRow.sha256 == row.sha256).distinct()
    return OldRecording(row.sha256, tuple(row.files), tuple(sorted(session.scalars(sources))))


def mark_expiring(session: Session, files: Mapping[str, Sequence[str]]) -> None:
    """Writes down, per recording, that these files are being removed."""
    for sha256, paths in files.items():
        row = session.get_one(RecordingRow, sha256)
        row.state, row.removing = EXPIRING, list(paths)
        touch_calls(session, CallRow.sha256 == sha256)


def load_expiring(session: Session) -> dict[str, list[str]]:
    """Gives the recordings whose removal was begun, with the files to remove."""
    rows = session.scalars(select(RecordingRow).where(RecordingRow.state == EXPIRING))
    return {row.sha256: list(row.removing) for row in rows}


def mark_expired(session: Session, recordings: Sequence[str], now: datetime) -> None:
    """Writes down that no file of these recordings is left."""
    for sha256 in recordings:
        row = session.get_one(RecordingRow, sha256)
        row.state, row.files, row.removing = EXPIRED, [], []
        row.expired_at = row.expired_at or now
        touch_calls(session, CallRow.sha256 == sha256)


def gone_recordings(session: Session) -> frozenset[str]:
    """Gives the recordings that expired, or are about to be."""
    rows = select(RecordingRow.sha256).where(RecordingRow.state.in_((EXPIRING, EXPIRED)))
    return frozenset(session.scalars(rows))


def kept_calls(session: Session, source: str) -> list[int]:
    """Gives the calls of a folder whose sound expired: of each recording the last one written."""
    ids = (
        select(func.max(CallRow.id))
        .join(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
        .where(CallRow.source == source, RecordingRow.state.in_((EXPIRING, EXPIRED)))
        .group_by(CallRow.sha256)
    )
    rows = select(CallRow.id).where(CallRow.id.in_(ids)).order_by(CallRow.started_at, CallRow.id)
    return list(session.scalars(rows))


def due_words(session: Session, before: datetime, held: Held) -> tuple[list[str], int]:
    """Gives the recordings with words whose time has come, and how many more are held."""
    spoken = set(session.scalars(select(TranscriptRow.sha256)))
    rows = [
        row.sha256
        for row in _older(session, before)
        if row.words_expired_at is None and row.sha256 in spoken
    ]
    free = [sha256 for sha256 in rows if sha256 not in held.recordings]
    return free, len(rows) - len(free)


def expire_words(session: Session, recordings: Sequence[str], now: datetime) -> int:
    """Empties the transcripts of recordings; second listenings and the judge's answers go.

    Gives how many answers went.
    """
    answers = 0
    for sha256 in recordings:
        for row in session.scalars(select(TranscriptRow).filter_by(sha256=sha256)):
            answers += forget_answers(session, row)
            session.execute(
                delete(SecondListeningRow).where(SecondListeningRow.transcript_id == row.id)
            )
            row.segments = []
        calls = list(session.scalars(select(CallRow.id).filter_by(sha256=sha256)))
        fade_corrections(session, (CorrectionKind.WORD,), calls)
        session.get_one(RecordingRow, sha256).words_expired_at = now
        touch_calls(session, CallRow.sha256 == sha256)
    session.flush()
    return answers


def forget_answers(session: Session, transcript: TranscriptRow) -> int:
    """Removes what the judge answered about a transcript's words; gives how many answers."""
    words = words_digest(one["text"] for one in transcript.segments)
    return changed_rows(session, delete(JudgeAnswerRow).where(JudgeAnswerRow.words == words))


def expire_answers(session: Session, before: datetime) -> int:
    """Removes answers given before a moment that go with no transcript; they can be asked anew."""
    kept = {
        words_digest(one["text"] for one in row.segments)
        for row in session.scalars(select(TranscriptRow))
    }
    old = select(JudgeAnswerRow).where(JudgeAnswerRow.created_at < before)
    loose = [row for row in session.scalars(old) if row.words not in kept]
    for row in loose:
        session.delete(row)
    session.flush()
    return len(loose)


def newest_transcript(session: Session, sha256: str) -> int | None:
    """Gives the transcript of a recording that was made last, by whichever transcriber."""
    return session.scalar(select(func.max(TranscriptRow.id)).filter_by(sha256=sha256))


def _older(session: Session, before: datetime) -> list[RecordingRow]:
    """Recordings by the start of their newest call; one without a call by its arrival."""
    newest = (
        select(CallRow.sha256, func.max(CallRow.started_at).label("began"))
        .group_by(CallRow.sha256)
        .subquery()
    )
    rows = (
        select(RecordingRow)
        .outerjoin(newest, newest.c.sha256 == RecordingRow.sha256)
        .where(
            or_(
                newest.c.began < before,
                newest.c.began.is_(None) & (RecordingRow.arrived_at < before),
            )
        )
        .order_by(RecordingRow.sha256)
    )
    return list(session.scalars(rows))
