"""A live CRM whose deals were judged: a connection that writes, verdicts, findings, decisions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select, update

from core.clock import now
from models.session import transaction
from models.store.calls import save_calls, save_recordings
from models.store.decisions import NewDecision, decide
from models.store.findings import update_findings
from models.store.hearing import save_hearing, save_match
from models.store.runs import finish_run, latest_run, save_verification, start_run
from models.store.snapshots import save_snapshot
from models.store.transcripts import TranscriptKey, add_transcript
from models.tables import CallRow, CrmConnectionRow, CrmWriteRow, FindingRow
from models.vocabulary.action import Action, ActionStatus, ActionType, HeardCall, Outcome
from models.vocabulary.call import Call, Direction, MetadataSource
from models.vocabulary.crm import source_of
from models.vocabulary.crm_write import OwnField, WriteState
from models.vocabulary.deal import (
    Activity,
    ActivityKind,
    ActivityType,
    CrmSnapshot,
    Deal,
    Pipeline,
    Stage,
    StageKind,
    User,
)
from models.vocabulary.review import DecisionKind, DismissReason, Sighting
from models.vocabulary.transcript import Segment, Speaker, Transcript
from models.vocabulary.verdict import (
    DealMatch,
    DealVerdict,
    Evidence,
    Flag,
    FlagKind,
    FlagSeverity,
    Gap,
    Grade,
    RequirementVerdict,
    Severity,
    Verdict,
    Verification,
)

NAME, SOURCE = "main", "/recordings"
QUOTE = "нет, встречаться пока не готовы"
# When the one call was: two days ago, so that nothing of it is too old.
BEGAN = (now() - timedelta(days=2)).replace(microsecond=0)
NO_MEETING = "Клиент не согласился на встречу ни в одном разговоре."


def connect(database: Engine, **columns: Any) -> int:
    """Connects the CRM and switches writing on; `columns` replace what its row says."""
    told: dict[str, Any] = {
        "name": NAME,
        "kind": "amocrm",
        "address": "http://notebook",
        "account": "Студия",
        "timezone": "Europe/Moscow",
        "currency": "RUB",
        "secrets": "sealed",
        "own_fields": {one.value: f"f_{one.value}" for one in OwnField},
        "options": {"write": {"notes": "verdicts"}},
        "writes": True,
        "created_by": "root",
        "created_at": now(),
    }
    with transaction(database) as session:
        row = CrmConnectionRow(**told | columns)
        session.add(row)
        session.flush()
        return row.id


def switch(database: Engine, **columns: Any) -> None:
    """Changes what the connection's row says."""
    with transaction(database) as session:
        session.execute(update(CrmConnectionRow).values(**columns))


def a_verdict(
    deal: str, gap: Gap = Gap.AHEAD, verified: str = "meeting_scheduling", **more: Any
) -> DealVerdict:
    """A deal on «КП» that only came to the appointment, or as `verified` says."""
    missing = RequirementVerdict(
        "meeting_scheduling",
        "meeting_scheduling.booked",
        Severity.CRITICAL,
        Verdict.MISSING if gap is Gap.AHEAD else Verdict.MET,
        Grade.NOTHING if gap is Gap.AHEAD else Grade.CLIENT_CONFIRMED,
        NO_MEETING,
        (Evidence("call", "call-1", BEGAN, QUOTE, 62.5),),
        explanation_en="The client agreed to no meeting in any call.",
    )
    told = DealVerdict(deal, "p", "proposal", verified, gap, (missing,))
    return replace(told, **more)


def a_sighting(
    deal: str,
    kind: FlagKind = FlagKind.STAGE_AHEAD_OF_REALITY,
    severity: FlagSeverity = FlagSeverity.HIGH,
    explanation: str = f"В CRM этап «КП», доказан только этап «Назначаем встречу»: {NO_MEETING}",
) -> Sighting:
    """A flag of a run about a deal of Vera's."""
    evidence = (Evidence("call", "call-1", BEGAN, QUOTE, 62.5),)
    english = "The CRM says “КП”, but the deal has only come to the appointment."
    flag = Flag(kind, severity, explanation, deal, None, "vera", BEGAN, evidence, english)
    key = hashlib.sha256(f"{kind}{deal}".encode()).hexdigest()[:32]
    digest = hashlib.sha256(f"{explanation}{severity}".encode()).hexdigest()[:16]
    return Sighting(key, flag, "p", "proposal", 250000.0, 0.9, 4.0, digest)


