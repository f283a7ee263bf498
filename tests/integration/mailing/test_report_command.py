"""`stagecheck figures report` writes a report that programs read and spreadsheets cannot run."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flow.cli import app
from tests.fakes.kept_office import judged_office

WEEK = ("--week", "2026-W47")


def report(state: Path, out: Path, *more: str) -> tuple[int, str]:
    asked = ["figures", "report", "--state", str(state), "--out", str(out), *more]
    done = CliRunner().invoke(app, asked)
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of an office that was judged."""
    folder = tmp_path_factory.mktemp("office")
    return judged_office(folder).folder / "state"


def test_it_writes_a_page_a_table_and_a_workbook(state: Path, tmp_path: Path) -> None:
    code, said = report(state, tmp_path / "new", *WEEK, "--report-language", "en")
    assert code == 0, said
    files = sorted((tmp_path / "new").iterdir())
    assert [file.suffix for file in files] == [".csv", ".html", ".xlsx"]
    table, page, book = files
    assert "2026-W47" in page.read_text(encoding="utf-8")
    lines = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig"))))
    assert {len(line) for line in lines} == {7}
    with zipfile.ZipFile(book) as parts:
        assert "xl/workbook.xml" in parts.namelist()


def test_an_issued_report_is_written_again_to_the_byte(state: Path, tmp_path: Path) -> None:
    code, said = report(state, tmp_path / "a", *WEEK)
    assert code == 0, said
    found = re.search(r"Report number (\d+)", said)
    assert found
    code, said = report(state, tmp_path / "b", "--edition", found[1])
    assert code == 0, said
    for file in (tmp_path / "a").iterdir():
        assert (tmp_path / "b" / file.name).read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--week", "46"), "2026-W46"),
        (("--edition", "999"), "no report number 999"),
        (("--for", "stranger"), "stranger"),
    ],
)
def test_what_cannot_be_reported_is_told(
    state: Path, tmp_path: Path, more: tuple[str, ...], told: str
) -> None:
    code, said = report(state, tmp_path / "no", *more)
    assert code != 0
    assert told in said
    assert "Traceback" not in said


def test_nothing_judged_is_told_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    code, said = report(tmp_path / "state", tmp_path / "out")
    assert code != 0
    assert "stagecheck" in said
