"""An office of any size, written straight into the rows: for measuring how pages carry it.

Calls, actions, verdicts and findings are made up by a seeded generator and look like real ones in
number and shape; nothing in them was said by anybody.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import Engine, Table, insert

from classify.pipeline_file import load_pipelines
from classify.verification.rules import PipelineRules
from core.batches import batched
from core.passwords import hash_password
from models.store.mapping import plain
from models.tables import (
    AccountRow,
    ActionRow,
    ActivityRow,
    CallRow,
    ContactRow,
    CrmRow,
    DealMatchRow,
    DealRow,
    DealVerdictRow,
    DecisionRow,
    FindingRow,
    FlagRow,
    PipelineRow,
    PromiseRow,
    RecordingRow,
    RequirementVerdictRow,
    RunRow,
    StageChangeRow,
    TranscriptRow,
    UserRow,
)
from models.tables.base import Row
from models.vocabulary.action import ActionStatus, ActionType
from models.vocabulary.verdict import FlagKind

PASSWORD = "a long office password"  # noqa: S105 - of a made-up office
SOURCE, CRM = "/recordings", "/crm.json"
_NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
_USERS, _TEAMS = 60, 6
_ACTIONS = [kind.value for kind in ActionType]
_STATUSES = [status.value for status in ActionStatus]
_KINDS = [kind.value for kind in FlagKind]
_SAID = "Да, давайте в четверг в пятнадцать ноль-ноль, мне удобно"


@dataclass(frozen=True, slots=True)
class Size:
    """How large it is; a transcript is written for the newest calls only."""

    deals: int = 20_000
    calls: int = 200_000
    actions: int = 2_000_000
    transcripts: int = 2_000
    reviewers: int = 20


def fill(database: Engine, size: Size) -> None:
    """Writes the office into an empty database whose tables stand."""
    dice = random.Random(5)  # noqa: S311 - no secret
    _write(database, CrmRow, [_crm()])
    _write(database, PipelineRow, [_pipeline()])
    _write(database, UserRow, map(_user, range(_USERS)))
    _write(database, AccountRow, _accounts(size))
    _write(database, ContactRow, map(_contact, range(size.deals)))
    _write(database, DealRow, (_deal(dice, number) for number in range(size.deals)))
    _write(database, StageChangeRow, _stage_changes(size))
    _write(database, ActivityRow, (_activity(dice, number, size) for number in range(size.deals)))
    _write(database, RecordingRow, map(_recording, range(size.transcripts)))
    _write(database, TranscriptRow, map(_transcript, range(size.transcripts)))
    _write(database, CallRow, (_call(dice, number, size) for number in range(size.calls)))
    _write(database, DealMatchRow, (_match(number, size) for number in range(size.calls)))
    _write(database, ActionRow, (_action(dice, number, size) for number in range(size.actions)))
    _write(database, RunRow, [_run()])
    _write(database, DealVerdictRow, (_verdict(dice, number) for number in range(size.deals)))
    _write(database, RequirementVerdictRow, _requirements(dice, size))
    _write(database, PromiseRow, map(_promise, range(size.deals)))
    findings = [_finding(dice, number, size) for number in range(size.deals // 2)]
    _write(database, FlagRow, (_flag(place, one) for place, one in enumerate(findings)))
    _write(database, FindingRow, findings)
    _write(database, DecisionRow, (_decision(one) for one in findings if one["version"]))


def _write(database: Engine, row: type[Row], rows: Iterable[dict[str, Any]]) -> None:
    table = cast("Table", row.__table__)
    if database.dialect.name == "postgresql":
        _copy(database, table, rows)
        return
    found = list(rows)
    with database.begin() as connection:
        for some in batched(found, 5_000):
            connection.execute(insert(table), list(some))


def _copy(database: Engine, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """PostgreSQL's COPY: a hundred thousand rows a second; numbering goes on behind them."""
    iterator: Iterator[dict[str, Any]] = iter(rows)
    first = next(iterator, None)
    if first is None:
        return
    names = list(first)
    raw = database.raw_connection()
    try:
        cursor: Any = raw.cursor()
        columns = ", ".join(f'"{name}"' for name in names)
        with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
            for one in (first, *iterator):
                copy.write_row(
                    [
                        json.dumps(one[name]) if isinstance(one[name], (list, dict)) else one[name]
                        for name in names
                    ]
                )
        if "id" in names and table.c.id.type.python_type is int:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608
                f'(SELECT max(id) FROM "{table.name}"))'
            )
        raw.commit()
    finally:
        raw.close()


def _crm() -> dict[str, Any]:
    return {"id": 1, "source": CRM, "as_of": _NOW, "timezone": "Europe/Moscow", "crm": "file"}


def _pipeline() -> dict[str, Any]:
    stages = [
        {"id": f"s{place}", "name": one.names.ru[0], "key": one.key, "kind": "open"}
        for place, one in enumerate(_rules().stages)
    ]
    own = {"id": "p1", "name": "Веб", "template": "web_studio", "stages": stages}
    return {"crm": 1, "position": 0} | own


