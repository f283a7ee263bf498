"""`stagecheck pipelines` and `stagecheck doctor` say by which edition deals are judged."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update
from typer.testing import CliRunner, Result

from classify.pipeline_file import rule_texts
from flow.cli import app
from flow.doctor.editions import check_editions
from flow.doctor.finding import Finding, Severity
from models.session import open_database, transaction
from models.store.rules import publish_edition
from models.tables import RuleEditionRow

WEB = rule_texts(None)["web_studio"]
AT = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
STANDS = "edition 1 is in force (olga, 2026-11-20 14:05 UTC)"
DISPROVED = WEB.replace("within: {minutes: 15}", "within: {minutes: 1}", 1)


def _publish(url: str, text: str, *, after: int = 0, follows_file: bool = False) -> None:
    database = open_database(url)
    with transaction(database) as session:
        publish_edition(
            session, "web_studio", text, after=after, account=None, who="olga", note="Проба",
            now=AT, follows_file=follows_file,
        )  # fmt: skip
    database.dispose()


def _break(url: str, text: str) -> None:
    database = open_database(url)
    with transaction(database) as session:
        session.execute(update(RuleEditionRow).values(text=text))
    database.dispose()


def _pipelines(url: str, folder: Path, *more: str) -> Result:
    options = ["--db", url, "--state", str(folder), *more]
    return CliRunner().invoke(app, ["pipelines", *options])


def _found(url: str) -> list[Finding]:
    database = open_database(url)
    try:
        return list(check_editions(database))
    finally:
        database.dispose()


def test_the_edition_in_force_is_named_until_the_file_is_in_force_again(
    database_url: str, tmp_path: Path
) -> None:
    _publish(database_url, WEB)
    told = _pipelines(database_url, tmp_path)
    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert lines[lines.index("web_studio") + 1] == f"  {STANDS}"
    assert "b2b_kpi" in lines
    [note] = _found(database_url)
    assert (note.severity, note.what) == (
        Severity.NOTE,
        f"web_studio: {STANDS}, and not its rule file",
    )

    _publish(database_url, WEB, after=1, follows_file=True)
    told = _pipelines(database_url, tmp_path)
    assert (
        "  the rule file is in force again (edition 2, olga, 2026-11-20 14:05 UTC)" in told.stdout
    )
    assert _found(database_url) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WEB.replace("severity: critical", "severity: dire", 1), "severity"),
        (DISPROVED, "the example web_studio-lead_received.card_in_time-passes-1-met comes to"),
    ],
)
def test_an_edition_by_which_nothing_can_be_judged_is_told(
    text: str, said: str, database_url: str, tmp_path: Path
) -> None:
    _publish(database_url, WEB)
    _break(database_url, text)
    told = _pipelines(database_url, tmp_path)
    assert told.exit_code == 2
    assert "edition 1 of the pipeline web_studio" in told.stderr
    assert said in told.stderr
    [error] = _found(database_url)
    assert error.severity is Severity.ERROR
    assert said in error.what


def test_a_file_whose_example_does_not_hold_is_named(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(DISPROVED, encoding="utf-8")
    told = CliRunner().invoke(
        app, ["pipelines", "--pipelines", str(tmp_path), "--state", str(tmp_path / "none")]
    )
    assert told.exit_code == 2
    assert "own: the example web_studio-lead_received.card_in_time" in told.stderr
    assert not (tmp_path / "none").exists(), "nothing is made by looking"
