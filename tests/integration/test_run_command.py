"""The command line: what it prints, where it writes and how it exits."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flow.cli import app
from models.vocabulary.transcript import Speaker
from tests.fakes.contract import ContractResult
from tests.fakes.office import (
    ANDREYS,
    BORISS,
    SCRIPTS,
    STRANGERS,
    build_cdr,
    build_recordings,
    crm_document,
    write_crm,
)
from tests.fakes.transcriber import FakeTranscriber

Command = Callable[..., Result]


@pytest.fixture
def ears() -> FakeTranscriber:
    return FakeTranscriber(SCRIPTS)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    build_recordings(tmp_path / "records")
    write_crm(tmp_path / "crm.json")
    return tmp_path


@pytest.fixture
def stagecheck(office: Path, ears: FakeTranscriber, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in the office's folder, its engine replaced."""
    monkeypatch.chdir(office)
    monkeypatch.setattr("flow.run.whisper", lambda _speech: ears)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def command(*words: str) -> Result:
        return CliRunner().invoke(app, [*words], catch_exceptions=False)

    return command


def refused(result: Result) -> str:
    """The one sentence of a command that was refused."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    [line] = result.stderr.splitlines()
    return line


def test_all_done_is_status_0_with_a_summary_on_stdout(stagecheck: Command, office: Path) -> None:
    build_cdr(office / "Master.csv")
    result = stagecheck(
        "run", "records", "--crm", "crm.json", "--cdr", "Master.csv", "--json", "out.json",
        "--html", "out.html",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert "\x1b" not in result.stdout
    assert "Deals whose stage is not backed: " in result.stdout
    assert "Coverage: calls 3 (0 min), understood " in result.stdout
    assert "JSON: out.json" in result.stdout
    ContractResult.model_validate_json((office / "out.json").read_bytes())
    assert "<html" in (office / "out.html").read_text(encoding="utf-8")
    assert (office / ".stagecheck" / "stagecheck.db").is_file()


def test_the_summary_speaks_the_users_language(
    stagecheck: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    told = stagecheck("run", "records", "--crm", "crm.json", "--json", "out.json").stdout
    assert "Сделки, чья стадия не подтверждена: " in told
    assert "Охват: звонков 3 (0 мин), понято " in told
    assert "JSON: out.json" in told


def test_a_deal_ahead_of_its_calls_is_told_with_the_reason(stagecheck: Command) -> None:
    told = stagecheck("run", "records", "--crm", "crm.json", "--json", "out.json").stdout
    [deal] = [
        deal
        for deal in json.loads(Path("out.json").read_bytes())["deals"]
        if deal["gap"] == "ahead"
    ]
    assert f"  {deal['id']} " in told
    reasons = [
        one["explanation"]
        for one in deal["requirements"]
        if one["stage"] == deal["verified_stage"]
        and one["severity"] == "critical"
        and one["verdict"] == "missing"
    ]
    assert reasons
    assert all(reason in told for reason in reasons)


def test_an_unusable_recording_is_status_1(stagecheck: Command, ears: FakeTranscriber) -> None:
    ears.failures = {BORISS: RuntimeError("the engine stumbled")}
    result = stagecheck("run", "records", "--crm", "crm.json", "--json", "out.json")
    assert result.exit_code == 1
    assert f"2026/call-{BORISS}.wav: failed: " in result.stdout
    assert len(json.loads(Path("out.json").read_bytes())["errors"]) == 1


def without_contacts() -> dict[str, Any]:
    document = crm_document(contacts=[])
    for deal in document["deals"]:
        deal["contact_ids"] = []
    return document


def test_deals_without_contacts_are_judged_all_the_same(stagecheck: Command, office: Path) -> None:
    (office / "crm.json").write_text(json.dumps(without_contacts()), encoding="utf-8")
    assert stagecheck("run", "records", "--crm", "crm.json", "--json", "out.json").exit_code == 0
    assert len(json.loads(Path("out.json").read_bytes())["deals"]) == 2


def repeated_deal() -> dict[str, Any]:
    document = crm_document()
    document["deals"].append(document["deals"][0])
    return document


def unknown_stage() -> dict[str, Any]:
    document = crm_document()
    document["deals"][0]["stage_id"] = "9999"
    return document


def unknown_key() -> dict[str, Any]:
    document = crm_document()
    document["pipelines"][0]["stages"][0]["key"] = "coffee"
    return document


def unknown_template() -> dict[str, Any]:
    document = crm_document()
    document["pipelines"][0]["template"] = "conveyor"
    return document


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (None, "crm.json: cannot be read (No such file or directory)"),
        ([], "crm.json: is a list, expected a JSON object"),
        (repeated_deal(), "crm.json: `deals[2].id`"),
        (unknown_stage(), "crm.json: `deals[0].stage_id`"),
        (unknown_key(), "coffee"),
        (unknown_template(), "crm.json: pipelines[id=p1].template"),
    ],
)
def test_a_wrong_snapshot_is_told_before_any_work(
    stagecheck: Command, ears: FakeTranscriber, office: Path, document: object, said: str
) -> None:
    (office / "crm.json").unlink()
    if document is not None:
        (office / "crm.json").write_text(json.dumps(document), encoding="utf-8")
    line = refused(stagecheck("run", "records", "--crm", "crm.json"))
    assert said in line
    assert line.startswith("stagecheck: crm.json: ")
    assert ears.heard == []
    assert not (office / ".stagecheck").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere", "--crm", "crm.json"), "nowhere"),
        (("empty", "--crm", "crm.json"), "empty"),
        (("records", "--crm", "crm.json", "--cdr", "no.csv"), "no.csv"),
        (("records", "--crm", "crm.json", "--pipelines", "nowhere"), "nowhere"),
        (("records", "--crm", "crm.json", "--pipelines", "rules"), "rules/own.yaml"),
        (("records", "--crm", "crm.json", "--json", "nowhere/out.json"), "nowhere/out.json"),
        (("records", "--crm", "crm.json", "--html", "empty"), "empty"),
        (("records", "--crm", "crm.json", "--json", "/dev/full"), "/dev/full"),
        (("records", "--crm", "crm.json", "--state", "crm.json"), "crm.json"),
        (("records", "--crm", "crm.json", "--db", "mongodb://host/db"), "--db mongodb://host/db"),
        (("records", "--crm", "crm.json", "--as-of", "yesterday"), "--as-of yesterday"),
    ],
)
def test_a_wrong_option_is_told_with_its_place(
    stagecheck: Command, office: Path, words: tuple[str, ...], said: str
) -> None:
    (office / "empty").mkdir()
    (office / "rules").mkdir()
    (office / "rules" / "own.yaml").write_text("template: own\nsteps: []\n", encoding="utf-8")
    assert said in refused(stagecheck("run", *words))


def test_wrong_settings_are_told(stagecheck: Command, office: Path) -> None:
    (office / "stagecheck.toml").write_text("[speech]\nbeam = 5\n", encoding="utf-8")
    assert "speech.beam" in refused(stagecheck("run", "records", "--crm", "crm.json"))


def test_an_unexpected_error_is_one_sentence(
    stagecheck: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_words: object, **_named: object) -> None:
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr("flow.question.gather_calls", stumble)
    line = refused(stagecheck("run", "records", "--crm", "crm.json"))
    assert "ZeroDivisionError: nobody thought of this" in line
    assert "--verbose" in line


def test_the_odd_in_the_input_is_a_warning(stagecheck: Command, office: Path) -> None:
    document = crm_document(contacts=[])
    (office / "crm.json").write_text(json.dumps(document), encoding="utf-8")
    result = stagecheck("run", "records", "--crm", "crm.json")
    assert result.exit_code == 0
    assert result.stderr.startswith("Warning: crm.json: ")


def test_a_full_disk_is_told_and_the_transcripts_so_far_stay(
    stagecheck: Command, ears: FakeTranscriber
) -> None:
    """No file may grow beyond a size: that is what a full disk looks like to a process."""
    stagecheck("run", "records", "--crm", "crm.json", "--state", "measure")
    ears.heard.clear()
    room = Path("measure/stagecheck.db").stat().st_size + 300_000
    ears.scripts = SCRIPTS | {BORISS: ((Speaker.CLIENT, "а" * 1_000_000),)}
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, kept[1]))
    try:
        line = refused(stagecheck("run", "records", "--crm", "crm.json", "--json", "out.json"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
    assert "Free some space" in line
    assert ".stagecheck/stagecheck.db" in line
    assert not Path("out.json").exists()
    assert ears.heard == [ANDREYS, BORISS]
    assert stagecheck("run", "records", "--crm", "crm.json").exit_code == 0
    assert ears.heard == [ANDREYS, BORISS, BORISS, STRANGERS]


def test_help_is_quick_and_names_every_option() -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "flow.cli", "run", "--help"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert time.monotonic() - began < 5  # other tests may be at work beside it
    for option in ("crm", "cdr", "pipelines", "json", "html", "model", "language", "db", "as-of"):
        assert f"--{option} " in done.stdout


def test_the_page_is_told_in_english_and_the_file_stays_the_contract_s(
    stagecheck: Command,
) -> None:
    options = ("run", "records", "--crm", "crm.json", "--json", "out.json", "--html", "out.html")
    told = stagecheck(*options, "--report-language", "en")
    assert told.exit_code == 0, told.output
    page = Path("out.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    [deal] = [
        one for one in json.loads(Path("out.json").read_bytes())["deals"] if one["gap"] == "ahead"
    ]
    [first, *_] = [one for one in deal["requirements"] if one["verdict"] == "missing"]
    assert re.search("[а-я]", first["explanation"]), "Russian"
    assert first["explanation"] not in page
    assert "There is no task to classify with a due date." in page
    assert "There is no task to classify with a due date." not in Path("out.json").read_text(
        "utf-8"
    )
