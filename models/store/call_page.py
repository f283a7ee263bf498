"""One call with all that is known of it, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.store.calls import call_of
from models.store.corrections import corrections_of
from models.store.mapping import word_of
from models.store.playing import sound_of
from models.store.reach import seen_by
from models.store.transcripts import load_transcript
from models.tables import (
    ActionRow,
    CallRow,
    CorrectedHearingRow,
    CrmRow,
    DealMatchRow,
    DealRow,
    FindingRow,
    RecordingRow,
    RequirementVerdictRow,
)
from models.vocabulary.access import Reach
from models.vocabulary.action import Action
from models.vocabulary.call import Call
from models.vocabulary.correction import CorrectedHearing, Correction
from models.vocabulary.playing import CallSound
from models.vocabulary.transcript import Transcript
from models.vocabulary.verdict import DealMatch, RequirementVerdict

_FOUND_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class CallOnPage:
    """A call, what was heard in it and whose deal it is; `source` is where it came from.

    `anew` is what is heard in its words as people corrected them.
    """

    id: int
    source: str
    call: Call
    outcome: str | None
    sound: CallSound
    transcript_id: int | None
    transcript: Transcript | None
    words_expired: bool
    actions: tuple[Action, ...]
    match: DealMatch | None
    corrections: tuple[Correction, ...]
    anew: CorrectedHearing | None = None


@dataclass(frozen=True, slots=True)
class FindingOfCall:
    """A finding about a call, for a link to it."""

    id: int
    kind: str
    severity: str
    state: str


@dataclass(frozen=True, slots=True)
class DealWithin:
    """A deal that somebody may see."""

    id: str
    name: str
    created_at: datetime


def load_call_page(session: Session, call: int, reach: Reach, zone: tzinfo) -> CallOnPage | None:
    """A call that counts and is within reach, times in `zone`."""
    sound = sound_of(session, call, reach)
    if sound is None:
        return None
    row = session.get_one(CallRow, call)
    recording = session.get(RecordingRow, row.sha256) if row.sha256 else None
    words = load_transcript(session, row.transcript_id) if row.transcript_id else None
    match = session.get(DealMatchRow, call)
    anew = session.get(CorrectedHearingRow, call)
    actions = session.scalars(
        select(ActionRow).where(ActionRow.call == call).order_by(ActionRow.position)
    )
    return CallOnPage(
        id=call,
        source=row.source,
        call=call_of(row, zone),
        outcome=row.outcome,
        sound=sound,
        transcript_id=row.transcript_id,
        transcript=words,
        words_expired=recording is not None and recording.words_expired_at is not None,
        actions=tuple(word_of(Action, vars(one), zone) for one in actions),
        match=word_of(DealMatch, vars(match), zone) if match is not None else None,
        corrections=tuple(corrections_of(session, call, zone)),
        anew=word_of(CorrectedHearing, vars(anew), zone) if anew is not None else None,
    )


def proofs_of_call(
    session: Session, run: int, deal: str, call_id: str, zone: tzinfo
) -> dict[str, list[RequirementVerdict]]:
    """By quote, the verdicts about a deal that rest on what was said in a call."""
    rows = session.scalars(
        select(RequirementVerdictRow)
        .where(RequirementVerdictRow.run == run, RequirementVerdictRow.deal_id == deal)
        .order_by(RequirementVerdictRow.position)
    )
    found: dict[str, list[RequirementVerdict]] = defaultdict(list)
    for row in rows:
        verdict = word_of(RequirementVerdict, vars(row), zone)
        quotes = {
            one.quote
            for one in verdict.evidence
            if one.kind == "call" and one.id == call_id and one.quote
        }
        for quote in sorted(quotes):
            found[quote].append(verdict)
    return dict(found)


def findings_of_call(
    session: Session, source: str, call_id: str, reach: Reach
) -> list[FindingOfCall]:
    """What was found about a call and still stands, the heaviest first."""
    rows = session.scalars(
        select(FindingRow)
        .where(
            FindingRow.call_id == call_id,
            FindingRow.source == source,
            FindingRow.withdrawn_at.is_(None),
            seen_by(reach, FindingRow.user_id),
        )
        .order_by(FindingRow.weight.desc(), FindingRow.id)
    )
    return [FindingOfCall(row.id, row.kind, row.severity, row.state) for row in rows]


def deals_within(
    session: Session, crm_source: str | None, reach: Reach, deals: Sequence[str]
) -> dict[str, DealWithin]:
    """Those of the deals that somebody may see."""
    chosen = _seen(crm_source, reach).where(DealRow.id.in_(sorted(set(deals))))
    return {row.id: DealWithin(row.id, row.name, row.created_at) for row in session.scalars(chosen)}


def search_deals(
    session: Session, crm_source: str | None, reach: Reach, words: str
) -> list[DealWithin]:
    """Deals that somebody may see, by id or by a part of the name; the newest first."""
    # SQLite knows no capitals but those of ASCII.
    forms = {words, words.lower(), words.capitalize(), words.title()}
    named = [DealRow.name.contains(form, autoescape=True) for form in sorted(forms)]
    by_id = DealRow.id == words
    chosen = by_id
    for one in named:
        chosen |= one
    rows = session.scalars(
        _seen(crm_source, reach)
        .where(chosen)
        .order_by(by_id.desc(), DealRow.created_at.desc())
        .limit(_FOUND_AT_ONCE)
    )
    return [DealWithin(row.id, row.name, row.created_at) for row in rows]


def _seen(crm_source: str | None, reach: Reach) -> Select[DealRow]:
    return (
        select(DealRow)
        .join(CrmRow, CrmRow.id == DealRow.crm)
        .where(CrmRow.source == crm_source, seen_by(reach, DealRow.responsible_id))
    )
