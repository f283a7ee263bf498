"""Rows of the made-up office that judging gives: verdicts, findings, decisions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from benchmarks.big_office_size import CRM, NOW, SAID, SOURCE, USERS, Size, rules, stage_keys
from models.store.mapping import plain
from models.vocabulary.verdict import FlagKind

_KINDS = [kind.value for kind in FlagKind]


def run() -> dict[str, Any]:
    """The one run."""
    return {
        "id": 1,
        "source": SOURCE,
        "crm_source": CRM,
        "state": "done",
        "started_at": NOW,
        "finished_at": NOW,
        "as_of": NOW,
        "transcriber": "big office",
        "judge": None,
        "errors": [],
        "digest": "0" * 64,
    }


def verdict(dice: random.Random, number: int) -> dict[str, Any]:
    """How a deal was judged."""
    return {
        "run": 1,
        "deal_id": str(1000 + number),
        "position": number,
        "pipeline_id": "p1",
        "recorded_stage": stage_keys()[number % 8],
        "verified_stage": stage_keys()[max(number % 8 - dice.randrange(3), 0)],
        "gap": dice.choice(["ahead", "none", "none", "unknown"]),
    }


def requirements(dice: random.Random, size: Size) -> Iterator[dict[str, Any]]:
    """How each requirement of each deal was judged."""
    asked = [(s.key, r) for s in rules().stages for r in s.requirements]
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
    at = NOW.isoformat()
    return {"kind": "call", "id": f"c{deal}", "at": at, "quote": SAID, "start": 12.0}


def promise(number: int) -> dict[str, Any]:
    """A promise about a deal."""
    return {
        "run": 1,
        "deal_id": str(1000 + number),
        "position": 0,
        "type": "follow_up_agreed",
        "by": "agent",
        "made_at": NOW,
        "state": "open",
        "call_id": f"c{number}",
        "quote": SAID,
        "due": "2026-11-25",
    }


def finding(dice: random.Random, number: int, size: Size) -> dict[str, Any]:
    """A finding about every second deal."""
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
        "user_id": f"u{deal % USERS}",
        "at": NOW - timedelta(hours=number % 500),
        "evidence": [_evidence(deal)],
        "pipeline_id": "p1",
        "stage": stage_keys()[deal % 8],
        "amount": 300_000.0,
        "confidence": round(dice.uniform(0.5, 1), 2),
        "weight": round(dice.uniform(0.5, 16), 4),
        "state": "confirmed" if decided else "open",
        "raised_at": NOW - timedelta(hours=number % 300),
        "seen_run": 1,
        "withdrawn_at": None,
        "sent_at": None,
        "updated_at": NOW,
        "version": int(decided),
        "digest": f"{number:016x}",
    }


def flag(place: int, finding: dict[str, Any]) -> dict[str, Any]:
    """The flag that raised a finding."""
    names = ("kind", "severity", "explanation", "deal_id", "call_id", "user_id", "at", "evidence")
    return {"run": 1, "position": place} | {name: finding[name] for name in names}


def decision(finding: dict[str, Any]) -> dict[str, Any]:
    """What became of a finding."""
    return {
        "id": finding["id"],
        "finding": finding["id"],
        "kind": "confirm",
        "at": NOW,
        "account": 1,
        "who": "reviewer0",
        "reason": None,
        "note": "",
        "shown": plain(finding),
        "blind": False,
    }
