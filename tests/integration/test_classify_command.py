"""`stagecheck classify` and the small commands beside it."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from flow.cli import app
from tests.fakes.contract import ClassifiedCall

TALK: dict[str, Any] = {
    "call_id": "andrey-1",
    "started_at": "2026-11-09T10:12:40+03:00",
    "timezone": "Europe/Moscow",
    "direction": "out",
    "segments": [
        {"speaker": "agent", "text": "Добрый день! Меня зовут Ирина, студия Кедр."},
        {"speaker": "client", "text": "Здравствуйте, Ирина. Да, слушаю вас."},
        {"speaker": "agent", "text": "Давайте встретимся у вас в среду в пятнадцать часов?"},
        {"speaker": "client", "text": "Да, давайте, в среду в пятнадцать подходит. Жду вас."},
        {"speaker": "agent", "text": "Отлично, договорились, до встречи!"},
    ],
}


def stagecheck(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, [*words], input=stdin, catch_exceptions=False)


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.json"
    path.write_text(json.dumps([TALK, TALK | {"call_id": "andrey-2"}]), encoding="utf-8")
    return path


def test_answers_go_to_stdout_in_the_order_of_the_calls(texts: Path) -> None:
    result = stagecheck("classify", str(texts))
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    answers = json.loads(result.stdout)
    assert [answer["call_id"] for answer in answers] == ["andrey-1", "andrey-2"]
    for answer in answers:
        ClassifiedCall.model_validate(answer)
    [meeting] = [one for one in answers[0]["actions"] if one["type"] == "meeting_booked"]
    assert meeting["slots"]["datetime"] == "2026-11-11T15:00:00+03:00"


def test_one_call_gives_a_list_of_one(tmp_path: Path) -> None:
    result = stagecheck("classify", "-", stdin=json.dumps(TALK))
    [answer] = json.loads(result.stdout)
    assert answer["call_id"] == "andrey-1"


def test_answers_go_to_the_file_that_is_named(texts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    result = stagecheck("classify", str(texts), "--json", str(out))
    assert (result.exit_code, result.stdout) == (0, "")
    assert out.read_text(encoding="utf-8") == stagecheck("classify", str(texts)).stdout


def test_only_explain_says_what_made_an_action(texts: Path) -> None:
    plain = json.loads(stagecheck("classify", str(texts)).stdout)
    explained = json.loads(stagecheck("classify", str(texts), "--explain").stdout)
    assert all("cues" not in one for one in plain[0]["actions"])
    assert all(one.pop("cues") for answer in explained for one in answer["actions"])
    assert explained == plain


def test_a_wrong_text_is_told_with_file_and_place(tmp_path: Path) -> None:
    path = tmp_path / "texts.json"
    path.write_text(json.dumps([TALK | {"segments": [{"speaker": "boss", "text": "да"}]}]))
    result = stagecheck("classify", str(path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{path}: [0].segments[0].speaker: expected 'agent'" in result.stderr


def test_an_unwritable_answer_is_told(texts: Path, tmp_path: Path) -> None:
    result = stagecheck("classify", str(texts), "--json", str(tmp_path / "no" / "out.json"))
    assert result.exit_code == 2
    assert "cannot be written (No such file or directory)" in result.stderr


def test_pipelines_lists_the_packaged_and_the_own_files(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "template: own\nname: {ru: Свой, en: Own}\n"
        "stages: [{key: first, names: {ru: [Начало]}}, {key: last, names: {ru: [Конец]}}]\n",
        encoding="utf-8",
    )
    result = stagecheck("pipelines", "--pipelines", str(tmp_path))
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    assert {"web_studio", "b2b_kpi", "classic_cycle", "own"} <= set(lines)
    assert lines[lines.index("own") + 1 :][:2] == [
        "  first: 0 requirements",
        "  last: 0 requirements",
    ]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("template: own\nstages: []\nsteps: 3\n", "own.yaml"),
        (
            "template: own\nname: {ru: Свой, en: Own}\nstages: [{key: a, names: {}}, {key: a, names: {}}]\n",
            "the stage key `a` stands 2 times",
        ),
        ("template: [\n", "is not YAML"),
    ],
)
def test_a_wrong_pipeline_file_is_named(tmp_path: Path, rule: str, said: str) -> None:
    (tmp_path / "own.yaml").write_text(rule, encoding="utf-8")
    result = stagecheck("pipelines", "--pipelines", str(tmp_path))
    assert result.exit_code == 2
    assert "own.yaml" in result.stderr
    assert said in result.stderr


def test_version_is_the_package_s() -> None:
    assert stagecheck("version").stdout == f"stagecheck {version('stagecheck')}\n"
