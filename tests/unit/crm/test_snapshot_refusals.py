"""A wrong snapshot file is refused with its name, the place in it and what was expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.crm_settings import CrmSettings
from crm.snapshot import read_snapshot
from models.vocabulary.errors import InvalidInputError


def florist() -> dict[str, Any]:
    return {
        "as_of": "2026-04-01T12:00:00+03:00",
        "timezone": "Europe/Moscow",
        "pipelines": [
            {
                "id": "p",
                "template": "classic_cycle",
                "stages": [{"id": "s1"}, {"id": "s2", "kind": "won"}],
            },
            {"id": "q", "template": "b2b_kpi", "stages": [{"id": "s9"}]},
        ],
        "users": [{"id": "u1", "extensions": ["11"]}, {"id": "u2", "extensions": ["12", "12"]}],
        "companies": [{"id": "c1", "name": "Оранжерея"}],
        "contacts": [{"id": "k1", "name": "Зоя"}],
        "deals": [
            {"id": "d1", "pipeline_id": "p", "stage_id": "s1", "created_at": "2026-03-01T12:00:00"},
            {"id": "d2", "pipeline_id": "q", "stage_id": "s9", "created_at": "2026-03-01T12:00:00"},
        ],
        "stage_changes": [{"deal_id": "d1", "to": "s1", "at": "2026-03-01T12:00:00"}],
        "activities": [{"id": "a1", "type": "email", "created_at": "2026-03-01T12:00:00"}],
    }


def refusal(path: Path) -> str:
    with pytest.raises(InvalidInputError) as caught:
        read_snapshot(path, CrmSettings())
    assert str(path) in str(caught.value)
    return str(caught.value)


def refusal_of(tmp_path: Path, document: object) -> str:
    path = tmp_path / "florist.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return refusal(path)


def test_the_example_itself_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "florist.json"
    path.write_text(json.dumps(florist()), encoding="utf-8")
    assert len(read_snapshot(path, CrmSettings()).snapshot.deals) == 2


def test_a_missing_file(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "nowhere.json")


def test_a_folder(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path)


def test_no_json(tmp_path: Path) -> None:
    path = tmp_path / "crm.json"
    path.write_text('{"as_of": \n oops}', encoding="utf-8")
    assert "line 2" in refusal(path)


def test_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "crm.json"
    path.write_bytes('{"name": "Роза"}'.encode("cp1251"))
    assert "UTF-8" in refusal(path)


@pytest.mark.parametrize("document", [[], "deals", 7])
def test_no_object(tmp_path: Path, document: object) -> None:
    assert "expected a JSON object" in refusal_of(tmp_path, document)


@pytest.mark.parametrize(
    ("table", "index", "field", "value", "place", "expected"),
    [
        ("deals", 1, "stage_id", "s1", "deals[1].stage_id", "expected a stage of pipeline 'q'"),
        (
            "deals",
            0,
            "pipeline_id",
            "x",
            "deals[0].pipeline_id",
            "expected a pipeline of this file",
        ),
        ("deals", 1, "id", "d1", "deals[1].id", "repeats"),
        ("deals", 0, "created_at", None, "deals[0].created_at", "required"),
        ("deals", 0, "created_at", "вчера", "deals[0].created_at", "ISO 8601"),
        ("deals", 0, "closed_at", 1794208360, "deals[0].closed_at", "ISO 8601"),
        ("deals", 0, "amount", "много", "deals[0].amount", "amount of money"),
        ("deals", 0, "amount", True, "deals[0].amount", "amount of money"),
        ("deals", 0, "status", "closed", "deals[0].status", "'open', 'won' or 'lost'"),
        ("deals", 0, "contact_ids", {"id": 1}, "deals[0].contact_ids", "list of texts"),
        ("deals", 0, "fields", "нет", "deals[0].fields", "dictionary"),
        ("users", 1, "id", "u1", "users[1].id", "repeats"),
        ("users", 1, "extensions", ["11"], "users[1].extensions[0]", "repeats the extension '11'"),
        ("companies", 0, "fields", {"phone": {"work": "1"}}, "companies[0]", "list of texts"),
        ("contacts", 0, "id", True, "contacts[0].id", "expected an id"),
        ("contacts", 0, "decision_maker", "наверное", "contacts[0].decision_maker", "boolean"),
        ("stage_changes", 0, "to", None, "stage_changes[0].to", "required"),
        ("activities", 0, "type", "fax", "activities[0].type", "'task', 'meeting'"),
        ("activities", 0, "direction", "sideways", "activities[0].direction", "'in' or 'out'"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(
    tmp_path: Path, *, table: str, index: int, field: str, value: object, place: str, expected: str
) -> None:
    document = florist()
    document[table][index][field] = value
    message = refusal_of(tmp_path, document)
    assert f"`{place}`" in message
    assert expected in message


@pytest.mark.parametrize("field", ["as_of", "pipelines"])
def test_what_is_required_is_named(tmp_path: Path, field: str) -> None:
    assert f"`{field}` is missing" in refusal_of(tmp_path, {**florist(), field: None})


@pytest.mark.parametrize("name", ["Moskva/Center", "Europe", 3, "../etc/passwd"])
def test_an_unknown_zone(tmp_path: Path, name: object) -> None:
    message = refusal_of(tmp_path, {**florist(), "timezone": name})
    assert "`timezone`" in message
    assert "Europe/Moscow" in message


def test_no_zone_at_all(tmp_path: Path) -> None:
    document = {**florist(), "timezone": None, "as_of": "2026-04-01T12:00:00"}
    assert "`timezone` is missing" in refusal_of(tmp_path, document)


def test_two_stages_of_one_pipeline_share_no_id(tmp_path: Path) -> None:
    document = florist()
    document["pipelines"][0]["stages"][1]["id"] = "s1"
    assert "`pipelines[0].stages[1].id`" in refusal_of(tmp_path, document)


def test_further_problems_are_counted(tmp_path: Path) -> None:
    document = florist()
    for deal in document["deals"]:
        del deal["created_at"]
    assert "and 1 more problem" in refusal_of(tmp_path, document)
