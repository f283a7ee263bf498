"""An example of everything that programs read; tests hold them against the shapes."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
AS_OF = "2026-11-20T18:00:00+03:00"
_QUOTE = "Да, договорились, в среду в пятнадцать ноль-ноль."
_EVIDENCE = {
    "kind": "call",
    "id": "1794208360.18",
    "at": "2026-11-09T10:13:14+03:00",
    "quote": _QUOTE,
    "start": 33.4,
    "corrected_by": None,
}
CALL: Json = {
    "id": 17,
    "call_id": "1794208360.18",
    "recording": "office/2026/11/09/in-74950001100-79161112233-20261109-101240.wav",
    "sha256": "a6bd81af9c94fd5b19c4d1a8b78d7aeeca7c9fb470fe69ac1fa4af0cf8945f10",
    "account": "office",
    "direction": "in",
    "started_at": "2026-11-09T10:12:40+03:00",
    "user_id": "u101",
    "extension": "101",
    "client_number": "+79161112233",
    "answered": True,
    "talk_s": 94.0,
    "duration_s": 101.2,
    "speech_s": 80.5,
    "language": "ru",
    "model": "faster-whisper base int8",
    "outcome": "conversation",
    "metadata_from": "cdr",
    "state": "transcribed",
    "error": None,
    "deal": {
        "id": "1001",
        "score": 0.9,
        "method": "phone",
        "reasons": ["номер контакта Андрей Лаптев"],
        "alternatives": [{"id": "1007", "score": 0.4}],
    },
    "score": 82,
    "updated_at": "2026-11-09T10:20:00+03:00",
}
ACTION: Json = {
    "call": 17,
    "position": 3,
    "call_id": "1794208360.18",
    "deal_id": "1001",
    "type": "meeting_booked",
    "status": "done",
    "speaker": "client",
    "start": 33.4,
    "end": 36.1,
    "quote": _QUOTE,
    "slots": {"datetime": "2026-11-11T15:00:00+03:00"},
    "confidence": 0.92,
    "heard_otherwise": None,
}
TRANSCRIPT: Json = {
    "call": 17,
    "call_id": "1794208360.18",
    "language": "ru",
    "model": "faster-whisper base int8",
    "duration_s": 101.2,
    "speech_s": 80.5,
    "segments": [
        {"start": 33.4, "end": 36.1, "speaker": "client", "text": _QUOTE, "confidence": 0.91}
    ],
    "hidden": [{"start": 50.0, "end": 54.5, "kind": "passport", "speaker": "client"}],
    "created_at": "2026-11-09T10:20:00+03:00",
}
DEAL: Json = {
    "crm": "amocrm",
    "id": "1001",
    "name": "Сайт Белого слона",
    "pipeline_id": "p1",
    "stage_id": "7103",
    "status": "open",
    "amount": 300000.0,
    "currency": "RUB",
    "company_id": "co1",
    "contact_ids": ["k01"],
    "responsible_id": "u101",
    "created_at": "2026-11-09T10:00:00+03:00",
    "closed_at": None,
    "crm_updated_at": "2026-11-12T12:00:00+03:00",
    "recorded_stage": "proposal",
    "verified_stage": "meeting",
    "gap": "ahead",
    "changed_at": "2026-11-12T12:05:00+03:00",
}
_PROMISE = {
    "type": "proposal_sent",
    "by": "agent",
    "made_at": "2026-11-09T10:14:00+03:00",
    "due": "2026-11-12",
    "state": "broken",
    "call_id": "1794208360.18",
    "quote": "Предложение пришлю вам до четверга.",
}
PROMISE: Json = {"deal_id": "1001", "position": 0, **_PROMISE}
VERIFICATION: Json = {
    "id": "1001",
    "pipeline_id": "p1",
    "recorded_stage": "proposal",
    "verified_stage": "meeting",
    "gap": "ahead",
    "requirements": [
        {
            "stage": "meeting_scheduling",
            "id": "meeting-agreed",
            "severity": "critical",
            "verdict": "met",
            "grade": "A",
            "evidence": [_EVIDENCE],
            "explanation": "Встреча согласована с клиентом в разговоре.",
            "waived": None,
        }
    ],
    "promises": [_PROMISE],
    "as_of": AS_OF,
    "changed_at": "2026-11-12T12:05:00+03:00",
}
FLAG: Json = {
    "id": 5,
    "kind": "stage_ahead_of_reality",
    "severity": "high",
    "explanation": "В CRM этап «Отправка КП», доказан только этап «Встреча».",
    "deal_id": "1001",
    "call_id": None,
    "user_id": "u101",
    "at": "2026-11-12T12:00:00+03:00",
    "evidence": [_EVIDENCE],
    "pipeline_id": "p1",
    "stage": "meeting",
    "amount": 300000.0,
    "confidence": 0.83,
    "weight": 4.17,
    "state": "open",
    "raised_at": "2026-11-12T12:05:00+03:00",
    "withdrawn_at": None,
    "sent_at": None,
    "updated_at": "2026-11-12T12:05:00+03:00",
    "version": 0,
}
DECISION: Json = {
    "id": 9,
    "flag": 5,
    "kind": "dismiss",
    "at": "2026-11-13T09:30:00+03:00",
    "who": "anna",
    "reason": "done_elsewhere",
    "note": "Встретились на выставке.",
    "blind": False,
}
COVERAGE: Json = {
    "day": "2026-11-09",
    "account": "office",
    "calls": 41,
    "in_ledger": 40,
    "answered": 33,
    "recorded": 32,
    "transcribed": 31,
    "judged": 31,
    "unusable": 1,
    "missing": 1,
}
_DEMAND: Json = {
    "id": "meeting.agreed",
    "severity": "critical",
    "title": "Встреча согласована",
    "demands": {"text": "В разговоре договорились о встрече; клиент назвал время.", "parts": []},
    "applies_when": None,
    "depends_on": [],
    "proved_by": ["calls"],
    "flags": [
        {
            "kind": "stage_ahead_of_reality",
            "verdict": None,
            "decided": 41,
            "precision": 0.927,
            "advice": False,
        }
    ],
}
PIPELINE: Json = {
    "id": "p1",
    "name": "Веб",
    "template": "web_studio",
    "stages": [{"id": "7103", "name": "Встреча", "key": "meeting", "kind": "open"}],
    "edition": 2,
    "changed_at": "2026-11-16T11:00:00+03:00",
}
RULES: Json = {
    "template": "web_studio",
    "name": "Веб-студия",
    "published_at": "2026-11-16T11:00:00+03:00",
    "published_by": "olga",
    "stages": [{"key": "meeting", "name": "Встреча", "requirements": [_DEMAND]}],
}
METADATA: Json = {
    "call_id": "1794208360.18",
    "started_at": "2026-11-09T10:12:40+03:00",
    "direction": "in",
    "from": "+79161112233",
    "to": "+74950001100",
    "extension": "101",
    "user_id": "u101",
    "agent_channel": 0,
}
UPLOAD: Json = {
    "id": "4f1c0a9be37d5a26",
    "account": "office",
    "recording": "office/http/4f/4f1c0a9be37d5a26/call.wav",
    "sha256": "a6bd81af9c94fd5b19c4d1a8b78d7aeeca7c9fb470fe69ac1fa4af0cf8945f10",
    "size": 1619244,
    "received_at": AS_OF,
}
SNAPSHOT: Json = {
    "as_of": AS_OF,
    "timezone": "Europe/Moscow",
    "crm": "amocrm",
    "pipelines": [
        {
            "id": "p1",
            "name": "Веб",
            "template": "web_studio",
            "stages": [{"id": "7103", "name": "Встреча", "key": "meeting", "kind": "open"}],
        }
    ],
    "users": [{"id": "u101", "name": "Ирина Соколова", "extensions": ["101"]}],
    "companies": [],
    "contacts": [{"id": "k01", "name": "Андрей Лаптев", "phones": ["+7 916 000-13-01"]}],
    "deals": [
        {
            "id": "1001",
            "name": "Сайт Белого слона",
            "pipeline_id": "p1",
            "stage_id": "7103",
            "status": "open",
            "amount": 300000,
            "contact_ids": ["k01"],
            "responsible_id": "u101",
            "created_at": "2026-11-09T10:00:00+03:00",
        }
    ],
    "stage_changes": [],
    "activities": [],
}
SNAPSHOT_TAKEN: Json = {
    "as_of": AS_OF,
    "timezone": "Europe/Moscow",
    "crm": "amocrm",
    "deals": 1,
    "activities": 0,
    "warnings": [],
}
LEDGER = (
    '"","79161112233","101","from-trunk","""Андрей"" <79161112233>","PJSIP/trunk-0000002a",'
    '"PJSIP/101-0000002b","Dial","PJSIP/101,20,tT","2026-11-12 16:00:00",'
    '"2026-11-12 16:00:09","2026-11-12 16:03:09",189,180,"ANSWERED","DOCUMENTATION",'
    '"1794488400.77",""\n'
)
LEDGER_IMPORT: Json = {
    "new": 40,
    "repeated": 2,
    "replaced": 0,
    "bad": [{"line": 7, "problem": "a quotation mark is not closed"}],
}
JOB: Json = {
    "id": 31,
    "kind": "call",
    "state": "waiting",
    "tries": 0,
    "created_at": AS_OF,
    "finished_at": None,
    "error": None,
    "detail": None,
}
KEY: Json = {
    "name": "crm-connector",
    "prefix": "k3wq7zt2",
    "scopes": ["read", "write"],
    "created_by": "command line",
    "created_at": "2026-11-01T09:00:00+00:00",
    "expires_at": "2027-11-01T09:00:00+00:00",
    "revoked_at": None,
    "used_at": "2026-11-20T15:00:00+00:00",
}


def page(item: Json) -> Json:
    """A page of a list with one item."""
    return {"data": [item], "next_cursor": None, "as_of": AS_OF}
