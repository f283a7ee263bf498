"""What the real server answers is what the normal suite's tests of the adapter read.

`BOTTLECRM_RECORD=1 make test-bottlecrm` writes the recordings anew (tests/data/bottlecrm).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.bottlecrm.world import BottleWorld

pytestmark = pytest.mark.bottlecrm

_FOLDER = Path(__file__).parents[1] / "data" / "bottlecrm"
_SOURCE = "BottleCRM (PyPI django-crm 1.35.0), recorded by tests/bottlecrm; everybody is invented"


def test_the_recordings_are_what_the_server_answers(world: BottleWorld) -> None:
    answers = _answers(world)
    if os.environ.get("BOTTLECRM_RECORD"):
        _FOLDER.mkdir(parents=True, exist_ok=True)
        for name, answer in answers.items():
            told = json.dumps({"source": _SOURCE, "answer": answer}, ensure_ascii=False, indent=1)
            (_FOLDER / f"{name}.json").write_text(told + "\n", encoding="utf-8")
    recorded = {path.stem: json.loads(path.read_text("utf-8")) for path in _FOLDER.glob("*.json")}
    assert recorded.keys() == answers.keys()
    for name, answer in answers.items():
        assert _form(answer) == _form(recorded[name]["answer"]), name


def _answers(world: BottleWorld) -> dict[str, Any]:
    """A small office, asked for everything that the adapter reads."""
    ask = world.office.ask
    company = world.add_company("Чайная лавка", "+74951112233")
    ask("PATCH", f"accounts/{company}/", {"industry": "FOOD & BEVERAGE", "number_of_employees": 40})
    contact = world.add_contact("Светлана Чайкина", "8 (916) 000-24-17", company)
    ask("PATCH", f"contacts/{contact}/", {"email": "svetlana@tea.example"})
    fields = {"target_model": "Opportunity", "key": "need", "label": "Потребность"}
    ask("POST", "custom-fields/", {**fields, "field_type": "text", "is_required": True})
    body = {"name": "Магазин чая", "account": company, "contacts": [contact], "amount": 450000}
    body |= {"assigned_to": [world.user()], "closed_on": "2026-12-24", "currency": "EUR"}
    deal = ask("POST", "opportunities/", {**body, "custom_fields": {"need": "сайт"}})["id"]
    lost = ask("POST", "opportunities/", {"name": "Лендинг", "custom_fields": {"need": "-"}})["id"]
    world.move(deal, "PROPOSAL")
    ask("PATCH", f"opportunities/{lost}/", {"stage": "CLOSED_LOST", "closed_on": "2026-11-20"})
    ask("POST", f"opportunities/{deal}/", {"comment": "КП отправлено на почту"})
    call = {"kind": "call", "direction": "inbound", "outcome": "connected", "duration_seconds": 61}
    ask("POST", "interactions/", {**call, "opportunity": deal, "subject": "Звонок", "body": "Цена"})
    ask("POST", "interactions/", {"kind": "meeting", "opportunity": deal, "body": "Показали макет"})
    world.add_task(deal, "Отправить КП", world.now() + timedelta(days=1))
    task = world.office.tasks(deal)[0]["id"]
    removed = world.add_contact("Пётр Лишний", "+79160000002")
    world.remove_contact(removed)
    deals = ask("GET", "opportunities/", limit="3")
    # Of two deals of one moment any comes first.
    deals["opportunities"].sort(key=lambda row: row["id"] != deal)
    return {
        "profile": ask("GET", "profile/"),
        "settings": ask("GET", "org/settings/"),
        "pipelines": ask("GET", "opportunities/pipelines/"),
        "people": ask("GET", "users/get-teams-and-users/"),
        "required_fields": ask("GET", "custom-fields/", include_counts="false"),
        "companies": ask("GET", "accounts/", limit="3", is_active="true"),
        "contacts": ask("GET", "contacts/", limit="3"),
        "deals": deals,
        "deal": world.office.deal(deal),
        "tasks": ask("GET", "tasks/", limit="3", slim="true"),
        "task": ask("GET", f"tasks/{task}/"),
        "interactions": ask("GET", "interactions/", opportunity=deal),
        "changes": ask("GET", "activities/", limit="50"),
    }


def _form(value: object) -> object:
    """What an answer looks like: names and kinds of values, of a list those of its first."""
    if isinstance(value, Mapping):
        return {name: _form(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_form(value[0])] if value else []
    return "text or nothing" if value is None or isinstance(value, str) else "number or yes and no"
