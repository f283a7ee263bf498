"""What was heard in a call and whose deal it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, tzinfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.store.calls import call_of
from models.store.mapping import columns_of, word_of
from models.store.transcripts import load_transcript
from models.tables import ActionRow, CallRow, DealMatchRow, RecordingRow, TranscriptRow
from models.vocabulary.action import Action, HeardCall, Outcome
from models.vocabulary.transcript import Transcript
from models.vocabulary.verdict import DealMatch, JudgedCall


@dataclass(frozen=True, slots=True)
class UnderstoodCall:
    """A recorded call with its words and all that was found out about it."""

    judged: JudgedCall
    transcript: Transcript


def save_hearing(session: Session, call: int, transcript: int | None, heard: HeardCall) -> None:
    """Replaces what was heard in a call; `transcript` is what it was heard in."""
    row = session.get_one(CallRow, call)
    row.transcript_id, row.outcome = transcript, heard.outcome.value
    session.execute(delete(ActionRow).where(ActionRow.call == call))
    session.add_all(
        ActionRow(call=call, position=position, **columns_of(action))
        for position, action in enumerate(heard.actions)
    )


def forget_hearing(session: Session, call: int) -> None:
    """Writes down that nothing is known of what was said in a call."""
    row = session.get_one(CallRow, call)
    row.transcript_id, row.outcome = None, None
    session.execute(delete(ActionRow).where(ActionRow.call == call))


def save_match(session: Session, call: int, match: DealMatch | None) -> None:
    """Replaces whose deal a call is."""
    session.execute(delete(DealMatchRow).where(DealMatchRow.call == call))
    if match is not None:
        session.add(DealMatchRow(call=call, **columns_of(match)))


def load_judged(session: Session, call: int, zone: tzinfo) -> JudgedCall:
    """Gives a call as the verifier sees it, its times in `zone`."""
    row = session.get_one(CallRow, call)
    outcome = Outcome(row.outcome) if row.outcome else None
    match = session.get(DealMatchRow, call)
    return JudgedCall(
        call=call_of(row, zone),
        outcome=outcome,
        actions=_actions(session, call),
        match=word_of(DealMatch, vars(match), zone) if match else None,
        understood=outcome not in (None, Outcome.UNINTELLIGIBLE),
        duration_s=_duration(session, row),
    )


def load_understood(session: Session, calls: Iterable[int], zone: tzinfo) -> list[UnderstoodCall]:
    """Gives those of the calls that were understood, with their words, times in `zone`."""
    understood = []
    for id_ in calls:
        transcript = session.get_one(CallRow, id_).transcript_id
        if transcript is not None:
            words = load_transcript(session, transcript)
            understood.append(UnderstoodCall(load_judged(session, id_, zone), words))
    return understood


def _actions(session: Session, call: int) -> tuple[Action, ...]:
    rows = select(ActionRow).where(ActionRow.call == call).order_by(ActionRow.position)
    return tuple(word_of(Action, vars(row), UTC) for row in session.scalars(rows))


def _duration(session: Session, row: CallRow) -> float | None:
    if row.transcript_id is not None:
        return session.get_one(TranscriptRow, row.transcript_id).duration_s
    recording = session.get(RecordingRow, row.sha256) if row.sha256 else None
    return recording.duration_s if recording else None
