"""Rows of the made-up office that its CRM and its accounts give."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from benchmarks.big_office_size import CRM, NOW, PASSWORD, TEAMS, USERS, Size, rules
from core.passwords import hash_password


def crm() -> dict[str, Any]:
    """The one CRM."""
    return {"id": 1, "source": CRM, "as_of": NOW, "timezone": "Europe/Moscow", "crm": "file"}


def pipeline() -> dict[str, Any]:
    """Its one pipeline."""
    stages = [
        {"id": f"s{place}", "name": one.names.ru[0], "key": one.key, "kind": "open"}
        for place, one in enumerate(rules().stages)
    ]
    own = {"id": "p1", "name": "Веб", "template": "web_studio", "stages": stages}
    return {"crm": 1, "position": 0} | own


def user(number: int) -> dict[str, Any]:
    """A manager."""
    return {
        "crm": 1,
        "position": number,
        "id": f"u{number}",
        "name": f"Менеджер {number}",
        "extensions": [str(100 + number)],
        "phones": [],
        "role": "hunter",
    }


def accounts(size: Size) -> Iterator[dict[str, Any]]:
    """Those who review."""
    password = hash_password(PASSWORD)
    for number in range(size.reviewers):
        team = [f"u{user}" for user in range(USERS) if user % TEAMS == number % TEAMS]
        yield {
            "id": number + 1,
            "login": f"reviewer{number}",
            "name": f"Reviewer {number}",
            "password": password,
            "roles": ["head"] if number % 4 == 0 else ["supervisor"],
            "crm_user": None,
            "team": team,
            "language": "ru",
            "created_at": NOW,
        }


def contact(number: int) -> dict[str, Any]:
    """A client."""
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


def deal(dice: random.Random, number: int) -> dict[str, Any]:
    """A deal of a client."""
    return {
        "crm": 1,
        "position": number,
        "id": str(1000 + number),
        "name": f"Сайт для клиента {number}",
        "pipeline_id": "p1",
        "stage_id": f"s{number % 8}",
        "status": "open",
        "created_at": NOW - timedelta(days=dice.randrange(200)),
        "amount": float(round(dice.lognormvariate(12.3, 0.8))),
        "currency": "RUB",
        "contact_ids": [f"k{number}"],
        "company_id": None,
        "responsible_id": f"u{number % USERS}",
        "source": "Сайт",
        "updated_at": NOW,
        "closed_at": None,
        "fields": {},
    }


def stage_changes(size: Size) -> Iterator[dict[str, Any]]:
    """How each deal came to its stage."""
    position = 0
    for number in range(size.deals):
        for stage in range(number % 8):
            yield {
                "crm": 1,
                "position": position,
                "deal_id": str(1000 + number),
                "to_id": f"s{stage + 1}",
                "at": NOW - timedelta(days=20 - stage),
                "from_id": f"s{stage}",
                "by": f"u{number % USERS}",
            }
            position += 1


def activity(dice: random.Random, number: int, size: Size) -> dict[str, Any]:
    """A task of a deal."""
    at = NOW - timedelta(days=dice.randrange(30))
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
        "user_id": f"u{number % USERS}",
        "call_id": None,
    }
