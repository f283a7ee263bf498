"""The sound of calls: who gets it, in which parts, and what is not in it."""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update

from core.clock import now
from core.settings import Settings
from models.places import PLAYED
from models.sealed import make_key, read_keys, seal_into, sealed_path
from models.session import reading, transaction
from models.store.audit import read_audit
from models.tables import AuditRow, CallRow, RecordingRow, TranscriptRow
from tests.fakes.called_office import CalledOffice, called_office
from tests.fakes.office import ANDREY, ANDREYS
from tests.fakes.pages_office import asking, log_in

RATE = 8000
_NONCE = re.compile(r'inlineStyleNonce": "[^"]*"')


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[CalledOffice]:
    called = called_office(tmp_path / "office", database_url)
    yield called
    called.database.dispose()


@pytest.fixture
def browser(office: CalledOffice) -> Iterator[TestClient]:
    with asking(office.state, db=office.office.url) as client:
        yield client


def samples(sound: bytes) -> np.ndarray:
    """What a browser would play."""
    with wave.open(io.BytesIO(sound), "rb") as file:
        assert (file.getframerate(), file.getnchannels()) == (RATE, 1)
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")


def plays(office: CalledOffice) -> list[tuple[str, str, str]]:
    """What the audit says about listening, the oldest first."""
    with reading(office.database) as session:
        found = read_audit(session, events=["listened", "exported"])
    return [(one.who, one.event, one.subject) for _, one in reversed(found)]


def silence(office: CalledOffice, call: int, *spans: tuple[float, float]) -> None:
    """Says that personal numbers were said in these seconds."""
    hidden = [
        {"start": start, "end": end, "kind": "card", "speaker": "client"} for start, end in spans
    ]
    office.change(TranscriptRow, office.transcript(call).id, hidden=hidden)


