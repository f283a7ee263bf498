"""`stagecheck figures export`: what figures are counted from, as files."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from core.clock import now
from figures.tables import TABLES
from flow.cli import app
from models.session import transaction
from models.store.facts import save_calls, save_deals, save_lines, save_people
from models.vocabulary.figures import Facts
from tests.fakes.api_office import CRM, fill
from tests.fakes.department import Plan, department
from tests.fakes.parquet_reader import read

EARLIER = now() - timedelta(days=7)


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["figures", "export", *words])
    return result.exit_code, result.output


@pytest.fixture
def facts(database: Engine) -> Facts:
    fill(database, calls=1, deals=1)
    older = department(Plan(seed=5, deals=20)).facts
    known = department(Plan(deals=60, currencies=("RUB", "USD"))).facts
    for one, at in ((older, EARLIER), (known, now() - timedelta(hours=1))):
        with transaction(database) as session:
            save_lines(session, CRM, one.lines, at)
            save_people(session, CRM, one.people.values(), at)
            save_deals(session, CRM, one.deals, one.promises, at)
            save_calls(session, CRM, one.calls, at)
    return known


def test_all_tables_are_written_as_csv_and_tell_how_many_rows(
    tmp_path: Path, database_url: str, facts: Facts
) -> None:
    code, told = run("--out", str(tmp_path / "out"), "--db", database_url)
    assert code == 0, told
    for name, table in TABLES.items():
        file = tmp_path / "out" / f"{name}.csv"
        with file.open(encoding="utf-8", newline="") as lines:
            header, *rows = csv.reader(lines)
        assert header == [one.name for one in table.columns]
        assert len(rows) == len(list(table.rows(facts)))
        assert f"{name}.csv: {len(rows)} rows" in told
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith(".out")) == []


def test_parquet_files_of_a_past_moment_say_what_was_known_then(
    tmp_path: Path, database_url: str, facts: Facts
) -> None:
    out, at = tmp_path / "out", (EARLIER + timedelta(days=1)).isoformat()
    code, told = run("--out", str(out), "--db", database_url, "--format", "parquet", "--as-of", at)
    assert code == 0, told
    asked = f"SELECT count(*), count(DISTINCT deal_id) FROM '{out / 'figures_deals.parquet'}'"  # noqa: S608
    assert read(asked) == [(20, 20)]


def test_a_folder_with_files_is_left_alone(tmp_path: Path, database_url: str, facts: Facts) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    code, told = run("--out", str(tmp_path), "--db", database_url)
    assert code == 2
    assert "not an empty folder" in told
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "mine"


def test_before_anything_was_judged_it_says_what_to_do(tmp_path: Path, database_url: str) -> None:
    code, told = run("--out", str(tmp_path / "out"), "--db", database_url)
    assert code == 2
    assert "nothing was judged yet" in told
    assert not (tmp_path / "out").exists()
