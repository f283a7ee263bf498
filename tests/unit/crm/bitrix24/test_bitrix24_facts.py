"""The table of what Bitrix24's methods take is that of the official schemas, where they lie here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.fakes.crm.bitrix24_facts import (
    BEYOND_THE_SCHEMAS,
    METHODS,
    NOT_NEEDED_AFTER_ALL,
    OTHER_TYPES,
    fault_of,
)

SCHEMAS = Path("/work/shared/fixtures/bitrix24/methods")
_ALIKE = {
    "string[]": "array",
    "user": "integer",
    "char": "boolean",
    "crm_status": "string",
    "double": "double",
}


def schemas() -> dict[str, dict[str, Any]]:
    """The official schemas; none where they are not at hand, since the table stands for them."""
    read = [json.loads(path.read_text(encoding="utf-8")) for path in SCHEMAS.glob("*.json")]
    return {one["method"]: one for one in read if one["method"] in METHODS}


def test_the_table_says_what_the_schemas_say() -> None:
    for name, schema in schemas().items():
        method = METHODS[name]
        known = {one["name"]: one for one in schema["params"]}
        beyond = {param for place, param in BEYOND_THE_SCHEMAS if place == name}
        if set(known) == {"result", "time"}:  # the page of a method that takes nothing
            known = {}
        assert set(method.takes) - beyond <= set(known), name
        for param, kind in method.takes.items():
            if param in beyond or (name, param) in OTHER_TYPES:
                continue
            told = _ALIKE.get(known[param]["type"], known[param]["base"])
            assert told == kind, (name, param)
        needed = {one for one, told in known.items() if told["required"] is True}
        needed -= {param for place, param in NOT_NEEDED_AFTER_ALL if place == name}
        assert needed == set(method.needs), name
        assert method.scope in (schema["scope"] or "", ""), name


def test_the_table_knows_the_keys_that_the_schemas_know() -> None:
    for name, schema in schemas().items():
        for param, (keys, needed) in METHODS[name].inner.items():
            (told,) = (one for one in schema["params"] if one["name"] == param)
            place = told["ref"].rpartition("/")[2]
            fields = {one["name"]: one["required"] for one in schema["defs"][place]["fields"]}
            assert set(keys) == set(fields), (name, param)
            assert set(needed) == {one for one, is_needed in fields.items() if is_needed}


def test_requests_that_break_the_table_are_told() -> None:
    assert fault_of("crm.deal.get", {"id": 1}) is None
    assert fault_of("crm.deal.get", {"id": "1"}) is None
    assert fault_of("crm.deal.get", {}) == "crm.deal.get needs `id`"
    assert fault_of("crm.deal.get", {"ID": 1}) == "crm.deal.get takes no parameter `ID`"
    assert fault_of("crm.deal.get", {"id": "x"}) == "crm.deal.get: `id` is no integer"
    note = {"ENTITY_ID": 1, "ENTITY_TYPE": "deal"}
    assert fault_of("crm.timeline.comment.add", {"FIELDS": note}) is not None
    assert fault_of("crm.timeline.comment.add", {"fields": note}) is not None
    assert fault_of("crm.timeline.comment.add", {"fields": {**note, "COMMENT": "x"}}) is None
    line = {"SIDE": "User", "START_TIME": 0, "STOP_TIME": 1}
    asked = {"CALL_ID": "1", "MESSAGES": [line]}
    assert fault_of("telephony.call.attachTranscription", asked) is not None
