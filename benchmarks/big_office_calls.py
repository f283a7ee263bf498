"""Rows of the made-up office that its calls give: recordings, transcripts, actions, deals."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from benchmarks.big_office_size import NOW, SAID, SOURCE, USERS, Size
from models.vocabulary.action import ActionStatus, ActionType

_ACTIONS = [kind.value for kind in ActionType]
_STATUSES = [status.value for status in ActionStatus]


def _sha256(number: int) -> str:
    return f"{number:064x}"


def recording(number: int) -> dict[str, Any]:
    """A recording."""
    return {
        "sha256": _sha256(number),
        "files": [f"{SOURCE}/{number}.wav"],
        "state": "transcribed",
        "arrived_at": NOW,
        "duration_s": 180.0,
        "codec": "pcm_s16le",
        "notes": [],
        "removing": [],
    }


def transcript(number: int) -> dict[str, Any]:
    """What was said in it."""
    segments = [
        {
            "speaker": "agent" if place % 2 else "client",
            "start": place * 3.0,
            "end": place * 3.0 + 2.5,
            "text": SAID,
            "confidence": 0.9,
            "words": [
                {
                    "text": word,
                    "start": place * 3.0 + 0.25 * number,
                    "end": place * 3.0 + 0.25 * number + 0.2,
                    "confidence": 0.9,
                }
                for number, word in enumerate(SAID.split())
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
        "created_at": NOW,
        "agent_side": 0,
        "hidden": [],
    }


def call(dice: random.Random, number: int, size: Size) -> dict[str, Any]:
    """A call with a client."""
    deal = number % size.deals
    heard = number < size.transcripts
    return {
        "id": number + 1,
        "source": SOURCE,
        "call_id": f"c{number}",
        "recording": f"{number}.wav",
        "sha256": _sha256(number) if heard else None,
        "started_at": NOW - timedelta(minutes=number + dice.randrange(60)),
        "direction": "out" if number % 3 else "in",
        "metadata_from": "sidecar",
        "client_number": f"+7916{deal:07}",
        "our_number": "+74950001101",
        "extension": str(100 + deal % USERS),
        "user_id": f"u{deal % USERS}",
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


def match(number: int, size: Size) -> dict[str, Any]:
    """Which deal a call belongs to."""
    return {
        "call": number + 1,
        "deal_id": str(1000 + number % size.deals),
        "score": 0.9,
        "method": "number",
        "reasons": ["the number is the contact's"],
        "alternatives": [],
    }


def action(dice: random.Random, number: int, size: Size) -> dict[str, Any]:
    """Something that was done in a call."""
    return {
        "call": number % size.calls + 1,
        "position": number // size.calls,
        "type": dice.choice(_ACTIONS),
        "status": dice.choice(_STATUSES),
        "speaker": "client",
        "quote": SAID,
        "confidence": 0.9,
        "start": 12.0,
        "end": 15.0,
        "slots": {},
        "cues": ["agreement"],
        "heard_otherwise": None,
    }
