"""A small result of a run and the snapshot it belongs to: one manager, two deals, one call."""

from datetime import datetime
from typing import Any

from models.vocabulary.deal import CrmSnapshot, Deal, Pipeline, Stage, StageKind, User

STAGE_KEYS = {"p": {"s1": "lead_received", "s2": "meeting", "s3": "proposal"}}


def snapshot() -> CrmSnapshot:
    created = datetime.fromisoformat("2026-11-02T10:00:00+03:00")
    deals = tuple(
        Deal(
            id=number,
            name=name,
            pipeline_id="p",
            stage_id="s3",
            status=StageKind.OPEN,
            created_at=created,
            amount=amount,
            responsible_id="u1",
        )
        for number, name, amount in [
            ("1", "Склад <script>alert(1)</script>", 250000.0),
            ("2", "Пекарня «Калач»", None),
        ]
    )
    return CrmSnapshot(
        as_of=datetime.fromisoformat("2026-11-20T18:00:00+03:00"),
        timezone="Europe/Moscow",
        crm="file",
        pipelines=(
            Pipeline(
                "p",
                "Сайты",
                "web_studio",
                (Stage("s1", "Заявка"), Stage("s2", "Встреча"), Stage("s3", "КП")),
            ),
        ),
        users=(User("u1", "Вера Ильина", ("201",)),),
        companies=(),
        contacts=(),
        deals=deals,
        stage_changes=(),
        activities=(),
    )


def result() -> dict[str, Any]:
    evidence = {
        "kind": "call",
        "id": "17.5",
        "at": "2026-11-17T14:20:00+03:00",
        "quote": "в понедельник в девять устроит",
        "start": 62.5,
    }
    requirement = {
        "stage": "meeting",
        "id": "meeting_took_place",
        "severity": "critical",
        "verdict": "missing",
        "evidence": [evidence],
        "explanation": "Встреча назначена, но не состоялась.",
    }
    deal = {
        "id": "1",
        "pipeline_id": "p",
        "recorded_stage": "proposal",
        "verified_stage": "meeting",
        "gap": "ahead",
        "requirements": [requirement],
        "promises": [
            {
                "type": "proposal_sent",
                "by": "agent",
                "made_at": "2026-11-17T14:20:00+03:00",
                "due": "2026-11-18",
                "state": "broken",
                "call_id": "17.5",
                "quote": "смету вышлю завтра",
            }
        ],
    }
    honest = {
        **deal,
        "id": "2",
        "verified_stage": "proposal",
        "gap": "none",
        "requirements": [{**requirement, "verdict": "met"}],
        "promises": [],
    }
    flag = {
        "kind": "promise_broken",
        "severity": "medium",
        "deal_id": "1",
        "call_id": "17.5",
        "user_id": "u1",
        "at": "2026-11-19T00:00:00+03:00",
        "explanation": "Смету обещали к 18.11, в CRM её нет.",
        "evidence": [evidence],
    }
    call = {
        "recording": "2026/11/17/a.wav",
        "sha256": "0" * 64,
        "call_id": "17.5",
        "direction": "out",
        "started_at": "2026-11-17T14:20:00+03:00",
        "duration_s": 70.0,
        "speech_s": 55.0,
        "user_id": "u1",
        "client_number": "+79160000001",
        "outcome": "conversation",
        "language": "ru",
        "model": "base",
        "metadata_from": "cdr",
        "deal": {
            "id": "1",
            "score": 0.9,
            "method": "phone",
            "reasons": [],
            "alternatives": [],
        },
        "segments": [
            {
                "start": 62.5,
                "end": 64.0,
                "speaker": "client",
                "text": "Да, в понедельник в девять устроит.",
                "confidence": 0.9,
            }
        ],
        "actions": [
            {
                "type": "meeting_booked",
                "status": "done",
                "speaker": "client",
                "start": 62.5,
                "end": 64.0,
                "quote": "в понедельник в девять устроит",
                "slots": {},
                "confidence": 0.9,
            }
        ],
    }
    return {
        "version": 1,
        "as_of": "2026-11-20T18:00:00+03:00",
        "pipelines": ["p"],
        "calls": [call],
        "deals": [honest, deal],
        "flags": [flag, {**flag, "kind": "unregistered_lead", "deal_id": None, "severity": "high"}],
        "errors": [
            {
                "recording": "пусто.wav",
                "error": "empty",
                "detail": "Файл пуст: выгрузите его снова.",
            }
        ],
    }
