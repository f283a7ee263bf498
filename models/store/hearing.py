"""What was heard in a call and whose deal it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.batches import batched
from core.clock import now
from models.store.calls import call_of
from models.store.mapping import columns_of, word_of
from models.store.transcripts import load_transcript
from models.tables import (
    ActionRow,
    CallRow,
    CorrectedHearingRow,
    DealMatchRow,
    RecordingRow,
    TranscriptRow,
)
from models.vocabulary.action import Action, HeardCall, Outcome
from models.vocabulary.correction import CorrectedHearing
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
    row.updated_at = now()
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
    save_corrected_hearing(session, call, None)


def save_corrected_hearing(session: Session, call: int, anew: CorrectedHearing | None) -> None:
    """Replaces what is heard in a call's words as people corrected them."""
    session.execute(delete(CorrectedHearingRow).where(CorrectedHearingRow.call == call))
    if anew is not None:
        session.add(CorrectedHearingRow(call=call, **columns_of(anew)))


def corrected_hearings(session: Session, calls: Sequence[int]) -> dict[int, CorrectedHearing]:
    """What is heard in corrected words, by call: of those of the calls that have such."""
    found = {}
    for some in batched(calls):
        rows = select(CorrectedHearingRow).where(CorrectedHearingRow.call.in_(some))
        for row in session.scalars(rows):
            found[row.call] = word_of(CorrectedHearing, vars(row), UTC)
    return found


def save_match(session: Session, call: int, match: DealMatch | None) -> None:
    """Replaces whose deal a call is."""
    session.get_one(CallRow, call).updated_at = now()
    session.execute(delete(DealMatchRow).where(DealMatchRow.call == call))
    if match is not None:
        session.add(DealMatchRow(call=call, **columns_of(match)))


def load_judged(session: Session, call: int, zone: tzinfo) -> JudgedCall:
    """Gives a call as the verifier sees it, its times in `zone`."""
    [judged] = load_judged_calls(session, [call], zone)
    return judged


def load_judged_calls(session: Session, calls: Sequence[int], zone: tzinfo) -> list[JudgedCall]:
    """Gives many calls as the verifier sees them, in the order of the ids, times in `zone`."""
    judged = {}
    for some in batched(calls):
        judged.update(_load_some(session, some, zone))
    return [judged[id_] for id_ in calls]


def _load_some(session: Session, ids: Sequence[int], zone: tzinfo) -> dict[int, JudgedCall]:
    heard_s = func.coalesce(TranscriptRow.duration_s, RecordingRow.duration_s)
    rows = session.execute(
        select(CallRow, heard_s, RecordingRow.state)
        .outerjoin(TranscriptRow, TranscriptRow.id == CallRow.transcript_id)
        .outerjoin(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
        .where(CallRow.id.in_(ids))
    ).all()
    actions: dict[int, list[Action]] = defaultdict(list)
    for action in session.scalars(
        select(ActionRow).where(ActionRow.call.in_(ids)).order_by(ActionRow.position)
    ):
        actions[action.call].append(word_of(Action, vars(action), UTC))
    matches = {
        match.call: word_of(DealMatch, vars(match), zone)
        for match in session.scalars(select(DealMatchRow).where(DealMatchRow.call.in_(ids)))
    }
    return {
        row.id: JudgedCall(
            call=call_of(row, zone),
            outcome=Outcome(row.outcome) if row.outcome else None,
            actions=tuple(actions[row.id]),
            match=matches.get(row.id),
            understood=row.outcome not in (None, Outcome.UNINTELLIGIBLE.value),
            duration_s=duration_s,
            waits=row.outcome is None and state == "arrived",
        )
        for row, duration_s, state in rows
    }


def load_understood(session: Session, calls: Iterable[int], zone: tzinfo) -> list[UnderstoodCall]:
    """Gives those of the calls that were understood, with their words, times in `zone`."""
    understood = []
    for id_ in calls:
        transcript = session.get_one(CallRow, id_).transcript_id
        if transcript is not None:
            words = load_transcript(session, transcript)
            understood.append(UnderstoodCall(load_judged(session, id_, zone), words))
    return understood
