"""`/api/v1/calls/{id}/audio`: what a program gets of a call's sound, and what stays of that."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update

from core.clock import now
from models.places import PLAYED
from models.session import reading, transaction
from models.store.audit import read_audit
from models.tables import AuditRow, CallRow, RecordingRow, TranscriptRow
from models.vocabulary.keys import Scope
from tests.fakes.api_office import make_key, programs
from tests.fakes.called_office import CalledOffice, called_office
from tests.fakes.office import ANDREY, ANDREYS
from tests.fakes.pages_office import log_in

RATE = 8000


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalledOffice]:
    called = called_office(tmp_path_factory.mktemp("office"))
    yield called
    called.database.dispose()


@pytest.fixture
def program(office: CalledOffice) -> Iterator[TestClient]:
    with transaction(office.database) as session:
        session.query(AuditRow).delete()
    _, shown = make_key(office.database, Scope.AUDIO)
    with programs(office.state, headers=shown) as client:
        yield client


@pytest.fixture
def changed(office: CalledOffice) -> Iterator[Callable[..., None]]:
    """Changes Andrey's recording; afterwards it is as before."""
    sha256 = office.row(CallRow, office.andreys).sha256
    before = office.row(RecordingRow, sha256)
    kept = {name: getattr(before, name) for name in ("state", "error", "files")}
    yield lambda **values: office.change(RecordingRow, sha256, **values)
    office.change(RecordingRow, sha256, **kept)


def exports(office: CalledOffice) -> list[tuple[str, str]]:
    """What the audit says was taken, the oldest first."""
    with reading(office.database) as session:
        found = read_audit(session, events=["exported", "listened"])
    return [(one.event, one.subject) for _, one in reversed(found)]


def test_a_program_gets_the_sound_without_personal_numbers(
    office: CalledOffice, program: TestClient
) -> None:
    hidden = [{"start": 1.0, "end": 1.5, "kind": "card", "speaker": "client"}]
    transcript = office.transcript(office.andreys).id
    office.change(TranscriptRow, transcript, hidden=hidden)
    answer = program.get(f"/api/v1/calls/{office.andreys}/audio")
    office.change(TranscriptRow, transcript, hidden=[])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav")
    name = f'attachment; filename="call-{office.andreys}-2026-11-09.wav"'
    assert answer.headers["content-disposition"] == name
    assert ANDREY[2:] not in name
    samples = answer.content[44:]
    assert len(samples) == 2 * RATE * ANDREYS
    assert not any(samples[2 * RATE : 3 * RATE])
    assert any(samples[: 2 * RATE])
    with reading(office.database) as session:
        [(_, entry)] = read_audit(session)
    assert (entry.event, entry.subject) == ("exported", f"call:{office.andreys}")
    assert entry.who.startswith("connector (sc_")


def test_parts_of_it_and_what_the_audit_keeps(office: CalledOffice, program: TestClient) -> None:
    address, told = f"/api/v1/calls/{office.andreys}/audio", ("exported", f"call:{office.andreys}")
    head = program.head(address)
    size, tag = int(head.headers["content-length"]), head.headers["etag"]
    assert (head.status_code, head.content, head.headers["accept-ranges"]) == (200, b"", "bytes")
    has_it = program.get(address, headers={"If-None-Match": tag})
    assert (has_it.status_code, has_it.content) == (304, b"")
    assert exports(office) == [], "nothing was given"

    def part(of: str, **headers: str) -> tuple[int, int, str]:
        answer = program.get(address, headers={"Range": of, **headers})
        return answer.status_code, len(answer.content), answer.headers.get("content-range", "")

    assert part("bytes=100-199") == (206, 100, f"bytes 100-199/{size}")
    assert exports(office) == [told]
    assert part("bytes=200-") == (206, size - 200, f"bytes 200-{size - 1}/{size}")
    assert part("bytes=-10") == (206, 10, f"bytes {size - 10}-{size - 1}/{size}")
    assert exports(office) == [told], "the same export"
    assert part("bytes=0-9") == (206, 10, f"bytes 0-9/{size}")
    assert exports(office) == [told] * 2, "begun again"
    assert part("bytes=10-19", **{"If-Range": '"other"'}) == (200, size, "")
    assert part("bytes=10-19, 30-39")[0] == 206
    assert exports(office) == [told] * 4
    assert part(f"bytes={size}-")[::2] == (416, f"bytes */{size}")
    assert part("pages=1-2")[0] == 400
    assert len(exports(office)) == 4, "nothing was given"
    with transaction(office.database) as session:
        session.execute(update(AuditRow).values(at=now() - timedelta(hours=1)))
    part("bytes=10-19")
    assert len(exports(office)) == 5, "the next export"