def test_personal_numbers_are_silent_and_the_rest_is_heard(
    office: CalledOffice, browser: TestClient
) -> None:
    silence(office, office.andreys, (1.0, 1.5))
    log_in(browser, "irina")
    answer = browser.get(f"/calls/{office.andreys}/audio")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/wav")
    heard = samples(answer.content)
    assert len(heard) == ANDREYS * RATE
    assert not heard[RATE : RATE + RATE // 2].any()
    assert np.abs(heard[: RATE - 1]).min() > 0
    assert np.abs(heard[RATE + RATE // 2 :]).min() > 0


def test_the_waveform_is_that_of_the_silenced_sound(
    office: CalledOffice, browser: TestClient
) -> None:
    silence(office, office.andreys, (1.0, 2.0))
    log_in(browser, "irina")
    told = browser.get(f"/calls/{office.andreys}/peaks.json").json()
    assert told["duration"] == ANDREYS
    [side] = told["channels"]
    third = len(side) // 3
    assert max(side[third + 1 : 2 * third - 1]) == 0
    assert min(side[: third - 1]) > 0
    kept = sorted(path.suffix for path in (office.state / PLAYED).iterdir())
    assert kept == [".json", ".wav"]
    assert plays(office) == [], "nobody heard anything"


def test_ranges(office: CalledOffice, browser: TestClient) -> None:
    log_in(browser, "irina")
    address = f"/calls/{office.andreys}/audio"
    whole = browser.get(address)
    size, tag = len(whole.content), whole.headers["etag"]
    assert whole.headers["accept-ranges"] == "bytes"
    part = browser.get(address, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{size}"
    last = browser.get(address, headers={"range": "bytes=-10"})
    assert (last.status_code, last.content) == (206, whole.content[-10:])
    beyond = browser.get(address, headers={"range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    same = browser.get(address, headers={"range": "bytes=0-9", "if-range": tag})
    assert (same.status_code, len(same.content)) == (206, 10)
    other = browser.get(address, headers={"range": "bytes=0-9", "if-range": '"other"'})
    assert (other.status_code, len(other.content)) == (200, size)
    head = browser.head(address)
    assert (head.status_code, head.headers["content-length"], head.content) == (200, str(size), b"")


def test_another_silence_is_another_sound(office: CalledOffice, browser: TestClient) -> None:
    log_in(browser, "irina")
    address = f"/calls/{office.andreys}/audio"
    tag = browser.get(address).headers["etag"]
    silence(office, office.andreys, (0.0, 1.0))
    answer = browser.get(address, headers={"range": "bytes=44-99", "if-range": tag})
    assert answer.status_code == 200
    assert not samples(answer.content)[:RATE].any()


def test_a_listening_is_written_down_once_and_every_export(
    office: CalledOffice, browser: TestClient
) -> None:
    log_in(browser, "irina")
    address, subject = f"/calls/{office.andreys}/audio", f"call:{office.andreys}"
    browser.head(address)
    assert plays(office) == []
    for place in range(5):
        browser.get(address, headers={"range": f"bytes={place * 100}-{place * 100 + 99}"})
    assert plays(office) == [("irina", "listened", subject)]
    taken = browser.get(f"{address}?download=1")
    name = taken.headers["content-disposition"]
    assert name == f'attachment; filename="call-{office.andreys}-2026-11-09.wav"'
    assert ANDREY[2:] not in name
    browser.get(f"{address}?download=1")
    assert plays(office)[1:] == [("irina", "exported", subject)] * 2
    with transaction(office.database) as session:
        session.execute(update(AuditRow).values(at=now() - timedelta(hours=1)))
    browser.get(address, headers={"range": "bytes=100-"})
    assert len(plays(office)) == 4, "the next listening"


@pytest.mark.parametrize(
    ("login", "own", "others"),
    [
        ("irina", 200, 404),
        ("pavel", 404, 200),
        ("anna", 200, 404),
        ("olga", 200, 200),
        ("root", 403, 403),
        ("rita", 403, 403),
    ],
)
def test_only_who_may_see_a_call_hears_it(
    office: CalledOffice, browser: TestClient, login: str, own: int, others: int
) -> None:
    log_in(browser, login)
    for call, expected in ((office.andreys, own), (office.boriss, others)):
        for address in (f"/calls/{call}/audio", f"/calls/{call}/peaks.json", f"/calls/{call}"):
            assert browser.get(address).status_code == expected, address
    missing = browser.get("/calls/99999/audio")
    assert missing.status_code == (403 if own == 403 else 404)
    hidden = office.boriss if others == 404 else office.andreys
    if 404 in (own, others):
        assert browser.get(f"/calls/{hidden}/audio").content == missing.content
        told = [browser.get(f"/calls/{one}").text for one in (hidden, 99999)]
        assert len({_NONCE.sub("", one) for one in told}) == 1
    assert len(plays(office)) == [own, others].count(200)


def test_a_stranger_is_asked_to_log_in(office: CalledOffice, browser: TestClient) -> None:
    assert browser.get(f"/calls/{office.andreys}/audio").status_code == 303


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"state": "expired", "files": []}, 410, "Срок хранения записи истёк"),
        ({"state": "expiring"}, 410, "Срок хранения записи истёк"),
        ({"state": "unusable", "error": "corrupt"}, 422, "Запись не читается"),
        ({"state": "arrived"}, 409, "ещё не обработана"),
    ],
)
def test_what_cannot_be_played_says_why(
    office: CalledOffice,
    browser: TestClient,
    change: dict[str, object],
    status: int,
    sentence: str,
) -> None:
    log_in(browser, "irina")
    assert browser.get(f"/calls/{office.andreys}/audio").status_code == 200
    office.change(RecordingRow, office.row(CallRow, office.andreys).sha256, **change)
    answer = browser.get(f"/calls/{office.andreys}/audio")
    assert (answer.status_code, sentence in answer.text) == (status, True)
    page = browser.get(f"/calls/{office.andreys}")
    assert page.status_code == 200
    assert sentence in page.text
    assert "<audio" not in page.text
    assert "договорились" in page.text, "the words stay"


def test_nothing_is_played_before_numbers_were_looked_for(
    office: CalledOffice, browser: TestClient
) -> None:
    office.change(TranscriptRow, office.transcript(office.andreys).id, hidden=None)
    log_in(browser, "irina")
    assert browser.get(f"/calls/{office.andreys}/audio").status_code == 409


def test_a_recording_that_is_gone_is_not_played_from_what_was_kept(
    office: CalledOffice, browser: TestClient
) -> None:
    log_in(browser, "irina")
    assert browser.get(f"/calls/{office.andreys}/audio").status_code == 200
    (office.office.folder / "records" / "2026" / f"call-{ANDREYS}.wav").unlink()
    answer = browser.get(f"/calls/{office.andreys}/audio")
    assert answer.status_code == 410
    assert "Файла записи нет на месте" in answer.text


def test_a_sealed_recording_is_opened_with_the_key(office: CalledOffice, tmp_path: Path) -> None:
    key = tmp_path / "key"
    make_key(key)
    settings = Settings.model_validate({"sealing": {"key_file": str(key)}})
    clear = office.office.folder / "records" / "2026" / f"call-{ANDREYS}.wav"
    seal_into(clear, sealed_path(clear), read_keys(settings.sealing))
    clear.unlink()
    silence(office, office.andreys, (0.0, 1.0))
    with asking(office.state, settings, office.office.url) as browser:
        log_in(browser, "irina")
        heard = samples(browser.get(f"/calls/{office.andreys}/audio").content)
    assert len(heard) == ANDREYS * RATE
    assert not heard[:RATE].any()
    assert heard[RATE:].any()
    (office.state / PLAYED).rename(tmp_path / "elsewhere")
    with asking(office.state, db=office.office.url) as browser:
        log_in(browser, "irina")
        answer = browser.get(f"/calls/{office.andreys}/audio")
    assert (answer.status_code, "ключ к ней не подходит" in answer.text) == (503, True)
    assert str(clear) not in answer.text


def test_what_was_made_to_be_played_goes_with_its_recording(
    office: CalledOffice, browser: TestClient, tmp_path: Path
) -> None:
    """On the machine where that expires at once, on others once these look at the rows."""
    log_in(browser, "olga")
    (tmp_path / "elsewhere").mkdir()
    with asking(tmp_path / "elsewhere", db=office.office.url) as other:
        log_in(other, "olga")
        for call in (office.andreys, office.boriss):
            assert browser.get(f"/calls/{call}/peaks.json").status_code == 200
            assert other.get(f"/calls/{call}/audio").status_code == 200
        here, there = office.state / PLAYED, tmp_path / "elsewhere" / PLAYED
        assert (len(list(here.iterdir())), len(list(there.iterdir()))) == (4, 2)
        office.office.retain(audio_days=90)
        assert (len(list(here.iterdir())), len(list(there.iterdir()))) == (0, 2)
        assert other.get(f"/calls/{office.andreys}/audio").status_code == 410
        assert isinstance(other.app, FastAPI)
        assert other.app.state.playback.sweep() == 2
        assert list(there.iterdir()) == []
