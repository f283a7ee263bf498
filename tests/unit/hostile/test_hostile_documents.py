"""JSON and CSV that strangers wrote: used as far as they hold, else refused with one sentence."""

from __future__ import annotations

import json
import os
import resource
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core.crm_settings import CrmSettings
from core.documents import DEEPEST, DocumentError, parse_document
from crm.snapshot import read_snapshot
from flow.texts import read_texts
from ingest.cdr import read_cdr
from ingest.sidecar import MOST_BYTES, Sidecar, read_manifest, read_sidecar
from ingest.tables import LONGEST_LINE, read_text
from models.vocabulary.errors import InvalidInputError
from tests.fakes.recordings_folder import cdr_row

MOSCOW = ZoneInfo("Europe/Moscow")
FIXED = settings(max_examples=150, deadline=None, derandomize=True, database=None)
DEEP = 100_000

# What no JSON reader may fall over: the bytes, and a word of the sentence.
NO_DOCUMENTS: dict[str, tuple[bytes, str]] = {
    "no bytes": (b"", "is not JSON"),
    "NUL bytes": (bytes(100), "is not JSON"),
    "cut in the middle": (b'{"call_id": "a', "is not JSON"),
    "two documents": (b'{"call_id": "a"}{"call_id": "b"}', "is not JSON"),
    "NaN": (b'{"talk_s": NaN}', "NaN is no number"),
    "infinity": (b'{"talk_s": -Infinity}', "-Infinity is no number"),
    "a number beyond all bounds": (b'{"talk_s": 1e999}', "too large"),
    "a number of 31 digits": (b'{"talk_s": ' + b"9" * 31 + b"}", "31 digits"),
    "a number of 10,000 digits": (b'{"call_id": ' + b"9" * 10_000 + b"}", "10000 digits"),
    "a key twice": (b'{"call_id": "a", "from": "1", "call_id": "b"}', 'says "call_id" twice'),
    "nested lists": (b"[" * DEEP + b"]" * DEEP, "nested more than"),
    "nested objects": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "nested more than"),
    "a little too deep": (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "nested more than"),
    "UTF-16": ('{"call_id": "ф"}'.encode("utf-16"), "is not UTF-8"),
    "CP1251": ('{"call_id": "звонок"}'.encode("cp1251"), "is not UTF-8"),
    "overlong UTF-8": (b'{"call_id": "\xc0\xaf"}', "is not UTF-8"),
    "surrogates in UTF-8": (b'{"call_id": "\xed\xa0\x80"}', "is not UTF-8"),
    "a control character in a text": (b'{"call_id": "a\x1b[2Jb"}', "is not JSON"),
    "sound": (b"RIFF\x24\x08\x00\x00WAVEfmt \x10", "is not JSON"),
}


@pytest.mark.parametrize("what", NO_DOCUMENTS)
class TestNoDocument:
    def test_as_a_sidecar(self, what: str, tmp_path: Path) -> None:
        content, word = NO_DOCUMENTS[what]
        path = tmp_path / "call.json"
        path.write_bytes(content)
        sidecar = read_sidecar(path, "call.json")
        assert sidecar.facts is None
        [sentence] = sidecar.problems
        assert sentence.startswith("call.json: ")
        assert word in sentence
        assert "correct it or send it again" in sentence

    def test_as_a_snapshot(self, what: str, tmp_path: Path) -> None:
        content, word = NO_DOCUMENTS[what]
        path = tmp_path / "crm.json"
        path.write_bytes(content)
        with pytest.raises(InvalidInputError, match=r"crm\.json") as refusal:
            read_snapshot(path, CrmSettings())
        assert word in str(refusal.value)

    def test_as_a_text_to_classify(self, what: str, tmp_path: Path) -> None:
        content, word = NO_DOCUMENTS[what]
        path = tmp_path / "call.json"
        path.write_bytes(content)
        with pytest.raises(InvalidInputError, match=r"call\.json") as refusal:
            read_texts(path)
        assert word in str(refusal.value)


@FIXED
@given(some.binary(max_size=400))
def test_any_bytes_are_a_document_or_a_sentence(data: bytes) -> None:
    try:
        parse_document(data, 1 << 20)
    except DocumentError as error:
        sentence = error.problem
    else:
        sentence = "is JSON"
    assert "\n" not in sentence


