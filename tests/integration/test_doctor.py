"""`stagecheck doctor`: what it finds, what it mends, and that it leaves the rest alone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update
from typer.testing import CliRunner

from core.clock import now
from core.sealing_settings import SealingSettings
from core.settings import Settings
from flow.cli import app
from flow.doctor.finding import Finding, Severity
from flow.doctor.visit import Patient, is_well, visit
from flow.question import RunRequest
from flow.service.workplace import Workplace
from models.sealed import make_key, read_keys, seal_in_place
from models.session import transaction
from models.store.claims import claim
from models.store.jobs import ask_for
from models.tables import CallRow, JobRow, RecordingRow, TranscriptRow
from models.vocabulary.work import JobKind, Lane, Want
from tests.fakes.office import ANDREYS, BORISS, SCRIPTS
from tests.fakes.small_service import build_office, do_what_waits, opened, work_off
from tests.fakes.transcriber import FakeTranscriber

SETTINGS = Settings.model_validate({"alerts": {"free_gb": 0}})
DAYS = 86_400.0


@pytest.fixture
def engine() -> FakeTranscriber:
    return FakeTranscriber(SCRIPTS)


@pytest.fixture
def place(tmp_path: Path, database_url: str, engine: FakeTranscriber) -> Iterator[Workplace]:
    """The office, all of its calls heard."""
    request = replace(build_office(tmp_path), db=database_url)
    request.state.mkdir()
    with opened(request, engine) as one:
        work_off(one)
        with transaction(one.database) as session:  # later looks at verdicts are of no matter here
            session.execute(delete(JobRow).where(JobRow.kind != JobKind.CALL.value))
        yield one


def _visit(
    request: RunRequest,
    *,
    deep: bool = False,
    repair: bool = False,
    later_s: float = 0.0,
    settings: Settings = SETTINGS,
) -> tuple[list[Finding], list[str]]:
    said: list[str] = []
    patient = Patient(request.db, request.state, settings, time.time() + later_s)
    return visit(patient, deep=deep, repair=repair, say=said.append), said


def _one(findings: list[Finding]) -> Finding:
    [finding] = findings
    return finding


def _recording(request: RunRequest, seconds: int) -> Path:
    return request.recordings / "2026" / f"call-{seconds}.wav"


def test_a_service_that_works_is_well(place: Workplace) -> None:
    assert _visit(place.request, deep=True, later_s=30 * DAYS) == ([], [])


def test_recordings_that_are_gone(place: Workplace) -> None:
    _recording(place.request, ANDREYS).unlink()
    finding = _one(_visit(place.request, deep=True)[0])
    assert (finding.severity, len(finding.subjects)) == (Severity.WARNING, 1)
    assert finding.subjects[0].endswith("call-3.wav")
    with transaction(place.database) as session:
        session.execute(delete(JobRow))
        session.execute(update(CallRow).values(transcript_id=None))
        session.execute(delete(TranscriptRow))
        session.execute(update(RecordingRow).values(state="arrived"))
    whats = [one.what for one in _visit(place.request)[0]]
    assert whats == [
        "3 calls were not heard, and nobody is to hear them",
        "1 recordings are gone that nobody has heard yet",
    ]


def test_a_disk_that_is_not_there_is_one_finding(place: Workplace) -> None:
    place.request.recordings.rename(place.request.recordings.with_name("elsewhere"))
    finding = _one(_visit(place.request, deep=True)[0])
    assert finding.subjects == (str(place.request.recordings),)


def test_recordings_that_no_row_knows(place: Workplace) -> None:
    folder = place.request.recordings
    (folder / "new.wav").write_bytes(b"RIFF" + bytes(1000))
    (folder / "copy.wav").write_bytes(_recording(place.request, ANDREYS).read_bytes())
    (folder / ".hidden.wav").write_bytes(b"RIFF")
    (folder / "notes.txt").write_text("no recording")
    assert _visit(place.request) == ([], [])  # they have only just come
    finding = _one(_visit(place.request, later_s=3600)[0])
    assert finding.subjects == (str(folder / "new.wav"),)


def test_a_recording_that_was_changed_is_found_by_reading(place: Workplace) -> None:
    path = _recording(place.request, BORISS)
    body = bytearray(path.read_bytes())
    body[-1] ^= 1
    path.write_bytes(body)
    assert _visit(place.request)[0] == []
    finding = _one(_visit(place.request, deep=True)[0])
    assert (finding.severity, finding.subjects) == (Severity.ERROR, (str(path),))


def test_two_legs_are_held_against_the_hash_of_both(place: Workplace) -> None:
    import hashlib

    legs = [place.request.recordings / "legs" / name for name in ("a-in.wav", "a-out.wav")]
    legs[0].parent.mkdir()
    for leg in legs:
        leg.write_bytes(os.urandom(100))
    digests = [hashlib.sha256(leg.read_bytes()).hexdigest() for leg in legs]
    both = hashlib.sha256("".join(digests).encode()).hexdigest()
    with transaction(place.database) as session:
        session.execute(
            update(RecordingRow)
            .where(RecordingRow.sha256 == _hash_of(place, ANDREYS))
            .values(state="unusable")
        )
        row = RecordingRow(sha256=both, state="transcribed", arrived_at=now(), notes=[])
        row.files = [str(leg) for leg in reversed(legs)]
        session.add(row)
        session.flush()
        session.execute(update(CallRow).where(CallRow.call_id == "call-3").values(sha256=both))
    assert _visit(place.request, deep=True)[0] == []
    legs[1].write_bytes(b"other")
    assert len(_visit(place.request, deep=True)[0]) == 1


def _hash_of(place: Workplace, seconds: int) -> str:
    with transaction(place.database) as session:
        sha256 = session.query(CallRow.sha256).filter_by(call_id=f"call-{seconds}").scalar()
    assert sha256
    return str(sha256)


def test_sealed_recordings_are_read_with_the_key(place: Workplace, tmp_path: Path) -> None:
    make_key(tmp_path / "key")
    settings = SETTINGS.model_copy(update={"sealing": SealingSettings(key_file=tmp_path / "key")})
    sealed = seal_in_place(_recording(place.request, BORISS), read_keys(settings.sealing))
    later = 3600
    assert _visit(place.request, deep=True, later_s=later, settings=settings)[0] == []
    assert "sealing.key_file" in _one(_visit(place.request, deep=True)[0]).what
    body = bytearray(sealed.read_bytes())
    body[-1] ^= 1
    sealed.write_bytes(body)
    finding = _one(_visit(place.request, deep=True, settings=settings)[0])
    assert "not what they were" in finding.what


def test_calls_that_nobody_heard_are_asked_for(place: Workplace, engine: FakeTranscriber) -> None:
    with transaction(place.database) as session:
        call = session.query(CallRow).filter_by(call_id="call-3").one()
        call.transcript_id = None
        session.execute(delete(JobRow).where(JobRow.subject == str(call.id)))
        session.execute(delete(TranscriptRow).where(TranscriptRow.sha256 == call.sha256))
        session.execute(
            update(RecordingRow).where(RecordingRow.sha256 == call.sha256).values(state="arrived")
        )
        name = f"call:{call.id}"
    finding = _one(_visit(place.request)[0])
    assert (finding.severity, finding.subjects) == (Severity.ERROR, (name,))
    before = len(engine.heard)
    assert _visit(place.request, repair=True) == ([], ["repaired: 1 calls were asked for"])
    do_what_waits(place)
    assert engine.heard[before:] == [ANDREYS]


def test_work_of_a_worker_that_died_is_given_back(place: Workplace) -> None:
    with transaction(place.database) as session:
        call = session.query(CallRow.id).filter_by(call_id="call-3").scalar()
        [job] = ask_for(session, [Want(JobKind.CALL, str(call), Lane.FRESH, now(), 60)], now())
        assert claim(session, job, worker="gone:7", token="t", now=now())
        session.execute(update(JobRow).values(beat_at=now() - timedelta(minutes=5)))
    assert _one(_visit(place.request)[0]).subjects == (f"job:{job}",)
    findings, said = _visit(place.request, repair=True)
    assert (findings, said) == ([], ["repaired: 1 jobs of silent workers were given back"])


def test_work_for_calls_that_are_gone(place: Workplace) -> None:
    with transaction(place.database) as session:
        ask_for(session, [Want(JobKind.CALL, "4711", Lane.FRESH, now(), 60)], now())
    finding = _one(_visit(place.request)[0])
    assert (finding.severity, len(finding.subjects)) == (Severity.WARNING, 1)


def test_uploads_that_are_stuck_half_way(place: Workplace) -> None:
    stuck = place.request.state / "inbox" / "office" / "taking" / "a.wav"
    stuck.parent.mkdir(parents=True)
    stuck.write_bytes(b"RIFF")
    assert _visit(place.request)[0] == []
    assert _one(_visit(place.request, later_s=7200)[0]).subjects == (str(stuck),)


def test_old_drafts_of_ours_are_removed_and_nothing_else(place: Workplace) -> None:
    state, records = place.request.state, place.request.recordings
    drafts = [state / ".report.html.4711.part", records / ".a.wav.taking.tmp"]
    others = [
        state / "inbox" / "office" / "receiving" / ".a.wav.1.part",
        records / ".b.wav.12.part",
        records / ".c.new",
        state / "report.html",
    ]
    for path in (*drafts, *others):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("half of it")
    assert _visit(place.request, repair=True) == ([], [])  # somebody may be writing them
    finding = _one(_visit(place.request, later_s=2 * DAYS)[0])
    assert (finding.severity, finding.subjects) == (
        Severity.NOTE,
        tuple(sorted(map(str, drafts))),
    )
    assert is_well([finding])
    findings, said = _visit(place.request, repair=True, later_s=2 * DAYS)
    assert (findings, said) == ([], ["repaired: 2 drafts older than a day were removed"])
    assert [path.exists() for path in (*drafts, *others)] == [False, False, *[True] * 4]


def test_secrets_that_others_can_read(place: Workplace, tmp_path: Path) -> None:
    sftp = place.request.state / "sftp"
    (sftp / "keys").mkdir(parents=True, mode=0o700)
    sftp.chmod(0o700)
    key, token = sftp / "keys" / "ssh_host_rsa_key", tmp_path / "token"
    for path in (key, token):
        path.write_text("secret")
        path.chmod(0o600)
    settings = SETTINGS.model_copy(
        update={"service": SETTINGS.service.model_copy(update={"token_file": token})}
    )
    assert _visit(place.request, settings=settings)[0] == []
    key.chmod(0o640)
    token.chmod(0o644)
    error, warning = _visit(place.request, settings=settings)[0]
    assert (error.severity, error.subjects) == (Severity.ERROR, (str(key),))
    assert (warning.severity, warning.subjects) == (Severity.WARNING, (str(token),))


def test_a_full_disk_and_wrong_settings(place: Workplace, tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {
            "alerts": {"free_gb": 1 << 30},
            "service": {"broker_file": tmp_path / "nowhere"},
            "verification": {"holidays_country": "XX", "pipelines_folder": tmp_path / "none"},
        }
    )
    whats = " | ".join(one.what for one in _visit(place.request, settings=settings)[0])
    for told in ("nowhere", "XX", str(tmp_path / "none"), "disks with less than"):
        assert told in whats


def test_a_clock_that_was_ahead(place: Workplace) -> None:
    with transaction(place.database) as session:
        session.execute(update(RecordingRow).values(arrived_at=now() + timedelta(days=400)))
    assert "lies ahead" in _one(_visit(place.request)[0]).what


@pytest.mark.parametrize(
    ("form", "severity"), [("0001", Severity.WARNING), ("9999", Severity.ERROR)]
)
def test_tables_of_another_version_are_left_alone(
    form: str, severity: Severity, place: Workplace
) -> None:
    with place.database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :form"), {"form": form})
    findings, said = _visit(place.request, repair=True)
    assert (_one(findings).severity, said) == (severity, [])


def test_a_damaged_database_is_found(tmp_path: Path) -> None:
    request = build_office(tmp_path)
    with opened(request) as place:
        work_off(place)
    file = request.state / "stagecheck.db"
    body = bytearray(file.read_bytes())
    middle = len(body) // 2
    body[middle : middle + 20_000] = os.urandom(20_000)
    file.write_bytes(body)
    findings, _ = _visit(request)
    assert findings[0].severity is Severity.ERROR
    assert not is_well(findings)


def test_the_command_tells_by_its_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGECHECK_ALERTS__FREE_GB", "0")
    words = ["doctor", "--state", str(tmp_path / "state")]
    nothing = CliRunner().invoke(app, words)
    assert nothing.exit_code == 1
    assert "there is no database yet" in nothing.stdout
    assert not (tmp_path / "state").exists()
    CliRunner().invoke(app, ["status", "--state", str(tmp_path / "state")])
    well = CliRunner().invoke(app, [*words, "--deep"])
    assert (well.exit_code, well.stdout) == (0, "all is well\n")
