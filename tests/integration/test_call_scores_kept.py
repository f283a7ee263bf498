"""Scores of calls: kept in the database of a run, on the page and, when asked for, in `classify`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from typer.testing import CliRunner, Result

from core.settings import Settings
from flow.cli import app
from flow.run import RunRequest, run
from models.session import open_database, reading, sqlite_url, transaction
from models.store.calls import save_calls
from models.store.scores import load_score, save_score
from models.tables import CallRow, CallScoreRow, CheckedItemRow
from models.vocabulary.call import Call, Direction, MetadataSource
from models.vocabulary.checklist import CallScore, CheckedItem, ItemVerdict
from models.vocabulary.transcript import Speaker
from tests.fakes.office import SCRIPTS, build_recordings, write_crm
from tests.fakes.transcriber import FakeTranscriber

PASSED = CheckedItem(
    "greeting", "Поздоровался", False, 1.0, ItemVerdict.PASSED, "Поздоровался.", "добрый день",
    Speaker.AGENT, 0.5,
)  # fmt: skip
FAILED = CheckedItem("next_step", "Шаг", True, 4.0, ItemVerdict.FAILED, "Шага нет.")
SCORE = CallScore("sales_call", "ab" * 8, 20, (), (PASSED, FAILED))
TALK = {
    "call_id": "andrey-1",
    "started_at": "2026-11-09T10:12:40+03:00",
    "direction": "out",
    "segments": [
        {"speaker": "agent", "text": "Добрый день! Меня зовут Ирина, студия «Кедр»."},
        {"speaker": "client", "text": "Здравствуйте, Ирина. Да, слушаю вас."},
        {"speaker": "agent", "text": "Давайте встретимся у вас в среду в пятнадцать часов?"},
        {"speaker": "client", "text": "Да, давайте, в среду в пятнадцать подходит. Жду вас."},
        {"speaker": "agent", "text": "Отлично, договорились, до встречи!"},
    ],
}


def one_call(engine: Engine) -> int:
    call = Call(
        call_id="call-1",
        recording="a.wav",
        sha256=None,
        started_at=datetime(2026, 11, 9, 10, tzinfo=UTC),
        direction=Direction.OUT,
        metadata_from=MetadataSource.SIDECAR,
    )
    with transaction(engine) as session:
        [id_] = save_calls(session, "here", [call])
    return id_


def test_a_score_comes_back_as_it_was(database: Engine) -> None:
    call = one_call(database)
    with transaction(database) as session:
        save_score(session, call, SCORE)
    with reading(database) as session:
        assert load_score(session, call) == SCORE


def test_a_new_score_replaces_the_old_one(database: Engine) -> None:
    call = one_call(database)
    for score in (SCORE, CallScore("sales_call", "cd" * 8, None, (), (FAILED,))):
        with transaction(database) as session:
            save_score(session, call, score)
    with reading(database) as session:
        found = load_score(session, call)
        assert found is not None
        assert (found.score, found.items) == (None, (FAILED,))
        assert session.scalar(select(func.count()).select_from(CheckedItemRow)) == 1


def test_a_call_that_is_not_understood_any_more_has_none(database: Engine) -> None:
    call = one_call(database)
    for score in (SCORE, None):
        with transaction(database) as session:
            save_score(session, call, score)
    with reading(database) as session:
        assert load_score(session, call) is None


@pytest.fixture
def request_(tmp_path: Path) -> RunRequest:
    return RunRequest(
        recordings=build_recordings(tmp_path / "records"),
        crm=write_crm(tmp_path / "crm.json"),
        html=tmp_path / "out.html",
        state=tmp_path / "state",
    )


def test_a_run_scores_every_call_and_shows_it(request_: RunRequest) -> None:
    report = run(request_, Settings(), engine_for=lambda _speech: FakeTranscriber(SCRIPTS))
    assert len(report.scores) == 3
    assert request_.html is not None
    page = request_.html.read_text(encoding="utf-8")
    assert page.count("Как вёлся разговор: ") == 3
    assert "Ирина Соколова" in page[page.index("Как ведут разговоры") :]
    engine = open_database(sqlite_url(request_.state / "stagecheck.db"))
    with reading(engine) as session:
        rows = select(CallRow.recording, CallScoreRow.score).join(CallRow)
        kept = {row.recording: row.score for row in session.execute(rows)}
    engine.dispose()
    assert kept == {name: score.score for name, score in report.scores.items()}


def test_the_contract_s_json_says_nothing_of_scores(request_: RunRequest) -> None:
    report = run(request_, Settings(), engine_for=lambda _speech: FakeTranscriber(SCRIPTS))
    assert "checklist" not in json.dumps(report.result)


def stagecheck(*words: str) -> Result:
    return CliRunner().invoke(app, [*words], catch_exceptions=False)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "call.json"
    path.write_text(json.dumps(TALK, ensure_ascii=False), encoding="utf-8")
    return path


def test_classify_says_how_a_call_was_led_when_asked(text: Path) -> None:
    [plain] = json.loads(stagecheck("classify", str(text)).stdout)
    result = stagecheck("classify", str(text), "--checklist", "sales_call")
    assert result.exit_code == 0, result.output
    [answer] = json.loads(result.stdout)
    score = answer.pop("checklist")
    assert answer == plain
    assert (score["checklist"], score["score"]) == ("sales_call", 100)
    step = next(item for item in score["items"] if item["item_id"] == "next_step")
    assert step["verdict"] == "passed"
    assert step["quote"] in TALK["segments"][3]["text"]  # type: ignore[index]  # the client's line


OWN = """
checklist: own
name: {ru: Свой, en: Own}
items:
  - id: thanks
    title: {ru: Поблагодарил, en: Thanked}
    failure: {ru: Не поблагодарил, en: Did not thank}
    check: {kind: said, phrases: спасибо}
    examples:
      passes: [{says: ["agent: Большое спасибо вам за этот разговор.", "client: И вам всего хорошего, жду вашего мастера в среду к десяти утра на складе, это второй подъезд."]}]
      fails: [{says: ["agent: Рад был с вами сегодня поговорить.", "client: И вам всего хорошего, жду вашего мастера в среду к десяти утра на складе, это второй подъезд."]}]
