"""`POST /api/v1/cdr`: a program sends call records, as often as it likes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import app_for
from api.v1 import intake
from core.serving import ServePlan
from core.settings import Settings
from models.places import open_state
from models.vocabulary.keys import Scope
from tests.fakes.api_office import make_key
from tests.fakes.databases import new_state
from tests.fakes.office import build_cdr

HERE = ("127.0.0.1", 50000)


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings.model_validate({"pbx": {"timezone": "Europe/Moscow"}})
    app = app_for(ServePlan("127.0.0.1", tmp_path / "state", None), settings)
    database = open_state(new_state(tmp_path / "state"))
    shown = make_key(database, Scope.WRITE)[1] | {"Content-Type": "text/csv"}
    database.dispose()
    with TestClient(app, base_url="http://localhost:8787", client=HERE, headers=shown) as client:
        yield client


def send(asking: TestClient, data: bytes, **named: str) -> tuple[int, dict[str, object]]:
    answer = asking.post("/api/v1/cdr", content=data, params=named)
    return answer.status_code, answer.json()


def test_rows_are_taken_once_however_often_they_are_sent(
    asking: TestClient, tmp_path: Path
) -> None:
    data = build_cdr(tmp_path / "Master.csv").read_bytes()
    assert send(asking, data) == (200, {"new": 1, "repeated": 0, "replaced": 0, "bad": []})
    assert send(asking, data) == (200, {"new": 0, "repeated": 1, "replaced": 0, "bad": []})


def test_a_bad_line_costs_itself_and_is_named(asking: TestClient, tmp_path: Path) -> None:
    data = build_cdr(tmp_path / "Master.csv").read_bytes() + b'"half a line\n'
    status, body = send(asking, data)
    assert (status, body["new"]) == (200, 1)
    assert body["bad"] == [{"line": 2, "problem": "a quotation mark is not closed"}]


@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff" * 50, b"hello\n", b"RIFF\x24\x08\x00\x00WAVEfmt "]
)
def test_what_is_no_call_record_is_refused_with_a_sentence(data: bytes, asking: TestClient) -> None:
    status, body = send(asking, data)
    assert status == 422
    assert "Give" in str(body["detail"])


def test_a_telephone_system_that_is_not_set_up_is_refused(
    asking: TestClient, tmp_path: Path
) -> None:
    data = build_cdr(tmp_path / "Master.csv").read_bytes()
    status, body = send(asking, data, account="nobody")
    assert status == 422
    assert "sources.nobody" in str(body["detail"])


def test_a_body_without_end_is_cut_off(asking: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MOST_LEDGER_MB", 0)
    status, _ = send(asking, b"x")
    assert status == 413


def test_strangers_send_nothing(tmp_path: Path) -> None:
    app = app_for(ServePlan("127.0.0.1", tmp_path / "state", None), Settings())
    with TestClient(app, base_url="http://localhost:8787", client=("192.0.2.7", 50000)) as stranger:
        assert stranger.post("/api/v1/cdr", content=b"x").status_code == 401


def test_the_description_names_it(asking: TestClient) -> None:
    described = asking.get("/openapi.json").json()["paths"]["/api/v1/cdr"]["post"]
    body = described["requestBody"]["content"]["text/csv"]
    assert body["schema"] == {"type": "string", "format": "binary"}
    assert body["example"]
    assert {"200", "401", "413", "422", "503"} <= set(described["responses"])
