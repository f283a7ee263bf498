"""An office whose rows programs read: calls, deals, verdicts, flags, and keys to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.app import app_for
from core.clock import now
from core.serving import ServePlan
from core.settings import Settings
from core.tokens import make_token
from models.session import transaction
from models.store.api_keys import add_key
from models.tables import (
    ActionRow,
    CallRow,
    CallScoreRow,
    CrmRow,
    DealMatchRow,
    DealRow,
    DealVerdictRow,
    DecisionRow,
    FindingRow,
    PipelineRow,
    PromiseRow,
    RecordingRow,
    RequirementVerdictRow,
    RunRow,
    TranscriptRow,
)
from models.vocabulary.keys import ApiKey, Scope

MORNING = datetime(2026, 11, 9, 7, 12, 40, tzinfo=UTC)
SOURCE, CRM = "/records", "/crm.json"
QUOTE = "Да, договорились, в среду в пятнадцать ноль-ноль."


def make_key(
    database: Engine, *scopes: Scope, name: str = "connector", days: float = 1
) -> tuple[ApiKey, dict[str, str]]:
    """Makes a key; gives it and the header that shows it."""
    token, at = make_token(), now()
    with transaction(database) as session:
        key = add_key(
            session,
            name=name,
            token=token,
            scopes=scopes,
            created_by="tests",
            now=at,
            expires_at=at + timedelta(days=days),
        )
    return key, {"Authorization": f"Bearer {token.text}"}


@contextmanager
def programs(
    state: Path,
    db: str | None = None,
    *,
    headers: dict[str, str] | None = None,
    sftp: dict[str, Any] | None = None,
    **api: Any,
) -> Iterator[TestClient]:
    """A program at the app of a state folder."""
    state.mkdir(exist_ok=True)
    settings = Settings.model_validate(
        {"api": api, "sftp": sftp or {}, "pbx": {"timezone": "Europe/Moscow"}}
    )
    app = app_for(ServePlan("127.0.0.1", state, db), settings)
    with TestClient(
        app,
        base_url="http://localhost",
        client=("127.0.0.1", 1),
        headers=headers,
        raise_server_exceptions=False,
    ) as client:
        yield client


def fill(database: Engine, *, calls: int = 5, deals: int = 3) -> None:
    """Writes a judged office: each call has two actions, each deal a flag and two promises."""
    with transaction(database) as session:
        crm = CrmRow(source=CRM, as_of=MORNING, timezone="Europe/Moscow", crm="amocrm")
        run = RunRow(source=SOURCE, crm_source=CRM, state="done", started_at=MORNING, errors=[])
        run.as_of = MORNING + timedelta(days=3)
        session.add_all([crm, run])
        session.flush()
        stage = {"id": "7103", "name": "Встреча", "key": "meeting", "kind": "open"}
        for place, name in enumerate(("Веб", "Продвижение", "Реклама")):
            session.add(
                PipelineRow(
                    crm=crm.id,
                    position=place,
                    id=f"p{place}",
                    name=name,
                    template="web_studio",
                    stages=[stage],
                )
            )
        for number in range(deals):
            add_deal(session, crm.id, run.id, number)
        for number in range(calls):
            add_call(session, number)


def add_deal(session: Session, crm: int, run: int, number: int) -> None:
    """Writes one deal with its verdicts, promises, flag and decision."""
    deal = f"{1001 + number}"
    session.add(
        DealRow(
            crm=crm,
            position=number,
            id=deal,
            name=f"Сайт {number}",
            pipeline_id="p0",
            stage_id="7103",
            status="open",
            created_at=MORNING,
            amount=300000.0,
            currency="RUB",
            contact_ids=["k01"],
            responsible_id=f"u{101 + number % 2}",
            fields={},
        )
    )
    session.add(
        DealVerdictRow(
            run=run,
            deal_id=deal,
            position=number,
            pipeline_id="p0",
            recorded_stage="meeting",
            verified_stage="classified",
            gap="ahead" if number % 2 else "none",
            digest="d",
            changed_at=MORNING + timedelta(hours=number),
        )
    )
    session.flush()
    evidence = [
        {"kind": "call", "id": "call-0", "at": MORNING.isoformat(), "quote": QUOTE, "start": 5.0}
    ]
    session.add(
        RequirementVerdictRow(
            run=run,
            deal_id=deal,
            position=0,
            stage="meeting",
            requirement_id="meeting-agreed",
            severity="critical",
            verdict="met",
            grade="A",
            explanation=f"Встреча согласована (звонок 09.11.2026: «{QUOTE}»), этап «Встреча».",
            explanation_en=f"The meeting was agreed (call of 9 Nov 2026: «{QUOTE}»).",
            evidence=evidence,
            rule_hash="r",
        )
    )
    for place in range(2):
        session.add(
            PromiseRow(
                run=run,
                deal_id=deal,
                position=place,
                type="proposal_sent",
                by="agent",
                made_at=MORNING,
                state="broken" if place else "kept",
                call_id="call-0",
                quote=QUOTE,
                due="2026-11-12",
            )
        )
    finding = FindingRow(
        source=SOURCE,
        crm_source=CRM,
        key=deal,
        kind="promise_broken",
        severity="high",
        explanation=f"Обещано («{QUOTE}»), не выполнено.",
        deal_id=deal,
        call_id="call-0",
        user_id="u101",
        at=MORNING,
        evidence=evidence,
        pipeline_id="p0",
        stage="meeting",
        amount=300000.0,
        confidence=0.8,
        weight=4.0,
        state="open",
        raised_at=MORNING,
        updated_at=MORNING + timedelta(hours=number),
        version=0,
        digest="d",
    )
    session.add(finding)
    session.flush()
    session.add(
        DecisionRow(
            finding=finding.id,
            kind="comment",
            at=MORNING + timedelta(hours=number),
            who="anna",
            note="Посмотрю.",
            shown={},
        )
    )


def add_call(session: Session, number: int) -> int:
    """Writes one call with its recording, words, actions and deal."""
    sha256 = f"{number:064x}"
    session.add(
        RecordingRow(
            sha256=sha256,
            files=[],
            state="transcribed",
            arrived_at=MORNING,
            duration_s=101.2,
            notes=[],
        )
    )
    session.flush()
    segment = {
        "speaker": "client",
        "text": QUOTE,
        "start": 5.0,
        "end": 8.0,
        "confidence": 0.9,
        "words": [],
    }
    transcript = TranscriptRow(
        sha256=sha256,
        transcriber="t",
        asked_language="ru",
        agent_channel=0,
        model="base",
        language="ru",
        duration_s=101.2,
        speech_s=80.0,
        channels=2,
        segments=[segment],
        hidden=[{"start": 50.0, "end": 54.0, "kind": "passport", "speaker": "client"}],
        created_at=MORNING,
    )
    session.add(transcript)
    session.flush()
    call = CallRow(
        source=SOURCE,
        call_id=f"call-{number}",
        recording=f"2026/11/09/out-79160001301-{number}.wav",
        sha256=sha256,
        started_at=MORNING + timedelta(hours=number),
        direction="in" if number % 2 else "out",
        metadata_from="cdr",
        client_number="+79160001301",
        user_id=f"u{101 + number % 2}",
        answered=True,
        talk_s=94.0,
        started_at_exact=True,
        account="office",
        in_cdr=True,
        transcript_id=transcript.id,
        outcome="conversation",
        current=True,
    )
    session.add(call)
    session.flush()
    for place, kind in enumerate(("greeting", "meeting_booked")):
        session.add(
            ActionRow(
                call=call.id,
                position=place,
                type=kind,
                status="done",
                speaker="client",
                quote=QUOTE,
                confidence=0.9,
                start=5.0,
                end=8.0,
                slots={"datetime": "2026-11-11T15:00:00+03:00"},
                cues=[],
            )
        )
    session.add(
        DealMatchRow(
            call=call.id,
            deal_id=f"{1001 + number % 3}",
            score=0.9,
            method="phone",
            reasons=["номер контакта Андрей Лаптев"],
            alternatives=[["1003", 0.4]],
        )
    )
    session.add(CallScoreRow(call=call.id, checklist="c", rule_hash="r", score=82, capped_by=[]))
    return call.id
