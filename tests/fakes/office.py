"""A small office: three recorded calls, one that was never recorded, and a CRM with two deals."""

from __future__ import annotations

import json
import wave
from pathlib import Path
from typing import Any

from models.vocabulary.transcript import Speaker
from tests.fakes.transcriber import Script

AGENT, CLIENT = Speaker.AGENT, Speaker.CLIENT
ANDREY, BORIS, STRANGER = "+79160001301", "+79160001302", "+79160009999"

# Which recording is which is told by its length in seconds.
ANDREYS, BORISS, STRANGERS = 3, 4, 5
SCRIPTS: dict[int, Script] = {
    ANDREYS: (
        (AGENT, "Студия Кедр, Ирина, добрый день!"),
        (CLIENT, "Добрый день. Нам нужен сайт."),
        (AGENT, "Давайте встретимся в среду, одиннадцатого, в пятнадцать ноль-ноль?"),
        (CLIENT, "Да, договорились, жду."),
    ),
    BORISS: (
        (AGENT, "Добрый день, Борис, это Ирина, студия Кедр."),
        (CLIENT, "Нам это не интересно, не звоните больше."),
        (AGENT, "Хорошо, до свидания."),
    ),
    STRANGERS: (
        (CLIENT, "Здравствуйте, хочу заказать сайт."),
        (AGENT, "Добрый день! Пришлю вам предложение завтра."),
    ),
}
_CALLS = {
    ANDREYS: ("2026-11-09T10:12:40+03:00", ANDREY),
    BORISS: ("2026-11-09T11:00:00+03:00", BORIS),
    STRANGERS: ("2026-11-10T12:00:00+03:00", STRANGER),
}


def build_recordings(folder: Path) -> Path:
    """Writes the three recordings with their sidecars and gives the folder."""
    (folder / "2026").mkdir(parents=True)
    for seconds, (started_at, number) in _CALLS.items():
        sidecar = {
            "call_id": f"call-{seconds}",
            "started_at": started_at,
            "direction": "in",
            "from": number,
            "to": "+74950001101",
            "extension": "101",
            "user_id": "u101",
            "answered": True,
            "talk_s": seconds,
        }
        add_recording(folder, f"2026/call-{seconds}.wav", seconds, sidecar)
    return folder


def add_recording(folder: Path, name: str, seconds: int, sidecar: dict[str, Any]) -> Path:
    """Writes one recording of that length, a quiet tone, and what is known about it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes((0, 1, 0, 255)) * (4000 * seconds))
    path.with_suffix(".json").write_text(json.dumps(sidecar), encoding="utf-8")
    return path


def build_cdr(path: Path) -> Path:
    """Writes a ledger with one answered call of Andrey's that no recording came of."""
    row = (
        '"","79160001301","101","from-trunk","""Андрей"" <79160001301>","PJSIP/trunk-0000002a",'
        '"PJSIP/101-0000002b","Dial","PJSIP/101,20,tT","2026-11-12 16:00:00",'
        '"2026-11-12 16:00:09","2026-11-12 16:03:09",189,180,"ANSWERED","DOCUMENTATION",'
        '"1794488400.77",""\n'
    )
    path.write_text(row, encoding="utf-8")
    return path


def crm_document(**changes: Any) -> dict[str, Any]:
    """Gives the CRM's snapshot; `changes` replace whole tables."""
    names = ("Входящая заявка", "Классификация", "Назначение встречи", "Встреча")
    keys = ("lead_received", "classified", "meeting_scheduling", "meeting")
    stages = [
        {"id": f"71{place:02}", "name": name, "key": key, "kind": "open"}
        for place, (name, key) in enumerate(zip(names, keys, strict=True))
    ]
    return {
        "as_of": "2026-11-20T18:00:00+03:00",
        "timezone": "Europe/Moscow",
        "crm": "file",
        "pipelines": [{"id": "p1", "name": "Веб", "template": "web_studio", "stages": stages}],
        "users": [{"id": "u101", "name": "Ирина Соколова", "extensions": ["101"]}],
        "companies": [{"id": "co1", "name": "Белый слон"}],
        "contacts": [
            _contact("k01", "Андрей Лаптев", ANDREY),
            _contact("k02", "Борис Немов", BORIS),
        ],
        "deals": [
            _deal("1001", "Сайт Белого слона", "7103", "k01"),
            _deal("1002", "Сайт Немова", "7101", "k02"),
        ],
        "stage_changes": [],
        "activities": [],
    } | changes


def write_crm(path: Path, **changes: Any) -> Path:
    """Writes the CRM's snapshot to a file."""
    path.write_text(json.dumps(crm_document(**changes), ensure_ascii=False), encoding="utf-8")
    return path


def _contact(id_: str, name: str, phone: str) -> dict[str, Any]:
    return {"id": id_, "name": name, "company_id": "co1", "phones": [phone]}


def _deal(id_: str, name: str, stage: str, contact: str) -> dict[str, Any]:
    return {
        "id": id_,
        "name": name,
        "pipeline_id": "p1",
        "stage_id": stage,
        "status": "open",
        "amount": 300000,
        "contact_ids": [contact],
        "company_id": "co1",
        "responsible_id": "u101",
        "created_at": "2026-11-09T10:00:00+03:00",
        "fields": {"order_type": "Сайт"},
    }
