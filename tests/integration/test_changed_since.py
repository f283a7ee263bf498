"""Whoever keeps a copy with `updated_since` hears of everything that changes in what they read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from core.clock import now
from models.places import open_state
from models.session import transaction
from models.store.calls import mark_transcribed, mark_unusable
from models.store.fading import expire_quotes
from models.store.hearing import forget_hearing, save_match
from models.store.holds import Held
from models.store.intake import set_current
from models.store.keeping import expire_words, mark_expired, mark_expiring
from models.store.runs import finish_run, save_verification, start_run
from models.store.scores import save_score
from models.store.transcripts import load_transcript, replace_words
from models.store.unusable import set_aside_recording, take_up_again
from models.tables import CallRow, DealRow, RecordingRow
from models.vocabulary.checklist import CallScore
from models.vocabulary.keys import Scope
from models.vocabulary.verdict import DealVerdict, Gap, Verification
from tests.fakes.api_office import CRM, MORNING, SOURCE, fill, make_key, programs

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOBODY = Held(frozenset(), frozenset(), frozenset(), frozenset())


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "state").mkdir()
    engine = open_state(tmp_path / "state")
    fill(engine)
    with transaction(engine) as session:
        session.execute(update(CallRow).values(updated_at=LONG_AGO))
    yield engine
    engine.dispose()


@pytest.fixture
def program(tmp_path: Path, database: Engine) -> Iterator[TestClient]:
    _, shown = make_key(database, Scope.READ, Scope.TRANSCRIPTS)
    with programs(tmp_path / "state", headers=shown) as client:
        yield client


def changed(
    program: TestClient, path: str, at: datetime, name: str = "id", **more: str
) -> list[Any]:
    answer = program.get(f"/api/v1/{path}", params={"updated_since": at.isoformat(), **more})
    assert answer.status_code == 200, answer.text
    return [item[name] for item in answer.json()["data"]]


def third(session: Session) -> tuple[int, str]:
    """The third call and its recording."""
    row = session.scalars(select(CallRow).where(CallRow.call_id == "call-2")).one()
    return row.id, row.sha256 or ""


def _set_aside(session: Session) -> bool:
    call, sha256 = third(session)
    session.get_one(RecordingRow, sha256).state = "arrived"
    return set_aside_recording(session, call, "no_sound", "")


def _taken_up(session: Session) -> dict[int, list[str]]:
    call, sha256 = third(session)
    session.get_one(RecordingRow, sha256).state = "unusable"
    return take_up_again(session, [call])


CHANGES: dict[str, Callable[[Session], object]] = {
    "heard": lambda s: mark_transcribed(s, third(s)[1], duration_s=1, codec="pcm", notes=[]),
    "unusable": lambda s: mark_unusable(s, third(s)[1], "corrupt", ""),
    "set aside": _set_aside,
    "taken up": _taken_up,
    "expiring": lambda s: mark_expiring(s, {third(s)[1]: []}),
    "expired": lambda s: mark_expired(s, [third(s)[1]], now()),
    "words gone": lambda s: expire_words(s, [third(s)[1]], now()),
    "masked": lambda s: replace_words(s, _words(s), load_transcript(s, _words(s))),
    "scored": lambda s: save_score(s, third(s)[0], CallScore("c", "r", 40, (), ())),
    "not scored": lambda s: save_score(s, third(s)[0], None),
    "matched": lambda s: save_match(s, third(s)[0], None),
    "not heard": lambda s: forget_hearing(s, third(s)[0]),
}


def _words(session: Session) -> int:
    found = session.get_one(CallRow, third(session)[0]).transcript_id
    assert found is not None
    return found


@pytest.mark.parametrize("what", CHANGES)
def test_what_became_of_a_call_is_told(program: TestClient, database: Engine, what: str) -> None:
    assert changed(program, "calls", MORNING) == []
    with transaction(database) as session:
        call, _ = third(session)
        CHANGES[what](session)
    assert changed(program, "calls", MORNING) == [call]
    assert set(changed(program, "actions", MORNING, "call")) <= {call}


def test_quotes_that_go_are_told(program: TestClient, database: Engine) -> None:
    with transaction(database) as session:
        expire_quotes(session, MORNING + timedelta(minutes=90), NOBODY)
    calls = changed(program, "calls", MORNING)
    assert set(changed(program, "actions", MORNING, "call")) == set(calls)
    assert calls == [1, 2], "those that began before"


def test_the_same_score_is_no_change(program: TestClient, database: Engine) -> None:
    with transaction(database) as session:
        save_score(session, third(session)[0], CallScore("c", "r", 82, (), ()))
    assert changed(program, "calls", MORNING) == []


def test_a_day_changes_with_its_calls(program: TestClient, database: Engine) -> None:
    days = {"since": "2026-11-01", "until": "2026-11-20"}
    later = {"started_at": MORNING + timedelta(days=2), "updated_at": LONG_AGO}
    with transaction(database) as session:
        session.execute(update(CallRow).where(CallRow.id >= 4).values(later))
    assert changed(program, "coverage", MORNING, "day", **days) == []
    with transaction(database) as session:
        gone = set_current(session, SOURCE, [1, 2, 3, 4])
    assert gone == [5]
    assert changed(program, "coverage", MORNING, "day", **days) == ["2026-11-11"]
    assert changed(program, "coverage", MORNING, "day", account="other", **days) == []


def test_a_deal_that_the_crm_changed_is_told_whatever_its_clock_says(
    program: TestClient, database: Engine
) -> None:
    since = MORNING + timedelta(days=5)
    assert changed(program, "deals", since) == []
    with transaction(database) as session:
        deal = session.scalars(select(DealRow).where(DealRow.id == "1002")).one()
        deal.amount, deal.updated_at = 1.0, MORNING
    assert changed(program, "deals", since) == ["1002"]


def test_verdicts_that_took_long_are_told_from_when_anybody_sees_them(
    program: TestClient, database: Engine
) -> None:
    began = MORNING + timedelta(days=6)
    ended = began + timedelta(minutes=20)
    asked = began + timedelta(minutes=10)  # by a program that saw the run before

    def judge(gap: Gap, at: datetime, until: datetime) -> None:
        deals = tuple(
            DealVerdict(deal, "p0", "meeting", "meeting", one, (), ())
            for deal, one in (("1001", Gap.NONE), ("1002", gap))
        )
        with transaction(database) as session:
            run = start_run(session, source=SOURCE, crm_source=CRM, now=at)
            save_verification(session, run, Verification(at, deals, ()), at)
        assert gap.value not in {one["gap"] for one in program.get("/api/v1/deals").json()["data"]}
        with transaction(database) as session:
            finish_run(session, run, now=until, transcriber="t", errors=[])

    judge(Gap.BEHIND, MORNING + timedelta(days=5), MORNING + timedelta(days=5))
    judge(Gap.AHEAD, began, ended)
    assert changed(program, "deals", asked) == ["1002"]
    assert changed(program, "deals", ended + timedelta(seconds=1)) == []


def test_what_changes_behind_a_page_is_found_the_next_time(
    program: TestClient, database: Engine
) -> None:
    """Rows change at one and the same moment, before and behind the page that was read."""
    first = program.get("/api/v1/calls?limit=2").json()
    at = now()
    with transaction(database) as session:
        session.execute(update(CallRow).values(updated_at=at))
    seen, cursor = [item["id"] for item in first["data"]], first["next_cursor"]
    while cursor:
        page = program.get("/api/v1/calls", params={"limit": 2, "cursor": cursor}).json()
        seen += [item["id"] for item in page["data"]]
        cursor = page["next_cursor"]
    assert seen == [1, 2, 3, 4, 5]
    since = datetime.fromisoformat(first["as_of"]) - timedelta(minutes=1)
    again: list[int] = []
    asked = {"limit": "2", "updated_since": since.isoformat()}
    page = program.get("/api/v1/calls", params=asked).json()
    while True:
        again += [item["id"] for item in page["data"]]
        if page["next_cursor"] is None:
            break
        page = program.get("/api/v1/calls", params=asked | {"cursor": page["next_cursor"]}).json()
    assert again == [1, 2, 3, 4, 5]
