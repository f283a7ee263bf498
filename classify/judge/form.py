"""The JSON Schema of the judge's answer, in the strict dialect that services enforce.

Strict: every property is required, nothing else may stand there, what may be missing is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from classify.judge.catalogue import CATALOGUE, KINDS
from models.vocabulary.action import ActionStatus, Outcome
from models.vocabulary.transcript import Speaker

SLOTS: dict[str, str] = {
    "name": "string",
    "role": "string",
    "reason": "string",
    "amount": "number",
    "currency": "string",
    "kind": "string",
    "datetime": "string",
    "date": "string",
    "place": "string",
    "online": "boolean",
    "due": "string",
    "channel": "string",
    "part": "string",
}


def _slot(name: str, kind: str) -> dict[str, Any]:
    words = KINDS.get(name)
    return {"type": [kind, "null"]} | ({"enum": [*words, None]} if words else {})


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _words(words: list[str]) -> dict[str, Any]:
    return {"type": "string", "enum": words}


ANSWER_FORM: Mapping[str, Any] = _object(
    {
        "outcome": _words([one.value for one in Outcome]),
        "actions": {
            "type": "array",
            "items": _object(
                {
                    "turn": {"type": "integer"},
                    "speaker": _words([Speaker.AGENT.value, Speaker.CLIENT.value]),
                    "quote": {"type": "string"},
                    "type": _words([kind.value for kind in CATALOGUE]),
                    "status": _words([one.value for one in ActionStatus]),
                    "slots": _object({name: _slot(name, kind) for name, kind in SLOTS.items()}),
                }
            ),
        },
    }
)