def test_half_surrogates_and_nul_become_a_replacement() -> None:
    document = parse_document(rb'{"a\u0000": ["\ud83d", "\ud83d\ude00", "\udc00x"]}', 1 << 20)
    assert document == {"a\ufffd": ["\ufffd", "😀", "\ufffdx"]}


def test_a_sidecar_of_100_mb_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "call.json"
    path.write_bytes(b'{"call_id": "')
    os.truncate(path, 100 << 20)
    tracemalloc.start()
    sidecar = read_sidecar(path, "call.json")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "larger than 1 MB" in sidecar.problems[0]
    assert peak < 4 * MOST_BYTES


def sidecar_of(tmp_path: Path, fields: dict[str, Any]) -> Sidecar:
    path = tmp_path / "call.json"
    path.write_text(json.dumps(fields), encoding="utf-8")
    return read_sidecar(path, "call.json")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("call_id", "a\x1b]0;owned\x07"),
        ("call_id", "a\nb"),
        ("call_id", "\u202egnp.exe"),
        ("call_id", "x" * 201),
        ("call_id", {"$ne": None}),
        ("call_id", [[]]),
        ("call_id", 1.5),
        ("from", ["+79160001301"]),
        ("from", True),
        ("started_at", "0001-01-01T00:00:00+14:00"),
        ("started_at", "9999-12-31T23:59:59-12:00"),
        ("started_at", "1970-01-01T00:00:00+00:00"),
        ("started_at", "2026-02-30T00:00:00+03:00"),
        ("started_at", "2026-08-12T10:15:30"),
        ("started_at", 1786518930),
        ("direction", "sideways"),
        ("direction", {}),
        ("agent_channel", 2),
        ("agent_channel", -1),
        ("agent_channel", True),
        ("answered", "perhaps"),
        ("talk_s", -1),
        ("talk_s", 1e300),
        ("talk_s", "1e5000"),
        ("talk_s", "٣٠٠٠٠٠٠٠٠"),
        ("talk_s", {"seconds": 1}),
        ("deal_id", "1'; DROP TABLE calls; --" * 20),
        ("user_id", "u" * (1 << 19)),
    ],
)
def test_a_wrong_field_of_a_sidecar_costs_itself(field: str, value: object, tmp_path: Path) -> None:
    other = "deal_id" if field != "deal_id" else "user_id"
    sidecar = sidecar_of(tmp_path, {field: value, other: "d1"})
    assert sidecar.facts is not None
    assert getattr(sidecar.facts, other) == "d1"
    [sentence] = sidecar.problems
    assert f"$.{field}" in sentence
    assert sentence.endswith("field ignored")
    assert sentence.isprintable()
    assert len(sentence) < 250


ANY_JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
NAMES = ("call_id", "started_at", "direction", "from", "agent_channel", "answered", "talk_s")


@FIXED
@given(some.dictionaries(some.sampled_from(NAMES), ANY_JSON))
def test_any_value_in_a_sidecar_is_used_or_named(
    tmp_path_factory: pytest.TempPathFactory, fields: dict[str, Any]
) -> None:
    sidecar = sidecar_of(tmp_path_factory.getbasetemp(), fields)
    if sidecar.facts is not None and sidecar.facts.started_at is not None:
        assert sidecar.facts.started_at.astimezone(MOSCOW) + timedelta(days=7)
    for sentence in sidecar.problems:
        assert sentence.startswith("call.json")


# Tables


def problems_of(tmp_path: Path, *lines: str) -> list[str]:
    """What is said of a CDR in which a good row stands before these."""
    path = tmp_path / "Master.csv"
    path.write_text("".join(f"{line}\n" for line in (GOOD_ROW, *lines)), encoding="utf-8")
    cdr = read_cdr(path, MOSCOW)
    assert len(cdr.rows) == 1
    return [sentence for _, sentence in cdr.problems]