"""


def test_an_own_checklist_replaces_the_packaged_one(text: Path, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    own = str(tmp_path / "own.yaml")
    [answer] = json.loads(stagecheck("classify", str(text), "--checklist", own).stdout)
    assert [item["verdict"] for item in answer["checklist"]["items"]] == ["failed"]
    listed = stagecheck("checklist", "--checklist", own)
    assert listed.stdout == "own: 2 examples hold\n  thanks: weight 1\n"


def test_an_example_that_does_not_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN.replace("Большое спасибо", "Благодарю"), encoding="utf-8")
    result = stagecheck("checklist", "--checklist", str(path))
    assert result.exit_code == 2
    assert "own-thanks-passes-1-passed comes to `failed`" in result.stderr


def test_a_wrong_checklist_stops_a_run_before_any_work(
    request_: RunRequest, tmp_path: Path
) -> None:
    (tmp_path / "own.yaml").write_text(OWN.replace("thanks", "Thanks"), encoding="utf-8")
    result = stagecheck(
        "run", str(request_.recordings), "--crm", str(request_.crm), "--state",
        str(request_.state), "--checklist", str(tmp_path / "own.yaml"),
    )  # fmt: skip
    assert result.exit_code == 2
    assert "own.yaml: `items.0.id` (line 5)" in result.stderr
    assert not request_.state.exists()


def test_the_packaged_checklist_is_listed() -> None:
    listed = stagecheck("checklist").stdout.splitlines()
    assert listed[0].startswith("sales_call: ")
    assert "  next_step: weight 4, critical" in listed
