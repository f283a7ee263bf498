"""Retention and forgetting may be killed at any moment; the same command then finishes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from models.session import sqlite_url
from models.tables import CallRow, KeepingEventRow, RecordingRow, TombstoneRow, TranscriptRow
from tests.fakes.kept_office import DAYS, LATER, KeptOffice, judged_office
from tests.fakes.office import ANDREY, ANDREYS

MOMENTS = ("marked", "files 1", "files 2", "rows", "scrub")


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> KeptOffice:
    folder = tmp_path / "office"
    in_state = sqlite_url(folder / "state" / "stagecheck.db")
    return judged_office(folder, in_state if database_url.startswith("sqlite") else database_url)


def killed(office: KeptOffice, what: str, moment: str) -> None:
    """Begins one of the two in a process of its own and kills it -9 at that moment."""
    places = [str(office.folder), office.url, moment, LATER.isoformat()]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.slow_keeping", what, *places],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    with process.stdout as lines:
        while lines.readline() != "there\n":
            assert process.poll() is None, "it ended before it came to the moment"
        process.kill()
        assert process.wait(60) == -9


@pytest.mark.parametrize("moment", MOMENTS)
def test_retention_is_finished_by_the_next_one(office: KeptOffice, moment: str) -> None:
    calls = [one["call_id"] for one in office.run().result["calls"]]
    killed(office, "retain", moment)
    after = office.run()  # whoever comes in between finds every call, and hears none again
    assert [one["call_id"] for one in after.result["calls"]] == calls
    assert office.ears.heard == []
    done = office.retain(audio_days=DAYS, transcript_days=DAYS, quotes_days=DAYS)
    assert done.problems == []
    assert office.sounds() == []
    assert not list((office.folder / "records" / "2026").iterdir())
    assert {row.state for row in office.rows(RecordingRow)} == {"expired"}
    assert {row.removing == [] for row in office.rows(RecordingRow)} == {True}
    assert all(row.segments == [] for row in office.rows(TranscriptRow))
    assert [one["call_id"] for one in office.run().result["calls"]] == calls


@pytest.mark.parametrize("moment", MOMENTS)
def test_forgetting_is_finished_by_the_next_one(office: KeptOffice, moment: str) -> None:
    killed(office, "forget", moment)
    assert office.rows(TombstoneRow)  # whatever was interrupted, nothing comes in again
    assert [row.what for row in office.rows(KeepingEventRow)] == ["forget begun"]
    command = [
        sys.executable, "-m", "flow.cli", "forget", "--phone", ANDREY, "--yes",
        "--state", str(office.folder / "state"), "--db", office.url,
    ]  # fmt: skip
    again = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        timeout=120,
    )
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Found: 0" in again.stdout
    assert f"call-{ANDREYS}.wav" not in office.sounds()
    assert [row for row in office.rows(CallRow) if row.client_number == ANDREY] == []
    for path in office.folder.joinpath("state").rglob("*"):
        assert path.is_dir() or ANDREY[2:].encode() not in path.read_bytes()