GOOD_ROW = cdr_row("101", "89160001301", "PJSIP/101-1", "PJSIP/trunk-1")
BAD_ROWS: dict[str, Callable[[], str]] = {
    "a line of 10 MB": lambda: '"' + "x" * (10 << 20) + '"',
    "a million columns": lambda: "," * 1_000_000,
    "two thousand columns": lambda: "," * 2_000,
    "a quotation mark without end": lambda: '"",' + GOOD_ROW,
    "a duration of 400 digits": lambda: GOOD_ROW.replace("159", "9" * 400),
    "a negative duration": lambda: GOOD_ROW.replace("159", "-159"),
    "a duration of NaN": lambda: GOOD_ROW.replace("159", "nan"),
    "a start in the year 9999": lambda: GOOD_ROW.replace("2026-08-12 10:15:30", "9999-12-31 23:59:59"),
    "a start in 1970": lambda: GOOD_ROW.replace("2026-08-12 10:15:30", "1970-01-01 00:00:00"),
    "a start on 30 February": lambda: GOOD_ROW.replace("2026-08-12 10:15:30", "2026-02-30 10:15:30"),
    "a disposition nobody knows": lambda: GOOD_ROW.replace("ANSWERED", "=cmd|'/c calc'!A1"),
    "text": lambda: "<html><body>502 Bad Gateway</body></html>",
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_ROWS)
def test_a_bad_row_of_a_cdr_costs_itself(what: str, tmp_path: Path) -> None:
    [sentence] = problems_of(tmp_path, BAD_ROWS[what]())
    assert len(sentence) < 300


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (bytes(1000), "no text"),
        (b"\x98\x98\x98", "no text"),
        ("a,b\n".encode("utf-16") + b"\x00", "no text"),
        ("a\x00b,c\n".encode("utf-16"), "no text"),
        (b"a" * 100_000, "the line has 100000 characters"),
    ],
    ids=["NUL bytes", "no encoding at all", "half of UTF-16", "NUL in UTF-16", "one long line"],
)
def test_a_cdr_that_is_no_table_is_refused(content: bytes, word: str, tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=word) as refusal:
        read_cdr(path, MOSCOW)
    assert "Master.csv" in str(refusal.value)


def test_a_sparse_table_of_a_terabyte_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "Master.csv"
    path.touch()
    os.truncate(path, 1 << 40)
    began = time.monotonic()
    with pytest.raises(ValueError, match="larger than 256 MB"):
        read_text(path)
    assert time.monotonic() - began < 5


def test_a_manifest_with_a_hostile_row_says_so() -> None:
    with pytest.raises(ValueError, match="more than"):
        read_manifest("recording,from\n" + "x" * (LONGEST_LINE + 1), "m.csv", ",")


@FIXED
@given(some.text(max_size=300))
def test_any_text_is_a_table_of_calls_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(f"{GOOD_ROW}\n{text}".encode())
    try:
        cdr = read_cdr(path, UTC)
    except InvalidInputError as error:
        assert "any.csv" in str(error)  # noqa: PT017 - either outcome is right
    else:
        assert cdr.rows


# CRM snapshots


def florist(**changes: Any) -> dict[str, Any]:
    return {
        "as_of": "2026-04-01T12:00:00+03:00",
        "timezone": "Europe/Moscow",
        "pipelines": [{"id": "p", "template": "classic_cycle", "stages": [{"id": "s1"}]}],
        "users": [],
        "companies": [],
        "contacts": [{"id": "k1"}],
        "deals": [deal()],
        "stage_changes": [],
        "activities": [],
    } | changes


def deal(**changes: Any) -> dict[str, Any]:
    return {
        "id": "d1",
        "pipeline_id": "p",
        "stage_id": "s1",
        "created_at": "2026-03-01T12:00:00+03:00",
        "contact_ids": ["k1"],
    } | changes


def written(tmp_path: Path, document: object) -> Path:
    path = tmp_path / "crm.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


