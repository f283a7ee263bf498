"""A sidecar tells what it can; what is wrong in it is named and costs only itself."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from ingest.sidecar import read_manifest, read_sidecar, sidecar_from_fields
from ingest.tables import delimiter_of
from models.vocabulary.call import CallFacts, Direction, MetadataSource

WHOLE = {
    "call_id": "1795012269.88",
    "started_at": "2026-11-18T17:31:09+03:00",
    "direction": "in",
    "from": "+79850007731",
    "to": "+7 (495) 000-12-00",
    "extension": "103",
    "user_id": "u103",
    "agent_channel": 1,
    "answered": True,
    "talk_s": 59,
    "deal_id": "2005",
}
WHOLE_FACTS = CallFacts(
    MetadataSource.SIDECAR,
    call_id="1795012269.88",
    started_at=datetime.fromisoformat("2026-11-18T17:31:09+03:00"),
    direction=Direction.IN,
    from_number="+79850007731",
    to_number="+7 (495) 000-12-00",
    extension="103",
    user_id="u103",
    agent_channel=1,
    answered=True,
    talk_s=59,
    deal_id="2005",
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_every_field_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.wav.json"
    path.write_text(json.dumps(WHOLE), encoding=encoding)
    sidecar = read_sidecar(path, "a.wav.json")
    assert sidecar.facts == WHOLE_FACTS
    assert sidecar.problems == ()


def test_unknown_and_empty_fields_are_ignored() -> None:
    sidecar = sidecar_from_fields({"mood": "good", "from": None, "to": " "}, "a.json")
    assert sidecar.facts is None
    assert sidecar.problems == ()


def test_numbers_may_come_as_json_numbers() -> None:
    sidecar = sidecar_from_fields({"from": 79850007731, "extension": 103, "deal_id": 2005}, "a")
    assert sidecar.facts == CallFacts(
        MetadataSource.SIDECAR, from_number="79850007731", extension="103", deal_id="2005"
    )


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("started_at", "yesterday", "ISO 8601"),
        ("started_at", "2026-11-18T17:31:09", "with an offset"),
        ("started_at", 1794208360, "ISO 8601"),
        ("direction", "sideways", '"in", "out" or "internal"'),
        ("agent_channel", 2, "0 (left) or 1 (right)"),
        ("agent_channel", True, "0 (left) or 1 (right)"),
        ("answered", "perhaps", "true or false"),
        ("talk_s", -1, "seconds"),
        ("talk_s", "long", "seconds"),
        ("talk_s", True, "seconds"),
        ("from", ["+7916"], "a text"),
        ("deal_id", {"id": 1}, "a text"),
    ],
)
def test_a_wrong_field_is_named_and_the_others_count(
    field: str, value: object, expected: str
) -> None:
    sidecar = sidecar_from_fields({"user_id": "u1", field: value}, "calls/a.json")
    assert sidecar.facts == CallFacts(MetadataSource.SIDECAR, user_id="u1")
    (problem,) = sidecar.problems
    assert problem.startswith(f"calls/a.json: $.{field}: expected ")
    assert expected in problem


@pytest.mark.parametrize("content", [b"{", b"[1]", b'"x"', b"\xff\xfe\x00", b""])
def test_a_broken_sidecar_is_a_problem(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    sidecar = read_sidecar(path, "calls/a.json")
    assert sidecar.facts is None
    assert sidecar.problems[0].startswith("calls/a.json: ")
    assert "expected a JSON object" in sidecar.problems[0]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_manifest_may_use_any_delimiter(mark: str) -> None:
    text = mark.join(
        ["Recording", "direction", "from", "agent_channel", "answered", "talk_s", "note"]
    )
    text += "\n" + mark.join(["2026\\a.wav", "out", "101", "1", "да", '"12,5"', "x"]) + "\n\n"
    (row,) = read_manifest(text, "list.csv", delimiter_of(text.splitlines()[0]))
    assert row.recording == "2026/a.wav"
    assert row.sidecar.facts == CallFacts(
        MetadataSource.SIDECAR,
        direction=Direction.OUT,
        from_number="101",
        agent_channel=1,
        answered=True,
        talk_s=12.5,
    )


def test_a_wrong_cell_names_its_line() -> None:
    (row,) = read_manifest("recording,direction\na.wav,up\n", "list.csv", ",")
    assert row.sidecar.facts is None
    assert row.sidecar.problems[0].startswith("list.csv, line 2: $.direction: expected")
