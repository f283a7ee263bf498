"""What a verdict hangs on is heard again: once, kept, visible, and never more than that."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from core.settings import Settings
from flow.run import RunReport, RunRequest, run
from models.session import open_database, reading, sqlite_url
from models.tables import ActionRow, SecondListeningRow
from models.vocabulary.errors import StagecheckError, UnusableRecordingError
from tests.fakes.contract import ContractResult
from tests.fakes.office import ANDREYS, SCRIPTS, build_recordings, write_crm
from tests.fakes.second_listener import FakeSecondListener
from tests.fakes.transcriber import FakeTranscriber
from transcribe.engine import SecondListener

OFFER = "Давайте встретимся в среду, одиннадцатого, в пятнадцать ноль-ноль?"
YES = "Да, договорились, жду."
AT_SIX = "Давайте встретимся в среду, одиннадцатого, в восемнадцать ноль-ноль?"


def meeting_at(clock: str) -> dict[str, Any]:
    """Andrey's meeting as the CRM has it."""
    return {
        "id": "a1", "deal_id": "1001", "contact_id": "k01", "type": "meeting", "kind": "meeting",
        "created_at": "2026-11-09T10:20:00+03:00", "due_at": f"2026-11-11T{clock}:00+03:00",
        "place": "у клиента", "user_id": "u101",
    }  # fmt: skip


@pytest.fixture
def request_(tmp_path: Path) -> RunRequest:
    """A CRM that says six where Andrey and Irina agreed on three."""
    return RunRequest(
        recordings=build_recordings(tmp_path / "records"),
        crm=write_crm(tmp_path / "crm.json", activities=[meeting_at("18:00")]),
        html=tmp_path / "out.html",
        state=tmp_path / "state",
    )


def listened(request: RunRequest, second: SecondListener | None) -> RunReport:
    ears = FakeTranscriber(SCRIPTS, second=second)
    report = run(request, Settings(), engine_for=lambda _speech: ears)
    ContractResult.model_validate(report.result)
    return report


def mismatch(report: RunReport) -> dict[str, Any]:
    [flag] = [flag for flag in report.result["flags"] if flag["kind"] == "slot_mismatch"]
    return dict(flag)


def booking(report: RunReport) -> dict[str, Any]:
    actions = [action for call in report.result["calls"] for action in call["actions"]]
    [found] = [action for action in actions if action["type"] == "meeting_booked"]
    return dict(found)


def database_of(request: RunRequest) -> Engine:
    return open_database(sqlite_url(request.state / "stagecheck.db"))


def test_two_hearings_that_agree_change_nothing(request_: RunRequest) -> None:
    alone = listened(replace(request_, state=request_.state / "alone"), None)
    ear = FakeSecondListener()
    report = listened(request_, ear)
    assert report.result == alone.result
    assert (report.again.quotes, report.again.same, report.again.otherwise) == (1, 1, 0)
    assert ear.asked == [[text for _, text in SCRIPTS[ANDREYS]]]


def test_a_disagreement_makes_a_loud_flag_quiet_and_is_told(request_: RunRequest) -> None:
    alone = listened(replace(request_, state=request_.state / "alone"), None)
    report = listened(request_, FakeSecondListener({OFFER: AT_SIX}))
    assert (report.again.quotes, report.again.otherwise) == (1, 1)
    assert mismatch(alone)["severity"] == "high"
    assert mismatch(report)["severity"] == "low"  # too unsure by now to be more than advice
    told = f"При повторном прослушивании слышно иначе: «{AT_SIX}»"
    assert told in mismatch(report)["explanation"]
    assert booking(report)["confidence"] == pytest.approx(
        booking(alone)["confidence"] / 2, abs=0.001
    )
    assert booking(report)["slots"] == booking(alone)["slots"]
    assert request_.html is not None
    assert "слышно иначе" in request_.html.read_text(encoding="utf-8")
    engine = database_of(request_)
    with reading(engine) as session:
        kept = list(
            session.scalars(
                select(ActionRow.heard_otherwise).where(ActionRow.type == "meeting_booked")
            )
        )
    engine.dispose()
    assert kept == [AT_SIX]


def test_deals_stand_where_the_first_hearing_put_them(request_: RunRequest) -> None:
    def standing(report: RunReport) -> list[tuple[str, str]]:
        return [(deal["verified_stage"], deal["gap"]) for deal in report.result["deals"]]

    alone = listened(replace(request_, state=request_.state / "alone"), None)
    no = FakeSecondListener({YES: "Нет, не надо, отменяйте, мы передумали."})
    assert standing(listened(request_, no)) == standing(alone)


def test_the_second_run_hears_nothing_again_and_says_the_same(request_: RunRequest) -> None:
    first = listened(request_, FakeSecondListener({OFFER: AT_SIX}))
    ear = FakeSecondListener({OFFER: AT_SIX})
    second = listened(request_, ear)
    assert ear.asked == []
    assert second.result == first.result
    assert first.again.heard_s > 0
    assert second.again == replace(first.again, heard_s=0.0)


def test_a_run_killed_while_listening_again_goes_on(request_: RunRequest) -> None:
    def killed() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        listened(request_, FakeSecondListener(before=killed))
    ear = FakeSecondListener()
    assert listened(request_, ear).again.same == 1
    assert len(ear.asked) == 1
    engine = database_of(request_)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(SecondListeningRow)) == 1
    engine.dispose()


def test_another_listener_listens_anew(request_: RunRequest) -> None:
    listened(request_, FakeSecondListener())
    larger = FakeSecondListener(identity="fake again, larger")
    assert listened(request_, larger).again.heard_s > 0
    assert len(larger.asked) == 1


def test_nothing_is_heard_again_where_nothing_hangs_on_it(request_: RunRequest) -> None:
    """The card stands where the deal does, and the meeting's day is still to come."""
    write_crm(request_.crm)
    ear = FakeSecondListener()
    tuesday = datetime.fromisoformat("2026-11-10T18:00:00+03:00")
    report = listened(replace(request_, as_of=tuesday), ear)
    assert booking(report)["status"] == "done"
    assert ear.asked == []
    assert report.again.quotes == 0


@pytest.mark.parametrize("error", [UnusableRecordingError("gone", "it is gone"), OSError("gone")])
def test_a_recording_that_is_gone_contradicts_nobody(
    request_: RunRequest, error: Exception
) -> None:
    def gone() -> None:
        raise error

    report = listened(request_, FakeSecondListener(before=gone))
    assert (report.again.unclear, report.again.otherwise) == (1, 0)
    assert mismatch(report)["severity"] == "high"


def test_weights_that_are_missing_stop_the_run_with_a_sentence(request_: RunRequest) -> None:
    def missing() -> None:
        raise StagecheckError("`speech.second_model`: no such model. Name another.")

    with pytest.raises(StagecheckError, match="second_model"):
        listened(request_, FakeSecondListener(before=missing))


@pytest.mark.slow
def test_it_is_kept_in_postgres_as_well(request_: RunRequest, postgres_url: str) -> None:
    kept = replace(request_, db=postgres_url)
    first = listened(kept, FakeSecondListener({OFFER: AT_SIX}))
    ear = FakeSecondListener({OFFER: AT_SIX})
    assert listened(kept, ear).result == first.result
    assert ear.asked == []