def _user(number: int) -> dict[str, Any]:
    return {
        "crm": 1,
        "position": number,
        "id": f"u{number}",
        "name": f"Менеджер {number}",
        "extensions": [str(100 + number)],
        "phones": [],
        "role": "hunter",
    }


def _accounts(size: Size) -> Iterator[dict[str, Any]]:
    password = hash_password(PASSWORD)
    for number in range(size.reviewers):
        team = [f"u{user}" for user in range(_USERS) if user % _TEAMS == number % _TEAMS]
        yield {
            "id": number + 1,
            "login": f"reviewer{number}",
            "name": f"Reviewer {number}",
            "password": password,
            "roles": ["head"] if number % 4 == 0 else ["supervisor"],
            "crm_user": None,
            "team": team,
            "language": "ru",
            "created_at": _NOW,
        }


def _contact(number: int) -> dict[str, Any]:
    return {
        "crm": 1,
        "position": number,
        "id": f"k{number}",
        "name": f"Клиент {number}",
        "company_id": None,
        "phones": [f"+7916{number:07}"],
        "emails": [],
        "decision_maker": False,
    }


def _deal(dice: random.Random, number: int) -> dict[str, Any]:
    return {
        "crm": 1,
        "position": number,
        "id": str(1000 + number),
        "name": f"Сайт для клиента {number}",
        "pipeline_id": "p1",
        "stage_id": f"s{number % 8}",
        "status": "open",
        "created_at": _NOW - timedelta(days=dice.randrange(200)),
        "amount": float(round(dice.lognormvariate(12.3, 0.8))),
        "currency": "RUB",
        "contact_ids": [f"k{number}"],
        "company_id": None,
        "responsible_id": f"u{number % _USERS}",
        "source": "Сайт",
        "updated_at": _NOW,
        "closed_at": None,
        "fields": {},
    }


def _stage_changes(size: Size) -> Iterator[dict[str, Any]]:
    position = 0
    for number in range(size.deals):
        for stage in range(number % 8):
            yield {
                "crm": 1,
                "position": position,
                "deal_id": str(1000 + number),
                "to_id": f"s{stage + 1}",
                "at": _NOW - timedelta(days=20 - stage),
                "from_id": f"s{stage}",
                "by": f"u{number % _USERS}",
            }
            position += 1


def _activity(dice: random.Random, number: int, size: Size) -> dict[str, Any]:
    at = _NOW - timedelta(days=dice.randrange(30))
    return {
        "crm": 1,
        "position": number,
        "id": f"a{number}",
        "type": "task",
        "kind": "call",
        "created_at": at,
        "deal_id": str(1000 + number % size.deals),
        "contact_id": None,
        "direction": None,
        "due_at": at + timedelta(days=2),
        "completed_at": None,
        "result": None,
        "amount": None,
        "subject": "Перезвонить",
        "text": None,
        "place": None,
        "user_id": f"u{number % _USERS}",
        "call_id": None,
    }


def _sha256(number: int) -> str:
    return f"{number:064x}"


def _recording(number: int) -> dict[str, Any]:
    return {
        "sha256": _sha256(number),
        "files": [f"{SOURCE}/{number}.wav"],
        "state": "transcribed",
        "arrived_at": _NOW,
        "duration_s": 180.0,
        "codec": "pcm_s16le",
        "notes": [],
        "removing": [],
    }


def _transcript(number: int) -> dict[str, Any]:
    segments = [
        {
            "speaker": "agent" if place % 2 else "client",
            "start": place * 3.0,
            "end": place * 3.0 + 2.5,
            "text": _SAID,
            "confidence": 0.9,
            "words": [
                {
                    "text": word,
                    "start": place * 3.0 + 0.25 * number,
                    "end": place * 3.0 + 0.25 * number + 0.2,
                    "confidence": 0.9,
                }
                for number, word in enumerate(_SAID.split())
            ],
        }
        for place in range(60)
    ]
    return {
        "id": number + 1,
        "sha256": _sha256(number),
        "transcriber": "big office",
        "asked_language": "auto",
        "agent_channel": -1,
        "model": "base",
        "language": "ru",
        "duration_s": 180.0,
        "speech_s": 150.0,
        "channels": 2,
        "segments": segments,
        "created_at": _NOW,
        "agent_side": 0,
        "hidden": [],
    }


def _call(dice: random.Random, number: int, size: Size) -> dict[str, Any]:
    deal = number % size.deals
    heard = number < size.transcripts
    return {
        "id": number + 1,
        "source": SOURCE,
        "call_id": f"c{number}",
        "recording": f"{number}.wav",
        "sha256": _sha256(number) if heard else None,
        "started_at": _NOW - timedelta(minutes=number + dice.randrange(60)),
        "direction": "out" if number % 3 else "in",
        "metadata_from": "sidecar",
        "client_number": f"+7916{deal:07}",
        "our_number": "+74950001101",
        "extension": str(100 + deal % _USERS),
        "user_id": f"u{deal % _USERS}",
        "agent_name": None,
        "agent_channel": None,
        "answered": True,
        "talk_s": 180.0,
        "deal_id": None,
        "linked_id": None,
        "started_at_exact": True,
        "account": "office",
        "in_cdr": True,
        "transcript_id": number + 1 if heard else None,
        "outcome": "conversation",
        "current": True,
    }