SNAPSHOTS: dict[str, dict[str, Any]] = {
    "the same deal twice": florist(deals=[deal(), deal()]),
    "a deal created in the year 1": florist(deals=[deal(created_at="0001-01-01T00:00:00+14:00")]),
    "a deal created in the year 9999": florist(deals=[deal(created_at="9999-12-31T23:59:59-12:00")]),
    "a deal of 10^400 roubles": florist(deals=[deal(amount="9" * 400)]),
    "a deal of true roubles": florist(deals=[deal(amount=True)]),
    "a deal that is a list": florist(deals=[[deal()]]),
    "deals that are an object": florist(deals={"d1": deal()}),
    "an id that is an object": florist(deals=[deal(id={"$gt": ""})]),
    "a pipeline without stages": florist(pipelines=[{"id": "p", "template": "x", "stages": []}]),
    "a stage nobody has": florist(deals=[deal(stage_id="s" * 100_000)]),
    "a time zone that is a path": florist(timezone="../../../../etc/passwd"),
    "a time zone that is a list": florist(timezone=["Europe/Moscow"]),
    "a time zone of a megabyte": florist(timezone="Z" * (1 << 20)),
    "an `as_of` of the year 1": florist(as_of="0001-01-01T00:00:00+00:00"),
}  # fmt: skip


@pytest.mark.parametrize("what", SNAPSHOTS)
def test_a_hostile_snapshot_is_refused_by_its_place(what: str, tmp_path: Path) -> None:
    path = written(tmp_path, SNAPSHOTS[what])
    with pytest.raises(InvalidInputError, match=r"crm\.json") as refusal:
        read_snapshot(path, CrmSettings())
    assert len(str(refusal.value)) < 1000
    assert "docs/formats.md" in str(refusal.value)


def test_stages_that_go_in_circles_are_only_history(tmp_path: Path) -> None:
    stages = [{"id": "s1"}, {"id": "s2"}]
    moves = [
        {"deal_id": "d1", "from": f"s{1 + at % 2}", "to": f"s{2 - at % 2}", "at": "2026-03-01T12:00:00"}
        for at in range(1000)
    ]  # fmt: skip
    pipelines = [{"id": "p", "template": "classic_cycle", "stages": stages}]
    path = written(tmp_path, florist(pipelines=pipelines, stage_changes=moves))
    assert len(read_snapshot(path, CrmSettings()).snapshot.stage_changes) == 1000


def test_references_in_circles_and_to_nothing_are_warnings(tmp_path: Path) -> None:
    people = [{"id": "k1", "company_id": "k1"}, {"id": "k2", "company_id": "gone"}]
    path = written(tmp_path, florist(contacts=people))
    assert len(read_snapshot(path, CrmSettings()).warnings) == 2


@pytest.mark.slow
def test_a_snapshot_of_a_million_people_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, florist(contacts=[{"id": f"k{at}"} for at in range(1, 1_000_001)]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read = read_snapshot(path, CrmSettings())
    assert len(read.snapshot.contacts) == 1_000_000
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert more < 4 << 20  # kilobytes: 4 GB


def test_a_thousand_oddities_are_told_in_a_hundred_lines(tmp_path: Path) -> None:
    people = [{"id": f"k{at}", "company_id": "gone" * 1000} for at in range(1000)]
    warnings = read_snapshot(written(tmp_path, florist(contacts=people)), CrmSettings()).warnings
    assert len(warnings) == 101
    assert "900 more" in warnings[-1]
    assert max(map(len, warnings)) < 1000


# Texts to classify

TALK = {"call_id": "a", "started_at": "2026-11-09T10:12:40+03:00", "segments": [{"text": "Да"}]}


@pytest.mark.parametrize(
    "changes",
    [
        {"started_at": "0001-01-01T00:00:00+14:00"},
        {"started_at": "9999-12-31T23:59:59-12:00"},
        {"started_at": 0},
        {"timezone": "/etc/passwd"},
        {"timezone": "../Europe/Moscow"},
        {"timezone": "\x00"},
        {"segments": {"text": "Да"}},
        {"segments": [{"text": "Да", "start": 1e300}]},
        {"segments": [{"text": "Да", "start": -1}]},
        {"segments": [{"text": ["Да"]}]},
        {"segments": [[[[[]]]]]},
        {"segments": [{"text": "Да", "speaker": "x" * 100_000}]},
        {"call_id": {"a": "b" * 100_000}},
        {"direction": "\u202e"},
    ],
    ids=str,
)
def test_a_hostile_text_is_refused_by_its_place(changes: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "call.json"
    path.write_text(json.dumps([TALK | changes]), encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"call\.json") as refusal:
        read_texts(path)
    assert len(str(refusal.value)) < 500