def judge(
    database: Engine,
    verdicts: Sequence[DealVerdict],
    sightings: Sequence[Sighting] | None = None,
    *,
    card: str | None = None,
) -> None:
    """A run over the CRM that comes to these; a deal that is ahead is flagged where not told.

    `card` is a deal on which the CRM has a card of the call.
    """
    if sightings is None:
        sightings = [a_sighting(one.deal_id) for one in verdicts if one.gap is Gap.AHEAD]
    source, at = source_of(NAME), now()
    with transaction(database) as session:
        ids = [one.deal_id for one in verdicts]
        save_snapshot(session, source, _snapshot(ids, at, card))
        if latest_run(session, SOURCE, source) is None:
            _save_call(session, ids[0])
        run = start_run(session, source=SOURCE, crm_source=source, now=at)
        save_verification(session, run, Verification(at, tuple(verdicts), ()), at)
        finish_run(session, run, now=at, transcriber=None, errors=[])
        update_findings(session, sightings, source=SOURCE, crm_source=source, run=run, now=at)


def hear(database: Engine, said: Sequence[tuple[Speaker, str]]) -> None:
    """What was said in the one call, a second for each utterance."""
    segments = tuple(
        Segment(speaker, text, float(at), at + 1.0) for at, (speaker, text) in enumerate(said)
    )
    words = Transcript(segments, "ru", "fake", float(len(said)), float(len(said)), hidden=())
    with transaction(database) as session:
        save_recordings(session, {"sha": ["call.wav"]}, now())
        key = TranscriptKey("sha", "fake", None, None)
        transcript = add_transcript(session, key, words, now())
        session.execute(update(CallRow).values(transcript_id=transcript, sha256="sha"))


def decided(database: Engine, deal: str, *kinds: DecisionKind) -> int:
    """A supervisor decides about the finding of a deal, one thing after the other."""
    with transaction(database) as session:
        row = session.scalars(select(FindingRow).where(FindingRow.deal_id == deal)).one()
        for kind in kinds:
            session.refresh(row)
            reason = DismissReason.MISHEARD if kind is DecisionKind.DISMISS else None
            decide(session, NewDecision(row.id, kind, row.version, None, "olga", reason), now())
        return row.id


def states(database: Engine) -> list[tuple[str, str, str]]:
    """Kind, deal and state of every write that was not dropped, in their order."""
    with transaction(database) as session:
        rows = session.scalars(select(CrmWriteRow).order_by(CrmWriteRow.id))
        kept = [one for one in rows if one.state != WriteState.DROPPED.value]
        return [(one.kind, one.deal_id, one.state) for one in kept]


def _snapshot(ids: Sequence[str], at: datetime, card: str | None) -> CrmSnapshot:
    stages = (
        Stage("s1", "Заявка", key="lead_received"),
        Stage("s2", "Назначаем встречу", key="meeting_scheduling"),
        Stage("s3", "КП", key="proposal"),
    )
    facts: dict[str, Any] = {"amount": 250000.0, "responsible_id": "vera"}
    deals = tuple(
        Deal(id_, f"Сделка {id_}", "p", "s3", StageKind.OPEN, BEGAN, **facts) for id_ in ids
    )
    called = Activity(
        "a1", ActivityType.CALL, ActivityKind.CALL, BEGAN, deal_id=card, call_id="call-1"
    )
    return CrmSnapshot(
        as_of=at,
        timezone="Europe/Moscow",
        crm="amocrm",
        pipelines=(Pipeline("p", "Сайты", "web_studio", stages),),
        users=(User("vera", "Вера Ильина"),),
        companies=(),
        contacts=(),
        deals=deals,
        stage_changes=(),
        activities=(called,) if card else (),
    )


def _save_call(session: Any, deal: str) -> None:
    call = Call(
        call_id="call-1",
        recording=None,
        sha256=None,
        started_at=BEGAN,
        direction=Direction.OUT,
        metadata_from=MetadataSource.CDR,
        user_id="vera",
        answered=True,
        talk_s=90.0,
    )
    (row,) = save_calls(session, SOURCE, [call])
    refused = Action(
        ActionType.REFUSAL, ActionStatus.DONE, Speaker.CLIENT, QUOTE, 0.9, 62.5, 64.0, {}
    )
    save_hearing(session, row, None, HeardCall(Outcome.CONVERSATION, (refused,)))
    save_match(session, row, DealMatch(deal, 1.0, "phone"))
