"""`stagecheck ledger` as an administrator types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flow.cli import app
from tests.fakes.recordings_folder import cdr_row

LINE = cdr_row("79161234567", "101", "PJSIP/trunk-0000002a", "PJSIP/101-0000002d")
OUT = cdr_row(
    "101", "89261112233", "PJSIP/101-0000002d", "PJSIP/trunk-0000002a", uid="1786608930.50",
    start="2026-08-13 11:15:30", answer="2026-08-13 11:15:41", end="2026-08-13 11:18:09",
)  # fmt: skip


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STAGECHECK_PBX__TIMEZONE", "Europe/Moscow")
    (tmp_path / "Master.csv").write_text(f"{LINE}\n{OUT}\n", encoding="utf-8")
    return tmp_path


def stagecheck(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["ledger", *arguments])
    return done.exit_code, done.stdout, done.stderr


def test_an_import_tells_what_it_came_to() -> None:
    assert stagecheck("import", "Master.csv") == (
        0,
        "Master.csv: 2 new, 0 there already, 0 renewed, 0 lines left out\n",
        "",
    )
    code, out, _ = stagecheck("import", "Master.csv", "Master.csv")
    assert (code, out.count("0 new, 2 there already, 0 renewed")) == (0, 2)


def test_lines_that_are_none_are_told_and_the_others_taken(here: Path) -> None:
    (here / "Master.csv").write_text(f"{LINE}\nnonsense\n", encoding="utf-8")
    code, out, problems = stagecheck("import", "Master.csv")
    assert (code, out) == (1, "Master.csv: 1 new, 0 there already, 0 renewed, 1 lines left out\n")
    assert "Master.csv, line 2: 1 fields in an order that no known CDR has" in problems


def test_a_system_that_is_set_up_has_its_own_ledger(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "stagecheck.toml").write_text('[sources.ural]\ncdr_timezone = "UTC"\n')
    assert stagecheck("import", "Master.csv", "--source", "ural")[0] == 0
    _, out, _ = stagecheck("show")
    assert "2026-08-12 ural" in out
    code, _, problem = stagecheck("import", "Master.csv", "--source", "moon")
    assert (code, problem.count("\n")) == (2, 1)
    assert "moon: is no telephone system with settings of its own (known: ural)" in problem


def test_the_account_is_shown_and_written(here: Path) -> None:
    stagecheck("import", "Master.csv")
    code, out, _ = stagecheck("show", "--json", "ledger.json")
    assert code == 0
    assert "2026-08-12      1         0         1           0            0       0" in out
    assert "answered call without a recording: +79161234567, 1786518930.42" in out
    written = json.loads((here / "ledger.json").read_text(encoding="utf-8"))
    assert list(written) == ["version", "as_of", "sources", "days", "numbers", "gaps"]
    counts = {
        "calls": 1,
        "internal": 0,
        "answered": 1,
        "recordings": 0,
        "transcribed": 0,
        "judged": 0,
    }
    assert written["days"][0] == {"day": "2026-08-12", "source": "", **counts}
    assert written["sources"][0]["last_in_cdr"] == "2026-08-13T11:15:30+03:00"
    (first, second) = written["gaps"]
    assert first.pop("age_s") > second["age_s"]
    assert first == {
        "kind": "no_recording",
        "normal": True,
        "source": "",
        "since": "2026-08-12T10:17:58+03:00",
        "day": "2026-08-12",
        "call_id": "1786518930.42",
        "number": "+79161234567",
        "recording": None,
        "detail": None,
    }


def test_a_day_and_a_client_can_be_asked_for() -> None:
    stagecheck("import", "Master.csv")
    _, day, _ = stagecheck("show", "--day", "2026-08-13")
    assert "+79261112233" in day
    assert "+79161234567" not in day
    _, client, _ = stagecheck("show", "--number", "8 916 123-45-67")
    assert "+79161234567" in client
    assert "+79261112233" not in client
    assert "No calls here." in stagecheck("show", "--since", "2026-08-14")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "--day", "yesterday"], "--day yesterday: is no day. Write it like 2026-11-20."),
        (["show", "--day", "2026-08-12", "--since", "2026-08-12"], "do not go together"),
        (["show", "--number", "anna"], "--number: is no telephone number"),
        (["show", "--json", "nowhere/out.json"], "nowhere/out.json: cannot be written"),
        (["import", "nowhere.csv"], "nowhere.csv: cannot be read (No such file or directory)"),
        (["import", "."], ".: cannot be read"),
    ],
)
def test_wrong_input_ends_in_one_sentence(arguments: list[str], said: str) -> None:
    code, _, problem = stagecheck(*arguments)
    assert (code, problem.count("\n")) == (2, 1)
    assert said in problem


def test_the_zone_must_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STAGECHECK_PBX__TIMEZONE")
    code, _, problem = stagecheck("import", "Master.csv")
    assert code == 2
    assert "setting pbx.timezone: is not set and no CRM was read yet" in problem