def _match(number: int, size: Size) -> dict[str, Any]:
    return {
        "call": number + 1,
        "deal_id": str(1000 + number % size.deals),
        "score": 0.9,
        "method": "number",
        "reasons": ["the number is the contact's"],
        "alternatives": [],
    }


def _action(dice: random.Random, number: int, size: Size) -> dict[str, Any]:
    return {
        "call": number % size.calls + 1,
        "position": number // size.calls,
        "type": dice.choice(_ACTIONS),
        "status": dice.choice(_STATUSES),
        "speaker": "client",
        "quote": _SAID,
        "confidence": 0.9,
        "start": 12.0,
        "end": 15.0,
        "slots": {},
        "cues": ["agreement"],
        "heard_otherwise": None,
    }


def _run() -> dict[str, Any]:
    return {
        "id": 1,
        "source": SOURCE,
        "crm_source": CRM,
        "state": "done",
        "started_at": _NOW,
        "finished_at": _NOW,
        "as_of": _NOW,
        "transcriber": "big office",
        "judge": None,
        "errors": [],
        "digest": "0" * 64,
    }


def _verdict(dice: random.Random, number: int) -> dict[str, Any]:
    return {
        "run": 1,
        "deal_id": str(1000 + number),
        "position": number,
        "pipeline_id": "p1",
        "recorded_stage": _stage_keys()[number % 8],
        "verified_stage": _stage_keys()[max(number % 8 - dice.randrange(3), 0)],
        "gap": dice.choice(["ahead", "none", "none", "unknown"]),
    }


def _requirements(dice: random.Random, size: Size) -> Iterator[dict[str, Any]]:
    asked = [(s.key, r) for s in _rules().stages for r in s.requirements]
    for number in range(size.deals):
        for position, (stage, requirement) in enumerate(asked):
            yield {
                "run": 1,
                "deal_id": str(1000 + number),
                "position": position,
                "stage": stage,
                "requirement_id": requirement.id,
                "severity": plain(requirement.severity),
                "verdict": dice.choice(["met", "missing", "unknown"]),
                "grade": "A",
                "explanation": "Клиент согласился на встречу.",
                "evidence": [_evidence(number)],
                "rule_hash": "0" * 16,
            }


def _evidence(deal: int) -> dict[str, Any]:
    at = _NOW.isoformat()
    return {"kind": "call", "id": f"c{deal}", "at": at, "quote": _SAID, "start": 12.0}


def _promise(number: int) -> dict[str, Any]:
    return {
        "run": 1,
        "deal_id": str(1000 + number),
        "position": 0,
        "type": "follow_up_agreed",
        "by": "agent",
        "made_at": _NOW,
        "state": "open",
        "call_id": f"c{number}",
        "quote": _SAID,
        "due": "2026-11-25",
    }


def _finding(dice: random.Random, number: int, size: Size) -> dict[str, Any]:
    deal = number * 2 % size.deals
    decided = number % 5 == 0
    return {
        "id": number + 1,
        "source": SOURCE,
        "crm_source": CRM,
        "key": f"{number:032x}",
        "kind": dice.choice(_KINDS),
        "severity": dice.choice(["high", "medium", "low"]),
        "explanation": "В CRM этап «Встреча», доказан только этап «Назначение встречи».",
        "deal_id": str(1000 + deal),
        "call_id": f"c{deal}",
        "user_id": f"u{deal % _USERS}",
        "at": _NOW - timedelta(hours=number % 500),
        "evidence": [_evidence(deal)],
        "pipeline_id": "p1",
        "stage": _stage_keys()[deal % 8],
        "amount": 300_000.0,
        "confidence": round(dice.uniform(0.5, 1), 2),
        "weight": round(dice.uniform(0.5, 16), 4),
        "state": "confirmed" if decided else "open",
        "raised_at": _NOW - timedelta(hours=number % 300),
        "seen_run": 1,
        "withdrawn_at": None,
        "sent_at": None,
        "updated_at": _NOW,
        "version": int(decided),
        "digest": f"{number:016x}",
    }


def _flag(place: int, finding: dict[str, Any]) -> dict[str, Any]:
    names = ("kind", "severity", "explanation", "deal_id", "call_id", "user_id", "at", "evidence")
    return {"run": 1, "position": place} | {name: finding[name] for name in names}


def _decision(finding: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": finding["id"],
        "finding": finding["id"],
        "kind": "confirm",
        "at": _NOW,
        "account": 1,
        "who": "reviewer0",
        "reason": None,
        "note": "",
        "shown": plain(finding),
        "blind": False,
    }


@cache
def _rules() -> PipelineRules:
    return load_pipelines(None)["web_studio"]


@cache
def _stage_keys() -> list[str]:
    return [stage.key for stage in _rules().stages]
