"""The main job on the sample calls, with the real speech model: what `make demo` shows."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
STAGECHECK = Path(sys.executable).with_name("stagecheck")

pytestmark = pytest.mark.slow


def _run(folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [
            STAGECHECK, "run", SAMPLES / "recordings", "--crm", SAMPLES / "crm.json",
            "--state", folder, "--json", folder / "result.json", "--html", folder / "report.html",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=540,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samples")


@pytest.fixture(scope="module")
def result(folder: Path) -> dict[str, Any]:
    return _run(folder)


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    known: dict[str, Any] = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))
    return known


def test_every_call_finds_its_deal(result: dict[str, Any], truth: dict[str, Any]) -> None:
    found = {call["recording"]: call["deal"]["id"] for call in result["calls"]}
    assert found == {call["recording"]: call["deal"]["id"] for call in truth["calls"]}


@pytest.mark.parametrize(
    ("deal", "gap", "stage"),
    [
        ("1002", "ahead", "meeting_scheduling"),
        ("1003", "ahead", "meeting_scheduling"),
        ("1004", "ahead", "proposal"),
        ("1005", "none", "meeting"),
        ("1006", "unknown", "meeting_scheduling"),
        ("1008", "none", "proposal"),
    ],
)
def test_each_deal_stands_where_it_really_stands(
    result: dict[str, Any], deal: str, gap: str, stage: str
) -> None:
    [found] = [one for one in result["deals"] if one["id"] == deal]
    assert (found["gap"], found["verified_stage"]) == (gap, stage)


@pytest.mark.parametrize(
    ("kind", "deal"),
    [
        ("slot_mismatch", "1002"),
        ("proposal_without_needs", "1003"),
        ("promise_broken", "1004"),
        ("missing_recording", "1006"),
        ("follow_up_missed", "1008"),
    ],
)
def test_the_supervisor_is_shown_what_happened(
    result: dict[str, Any], kind: str, deal: str
) -> None:
    assert (kind, deal) in {(flag["kind"], flag["deal_id"]) for flag in result["flags"]}


def test_nobody_is_accused_falsely(result: dict[str, Any], truth: dict[str, Any]) -> None:
    forbidden = {(flag["kind"], flag["deal_id"]) for flag in truth["flags_forbidden"]}
    assert forbidden.isdisjoint((flag["kind"], flag["deal_id"]) for flag in result["flags"])


def test_every_quote_stands_in_the_transcript(result: dict[str, Any]) -> None:
    for call in result["calls"]:
        spoken = [segment["text"] for segment in call["segments"]]
        for action in call["actions"]:
            assert any(action["quote"] in text for text in spoken), action


def test_the_second_time_nothing_is_transcribed_and_nothing_changes(
    folder: Path, result: dict[str, Any]
) -> None:
    assert _run(folder) == result


def test_the_page_tells_the_same(folder: Path, result: dict[str, Any]) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Интернет-магазин чая" in page
    assert "Время в CRM не то, о чём договорились" in page
