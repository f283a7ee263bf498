"""What programs send: recordings, CRM snapshots and call records; each whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from core.clock import now
from core.settings import Settings
from flow.service.lookout import Lookout
from flow.service.scan import look_for_calls
from ingest.sftp.box import Stage
from ingest.sftp.collect import Taken, collect
from models.places import open_state
from models.session import reading, transaction
from models.store import uploads
from models.store.audit import read_audit
from models.tables import CallRow, UploadRow
from models.vocabulary.keys import Scope
from tests.fakes.api_office import make_key, programs
from tests.fakes.databases import new_state
from tests.fakes.office import add_recording, build_cdr, crm_document
from tests.fakes.small_service import build_office, opened

SAID = {
    "call_id": "http-1",
    "started_at": "2026-11-10T12:00:00+03:00",
    "direction": "in",
    "from": "+79160009999",
    "extension": "101",
}


@pytest.fixture
def sound(tmp_path: Path) -> bytes:
    return add_recording(tmp_path / "made", "call.wav", 7, {}).read_bytes()


@pytest.fixture
def shown(database: Engine) -> dict[str, str]:
    return make_key(database, Scope.WRITE)[1]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def program(state: Path, database_url: str, shown: dict[str, str]) -> Iterator[TestClient]:
    with programs(state, database_url, headers=shown, recording_mb=1) as client:
        yield client


def send(
    program: TestClient,
    sound: bytes,
    said: Any = None,
    *,
    key: str | None = None,
    name: str = "call.wav",
    account: str | None = None,
) -> Any:
    data = {} if said is None else {"metadata": said if isinstance(said, str) else json.dumps(said)}
    data |= {} if account is None else {"account": account}
    return program.post(
        "/api/v1/recordings",
        files={"recording": (name, sound, "audio/wav")},
        data=data,
        headers={"Idempotency-Key": key} if key else {},
    )


def finished(state: Path) -> list[Path]:
    """What lies in the boxes, whole; nothing else may lie in them."""
    files = [path for path in (state / "inbox").rglob("*") if path.is_file()]
    assert all(Stage.RECEIVED in path.parts for path in files), files
    return sorted(files)


def test_a_recording_comes_with_its_sidecar(
    program: TestClient, state: Path, sound: bytes, database: Engine
) -> None:
    answer = send(program, sound, SAID, key="one")
    assert answer.status_code == 201
    body = answer.json()
    [sidecar, recording] = sorted(finished(state), key=lambda path: path.suffix)
    assert recording.read_bytes() == sound
    assert json.loads(sidecar.read_text("utf-8")) == SAID
    assert sidecar.name == "call.wav.json"
    assert body["recording"] == f"api/{recording.relative_to(state / 'inbox/api/received')}"
    with reading(database) as session:
        [(_, entry)] = read_audit(session)
    assert (entry.event, entry.subject) == ("recording sent", f"upload:{body['id']}")


def test_sent_again_it_is_the_same(
    program: TestClient, state: Path, sound: bytes, database: Engine
) -> None:
    first = send(program, sound, SAID, key="one")
    again = send(program, sound, SAID, key="one")
    assert (again.status_code, again.json()) == (200, first.json())
    without_key = [send(program, sound, SAID) for _ in range(2)]
    assert [one.status_code for one in without_key] == [201, 200]
    assert without_key[0].json() == without_key[1].json()
    assert len(finished(state)) == 4, "two keys, two recordings"
    other = send(program, sound, {**SAID, "call_id": "http-2"}, key="one")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(finished(state)) == 4


def test_killed_before_it_was_written_down_it_comes_once(
    program: TestClient,
    state: Path,
    sound: bytes,
    database: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def dies(*_: object) -> bool:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(uploads, "add_upload", dies)
        assert send(program, sound, SAID, key="one").status_code == 500
    lies = finished(state)
    assert len(lies) == 2, "it has its place, and nobody knows of it"
    answer = send(program, sound, SAID, key="one")
    assert answer.status_code == 201
    assert finished(state) == lies


def test_killed_on_its_way_it_leaves_nothing_that_is_taken(
    program: TestClient, state: Path, sound: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    # What a killed process leaves is what lies there when nothing is cleaned up after it.
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)
        patch.setattr("ingest.receiving.json.dump", dies)
        assert send(program, sound, SAID, key="one").status_code == 500
    left = [path for path in (state / "inbox").rglob("*") if path.is_file()]
    assert left
    assert all("sending" in path.parts for path in left)
    assert taken(state, tmp_path / "records") == []
    old = left[0].parent
    os.utime(old, (0, 0))
    assert send(program, sound, SAID, key="one").status_code == 201
    assert not old.exists(), "what was left is cleared away"
    assert len(taken(state, tmp_path / "records")) == 2


def taken(state: Path, records: Path) -> list[Taken]:
    at = now().timestamp() + 60
    found = list(collect(state / "inbox", records, quiet_s=20, at=at))
    assert all(isinstance(one, Taken) for one in found)
    return [one for one in found if isinstance(one, Taken)]


def test_the_intake_takes_it_and_the_look_finds_the_call(tmp_path: Path, sound: bytes) -> None:
    request = build_office(tmp_path)
    with opened(request) as place:
        _, shown = make_key(place.database, Scope.WRITE)
        with programs(request.state, headers=shown) as program:
            assert send(program, sound, SAID, key="one").status_code == 201
        assert len(taken(request.state, request.recordings)) == 2
        look_for_calls(place)
        with reading(place.database) as session:
            [call] = session.scalars(select(CallRow).where(CallRow.call_id == "http-1"))
        assert call.recording.startswith("api/http/")
        assert (call.client_number, call.metadata_from) == ("+79160009999", "sidecar")
        # What is sent once more after that is known by its key.
        with programs(request.state, headers=shown) as program:
            assert send(program, sound, SAID, key="one").status_code == 200
        assert taken(request.state, request.recordings) == []
        assert Lookout(place)


@pytest.mark.parametrize(
    ("said", "name", "sound", "code", "named"),
    [
        ({"started_at": "yesterday"}, None, None, "invalid_metadata", "started_at"),
        ({"colour": "red"}, None, None, "invalid_metadata", "colour"),
        ("{", None, None, "invalid_metadata", "JSON"),
        ("[]", None, None, "invalid_metadata", "object"),
        (None, "call.exe", None, "invalid_recording", "ending"),
        (None, "../.wav", None, "invalid_recording", "hidden"),
        (None, "a" * 200 + ".wav", None, "invalid_recording", "bytes"),
        (None, "call.wav", b"", "invalid_recording", "no sound"),
        (None, "call.wav", b"<html>not found</html>", "invalid_recording", "text"),
        (None, "call.wav", b"PK\x03\x04" + bytes(100), "invalid_recording", "ZIP"),
    ],
)
def test_what_is_no_recording_is_refused_and_leaves_nothing(  # noqa: PLR0917
    said: Any, name: str | None, sound: bytes | None, code: str, named: str, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    database = open_state(new_state(state))
    _, shown = make_key(database, Scope.WRITE)
    good = add_recording(tmp_path / "made", "call.wav", 1, {}).read_bytes()
    with programs(state, headers=shown) as program:
        answer = send(program, good if sound is None else sound, said, name=name or "call.wav")
        body = answer.json()
        assert (answer.status_code, body["code"]) == (422, code)
        assert named in body["detail"]
    assert finished(state) == []
    database.dispose()


def test_names_lead_nowhere_else(program: TestClient, state: Path, sound: bytes) -> None:
    answer = send(program, sound, name="..\\..\\/etc/Иванов 7.wav")
    assert answer.status_code == 201
    assert answer.json()["recording"].endswith("/Иванов 7.wav")
    assert send(program, sound, account="../../etc").json()["code"] == "unknown_account"
    assert send(program, sound, account="office").json()["code"] == "unknown_account"


def test_a_known_telephone_system_may_be_named(
    state: Path, database_url: str, shown: dict[str, str], sound: bytes
) -> None:
    folder = state / "sftp"
    folder.mkdir(parents=True)
    (folder / "accounts.yaml").write_text("accounts:\n- name: office\n", encoding="utf-8")
    (folder / "accounts.yaml").chmod(0o600)
    with programs(state, database_url, headers=shown) as program:
        answer = send(program, sound, account="office")
    assert answer.status_code == 201, answer.text
    assert answer.json()["recording"].startswith("office/http/")
    assert {path.parts[-6] for path in finished(state)} == {"office"}


def test_too_much_is_cut_off_and_the_disk_keeps_room(
    program: TestClient, state: Path, database_url: str, shown: dict[str, str]
) -> None:
    answer = send(program, bytes(1 << 20))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")

    def endless() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="recording"; filename="a.wav"\r\n\r\n'
        for _ in range(40):
            yield bytes(1 << 16)

    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = program.post("/api/v1/recordings", content=endless(), headers=kind)
    assert answer.status_code == 413
    assert finished(state) == []
    with programs(state, database_url, headers=shown, sftp={"free_mb": 1 << 40}) as full:
        answer = send(full, bytes(10))
        assert (answer.status_code, answer.json()["code"]) == (507, "no_room")


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("audio/wav", b"RIFF", 415),
        ("multipart/form-data", b"x", 400),
        ("multipart/form-data; boundary=" + "b" * 300, b"x", 400),
        ("multipart/form-data; boundary=b", b"nothing of a form", 400),
        ("multipart/form-data; boundary=b", b"--b--\r\n", 400),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="recording"; filename="a.wav"\r\n\r\nRIFF',
            400,
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="what"\r\n\r\nx\r\n--b--\r\n',
            400,
        ),
        ("multipart/form-data; boundary=b", b"--b\r\nX: y\r\n\r\nx\r\n--b--\r\n", 400),
    ],
)
def test_what_is_no_form_is_refused(tmp_path: Path, kind: str, body: bytes, status: int) -> None:
    state = tmp_path / "state"
    database = open_state(new_state(state))
    _, shown = make_key(database, Scope.WRITE)
    with programs(state, headers=shown) as program:
        answer = program.post("/api/v1/recordings", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    assert finished(state) == []
    database.dispose()


def test_old_uploads_are_forgotten(
    program: TestClient, sound: bytes, database: Engine, state: Path
) -> None:
    send(program, sound, key="one")
    with transaction(database) as session:
        row = session.scalars(select(UploadRow)).one()
        row.created_at = row.created_at.replace(year=2020)
    send(program, sound, key="two")
    with reading(database) as session:
        assert list(session.scalars(select(UploadRow.key))) == ["two"]


def test_a_snapshot_replaces_the_one_that_is_read(
    state: Path, database_url: str, shown: dict[str, str], tmp_path: Path, database: Engine
) -> None:
    file = tmp_path / "crm" / "crm.json"
    file.parent.mkdir()
    file.write_text("{}", encoding="utf-8")
    file.chmod(0o640)
    with programs(state, database_url, headers=shown, snapshot_file=str(file)) as program:
        answer = program.put("/api/v1/crm/snapshot", json=crm_document())
        body = answer.json()
        assert answer.status_code == 200, body
        assert (body["deals"], body["crm"], body["timezone"]) == (2, "file", "Europe/Moscow")
        assert json.loads(file.read_text("utf-8")) == crm_document()
        assert file.stat().st_mode & 0o777 == 0o640
        wrong = crm_document()
        wrong["deals"][1]["stage_id"] = "nowhere"
        refused = program.put("/api/v1/crm/snapshot", json=wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_snapshot")
        assert "deals[1].stage_id" in refused.json()["detail"]
        assert str(tmp_path) not in refused.text
        for content in (b"", b"[]", b"{", b"\xff"):
            answer = program.put(
                "/api/v1/crm/snapshot",
                content=content,
                headers={"Content-Type": "application/json"},
            )
            assert answer.status_code == 422
    assert json.loads(file.read_text("utf-8")) == crm_document()
    assert list(file.parent.iterdir()) == [file], "no drafts stay"
    with reading(database) as session:
        assert [entry.event for _, entry in read_audit(session)] == ["CRM snapshot sent"]


def test_snapshots_are_taken_only_where_it_is_set_up(
    program: TestClient, state: Path, database_url: str, shown: dict[str, str], tmp_path: Path
) -> None:
    answer = program.put("/api/v1/crm/snapshot", json=crm_document())
    assert (answer.status_code, answer.json()["code"]) == (403, "snapshot_off")
    nowhere = str(tmp_path / "nowhere" / "crm.json")
    with programs(state, database_url, headers=shown, snapshot_file=nowhere) as other:
        assert other.put("/api/v1/crm/snapshot", json=crm_document()).status_code == 503
    assert Settings().api.snapshot_file is None


def test_call_records_are_taken_once_and_written_down(
    program: TestClient, tmp_path: Path, database: Engine
) -> None:
    data = build_cdr(tmp_path / "Master.csv").read_bytes()
    kind = {"Content-Type": "text/csv"}
    for new in (1, 0):
        answer = program.post("/api/v1/cdr", content=data, headers=kind)
        assert (answer.status_code, answer.json()["new"]) == (200, new)
    with reading(database) as session:
        assert {entry.event for _, entry in read_audit(session)} == {"call records sent"}
