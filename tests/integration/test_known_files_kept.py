"""What was found in files is kept in the database, and forgotten with the files."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from flow.cli import app
from flow.known_files import KeptFiles
from models.session import open_database, reading, sqlite_url, transaction
from models.store.files import forget_known_files, load_known_files, save_known_files
from models.vocabulary.files import KnownFile, Mark
from tests.fakes.office import SCRIPTS, build_recordings, write_crm
from tests.fakes.transcriber import FakeTranscriber

LARGE = Mark(5_000_000_000, 1_786_518_930_123_456_789, (1 << 63) - 1, 1_786_518_930_123_456_789)
SOUND = KnownFile(LARGE, "ab" * 32)
PROBE = KnownFile(LARGE, None, "not_audio", "the file is text")


def _save(database: Engine, files: dict[str, KnownFile], source: str = "/monitor") -> None:
    with transaction(database) as session:
        save_known_files(session, source, files)


def _load(database: Engine, source: str = "/monitor") -> dict[str, KnownFile]:
    with reading(database) as session:
        return load_known_files(session, source)


def test_files_are_kept_per_folder(database: Engine) -> None:
    files = {"2026/звонок.wav": SOUND, r"\xcf.wav": SOUND, "probe.txt": PROBE}
    _save(database, files)
    _save(database, {"probe.txt": SOUND}, "/other")
    assert _load(database) == files
    assert _load(database, "/other") == {"probe.txt": SOUND}
    assert _load(database, "/nowhere") == {}


def test_a_file_read_again_replaces_what_was_known(database: Engine) -> None:
    _save(database, {"a": SOUND, "b": SOUND})
    _save(database, {"a": PROBE})
    _save(database, {})
    assert _load(database) == {"a": PROBE, "b": SOUND}


def test_forgotten_files_are_forgotten_in_their_folder_only(database: Engine) -> None:
    _save(database, {"a": SOUND, "b": SOUND})
    _save(database, {"a": SOUND}, "/other")
    with transaction(database) as session:
        forget_known_files(session, "/monitor", ["a", "never there"])
        forget_known_files(session, "/monitor", [])
    assert _load(database) == {"b": SOUND}
    assert _load(database, "/other") == {"a": SOUND}


def test_times_that_no_column_holds_never_agree(database: Engine) -> None:
    odd = KnownFile(LARGE._replace(mtime_ns=1 << 64), "ab" * 32)
    _save(database, {"a": odd})
    assert KeptFiles(database, "/monitor").find("a", odd.mark) is None


def test_only_the_very_same_file_is_known_again(database: Engine) -> None:
    _save(database, {"a": SOUND})
    kept = KeptFiles(database, "/monitor")
    assert kept.find("a", LARGE) == SOUND
    for field in Mark._fields:
        assert kept.find("a", LARGE._replace(**{field: 1})) is None
    assert kept.find("b", LARGE) is None


def test_a_scan_leaves_what_it_met(database: Engine) -> None:
    _save(database, {"stays": SOUND, "changes": SOUND, "goes": SOUND})
    kept = KeptFiles(database, "/monitor")
    kept.find("stays", LARGE)
    kept.learn("changes", PROBE)
    kept.learn("comes", SOUND)
    kept.keep()
    assert _load(database) == {"stays": SOUND, "changes": PROBE, "comes": SOUND}


def test_a_scan_that_is_killed_keeps_most_of_what_it_read(database: Engine) -> None:
    kept = KeptFiles(database, "/monitor")
    for number in range(2500):
        kept.learn(f"{number}.wav", SOUND)
    assert len(_load(database)) == 2000


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    build_recordings(tmp_path / "records")
    write_crm(tmp_path / "crm.json")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("flow.run.whisper", lambda _speech: FakeTranscriber(SCRIPTS))
    # The files were written just now, which is too lately to be trusted.
    monkeypatch.setattr("ingest.arrival._FRESH_NS", 0)
    return tmp_path


def test_a_second_run_reads_no_recording_to_know_it(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["run", "records", "--crm", "crm.json"]
    assert CliRunner().invoke(app, words, catch_exceptions=False).exit_code == 0
    database = open_database(sqlite_url(office / ".stagecheck" / "stagecheck.db"))
    known = _load(database, str(office / "records"))
    database.dispose()
    assert len(known) == 6  # three recordings, three sidecars
    assert sum(file.sha256 is not None for file in known.values()) == 3

    def read(path: Path) -> None:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr("ingest.arrival._read", read)
    assert CliRunner().invoke(app, words, catch_exceptions=False).exit_code == 0
