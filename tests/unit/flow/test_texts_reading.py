"""What `classify` reads, and how it tells what is wrong with it."""

from __future__ import annotations

import io
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flow.texts import read_texts
from models.vocabulary.call import Direction
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.transcript import Segment, Speaker


def call(**changes: object) -> dict[str, Any]:
    return {
        "call_id": "1794208360.18",
        "started_at": "2026-11-09T10:12:40+03:00",
        "timezone": "Europe/Moscow",
        "direction": "in",
        "segments": [
            {"start": 1.0, "end": 3.8, "speaker": "agent", "text": "Синий Кедр, Ирина"},
            {"speaker": "client", "text": "да жду"},
        ],
    } | changes


def write(folder: Path, document: object) -> Path:
    path = folder / "texts.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def test_one_call_and_a_list_of_calls_are_read(tmp_path: Path) -> None:
    [one] = read_texts(write(tmp_path, call()))
    assert one.call_id == "1794208360.18"
    assert one.direction is Direction.IN
    assert one.started_at.isoformat() == "2026-11-09T10:12:40+03:00"
    assert one.segments == (
        Segment(Speaker.AGENT, "Синий Кедр, Ирина", 1.0, 3.8),
        Segment(Speaker.CLIENT, "да жду"),
    )
    assert read_texts(write(tmp_path, [call(), call()])) == [one, one]
    assert read_texts(write(tmp_path, [])) == []


def test_missing_and_null_say_the_same_and_unknown_fields_nothing(tmp_path: Path) -> None:
    bare = call(
        direction=None, topic="сайт", segments=[{"text": "алло", "speaker": None, "start": None}]
    )
    [one] = read_texts(write(tmp_path, bare))
    assert one.direction is None
    assert one.segments == (Segment(Speaker.UNKNOWN, "алло"),)


def test_the_call_s_zone_is_kept_so_that_days_are_its_own(tmp_path: Path) -> None:
    utc = call(started_at="2026-11-09T21:30:00Z", timezone="Asia/Yekaterinburg")
    naive = call(started_at="2026-11-10T02:30:00", timezone="Asia/Yekaterinburg")
    offset = call(started_at="2026-11-10T02:30:00+05:00", timezone=None)
    for document in (utc, naive, offset):
        [one] = read_texts(write(tmp_path, document))
        assert one.started_at.isoformat() == "2026-11-10T02:30:00+05:00"
        assert one.started_at.utcoffset() == timedelta(hours=5)


def test_a_number_serves_as_call_id(tmp_path: Path) -> None:
    [one] = read_texts(write(tmp_path, call(call_id=17)))
    assert one.call_id == "17"


def test_texts_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = b"\xef\xbb\xbf" + json.dumps(call()).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    assert len(read_texts(Path("-"))) == 1


@pytest.mark.parametrize(
    ("document", "place", "problem"),
    [
        (call(call_id=None), "texts.json: call_id", "expected a valid string, found null"),
        ({"segments": []}, "texts.json: call_id", "is missing"),
        ([call(), call(started_at="вчера")], "texts.json: [1].started_at", "ISO 8601 time such as"),
        (call(started_at=1794208360), "texts.json: started_at", "ISO 8601 time such as"),
        (call(started_at="2026-11-09T10:12:40", timezone=None), "texts.json", "no `timezone`"),
        (call(timezone="Moscow"), "texts.json: timezone", "IANA time zone"),
        (call(direction="inbound"), "texts.json: direction", "'in', 'out' or 'internal'"),
        (
            [call(segments=[{"speaker": "manager", "text": "да"}])],
            "texts.json: [0].segments[0].speaker",
            "expected 'agent', 'client' or 'unknown', found \"manager\"",
        ),
        (call(segments=[{"speaker": "agent"}]), "texts.json: segments[0].text", "is missing"),
        (call(segments=[{"text": "да", "start": -1}]), "texts.json: segments[0].start", "greater"),
        (call(segments="да"), "texts.json: segments", "valid list"),
        (["да"], "texts.json: [0]", 'found "да"'),
        ("да", "texts.json", 'found "да"'),
    ],
)
def test_a_wrong_place_is_named(tmp_path: Path, document: object, place: str, problem: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_texts(write(tmp_path, document))
    assert caught.value.place == str(tmp_path / place)
    assert problem in caught.value.problem


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'[{"call_id": 1,]', "is not JSON: .* in line 1, column 16"),
        ("привет".encode("cp1251"), "is not UTF-8 text"),
        (None, "cannot be read \\(No such file"),
    ],
)
def test_a_file_that_is_no_json_is_named(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    path = tmp_path / "texts.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=rf"texts\.json: {problem}"):
        read_texts(path)