def test_another_key_s_export_is_another_one(office: CalledOffice, program: TestClient) -> None:
    address = f"/api/v1/calls/{office.andreys}/audio"
    program.get(address)
    _, shown = make_key(office.database, Scope.AUDIO, name="other")
    program.get(address, headers={**shown, "Range": "bytes=10-19"})
    assert len(exports(office)) == 2


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"state": "expired", "files": []}, (410, "sound_removed")),
        ({"state": "expiring"}, (410, "sound_removed")),
        ({"state": "unusable", "error": "corrupt"}, (422, "sound_unusable")),
        ({"state": "arrived"}, (409, "sound_not_ready")),
        ({"files": ["/nowhere/call.wav"]}, (410, "sound_missing")),
        ({"files": []}, (410, "sound_missing")),
    ],
)
def test_why_there_is_no_sound(
    office: CalledOffice,
    program: TestClient,
    changed: Callable[..., None],
    change: dict[str, object],
    expected: tuple[int, str],
) -> None:
    changed(**change)
    address = f"/api/v1/calls/{office.andreys}/audio"
    answer = program.get(address)
    assert (answer.status_code, answer.json()["code"]) == expected
    assert program.head(address).status_code == expected[0]
    assert "/nowhere" not in answer.text
    assert exports(office) == []


def test_only_calls_that_the_lists_show_are_heard(
    office: CalledOffice, program: TestClient
) -> None:
    call = office.boriss
    for values in ({"current": False}, {"source": "/elsewhere"}):
        before = {name: getattr(office.row(CallRow, call), name) for name in values}
        office.change(CallRow, call, **values)
        answer = program.get(f"/api/v1/calls/{call}/audio")
        office.change(CallRow, call, **before)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), values
    assert program.get("/api/v1/calls/99999/audio").json()["code"] == "not_found"
    assert exports(office) == []


def test_absurd_ids_are_no_calls_on_the_pages_either(
    office: CalledOffice, program: TestClient
) -> None:
    program.follow_redirects = False
    log_in(program, "olga")
    for number in (99999999999999999999, 2147483648, -1):
        for part in ("audio", "peaks.json"):
            assert program.get(f"/calls/{number}/{part}").status_code == 404, number


def test_nothing_is_given_that_cannot_be_written_down(
    office: CalledOffice, program: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.store import playing
    from models.vocabulary.errors import StagecheckError

    def full(*_: object) -> None:
        raise StagecheckError("the disk is full")

    monkeypatch.setattr(playing, "add_to_audit", full)
    answer = program.get(f"/api/v1/calls/{office.andreys}/audio")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_what_is_kept_goes_once_its_call_is_gone_or_otherwise_silenced(
    office: CalledOffice, program: TestClient, changed: Callable[..., None]
) -> None:
    """Whoever forgets may do so on another machine, which does not see this folder."""
    kept = office.state / PLAYED
    assert isinstance(program.app, FastAPI)
    sweep = program.app.state.playback.sweep

    def sounds() -> set[str]:
        for call in (office.andreys, office.boriss):
            program.head(f"/api/v1/calls/{call}/audio")
        return {path.name for path in kept.iterdir()}

    def left() -> set[str]:
        sweep()
        return {path.name for path in kept.iterdir()}

    both = sounds()
    [boriss] = [one for one in both if one.startswith(_hash(office, office.boriss))]
    assert left() == both
    changed(state="expired", files=[])
    assert left() == {boriss}
    changed(state="transcribed", files=[str(_file(office))])
    assert sounds() == both

    office.change(CallRow, office.andreys, current=False)
    assert left() == {boriss}
    office.change(CallRow, office.andreys, current=True)
    assert sounds() == both

    transcript = office.transcript(office.andreys).id
    hidden = [{"start": 0.0, "end": 1.0, "kind": "card", "speaker": "client"}]
    (kept / f"{next(iter(both - {boriss}))}.draft").touch()
    office.change(TranscriptRow, transcript, hidden=hidden)
    assert left() == {boriss}, "in the old sound the number is heard"
    office.change(TranscriptRow, transcript, hidden=[])

    eight_days_ago = time.time() - 8 * 24 * 3600
    os.utime(kept / boriss, (eight_days_ago, eight_days_ago))
    assert left() == set()


def test_the_sweep_begins_with_the_process(office: CalledOffice, program: TestClient) -> None:
    program.head(f"/api/v1/calls/{office.andreys}/audio")
    stale = office.state / PLAYED / f"{'0' * 64}-{'0' * 16}.wav"
    stale.write_bytes(b"RIFF")
    with programs(office.state) as other:
        until = time.monotonic() + 30
        while stale.exists() and time.monotonic() < until:
            other.get("/healthz")
    assert not stale.exists()


def test_without_a_folder_nothing_is_asked(tmp_path: Path) -> None:
    nowhere = "postgresql+psycopg://me:secret@127.0.0.1:9/none"
    with programs(tmp_path / "state", nowhere) as program:
        assert isinstance(program.app, FastAPI)
        assert program.app.state.playback.sweep() == 0


def _hash(office: CalledOffice, call: int) -> str:
    sha256: str = office.row(CallRow, call).sha256
    return sha256


def _file(office: CalledOffice) -> Path:
    return office.office.folder / "records" / "2026" / f"call-{ANDREYS}.wav"
