"""`/healthz`, `/readyz`, `/metrics` and `/api/v1/status`: what they say, and to whom."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from typer.testing import CliRunner

from api.app import app_for
from core.clock import now
from core.serving import ServePlan
from core.settings import Settings
from flow.cli import app as command_line
from models.places import opened_database
from models.session import transaction
from models.store.processes import Process, beat_process
from models.vocabulary.errors import InvalidInputError
from tests.fakes.office import ANDREY, add_recording
from tests.fakes.small_service import build_office, opened, work_off

HERE = ("127.0.0.1", 50000)
ELSEWHERE = ("192.0.2.7", 50000)
TOKEN = "correct-horse-battery-staple"  # noqa: S105 - of an app that lives for a test


@contextmanager
def _asked(
    state: Path,
    *,
    host: str = "127.0.0.1",
    client: tuple[str, int] = HERE,
    name: str = "http://localhost:8787",
    db: str | None = None,
    **service: object,
) -> Iterator[TestClient]:
    settings = Settings.model_validate({"service": service})
    with TestClient(
        app_for(ServePlan(host, state, db), settings), base_url=name, client=client
    ) as asking:
        yield asking


def _beat(state: Path, db: str | None = None) -> None:
    database = opened_database(db, state, Settings().service)
    with transaction(database) as session:
        beat_process(session, Process("scheduler", "here", 1), now())
    database.dispose()


def _values(page: str) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def test_a_process_that_answers_is_alive_whatever_else_is_wrong(tmp_path: Path) -> None:
    nowhere = tmp_path / "file"
    nowhere.write_text("where the state folder should be")
    with _asked(nowhere) as asking:
        assert asking.get("/healthz").json() == {"status": "alive"}


def test_ready_once_a_scheduler_was_seen(tmp_path: Path, empty_url: str) -> None:
    (tmp_path / "state").mkdir()
    with _asked(tmp_path / "state", db=empty_url) as asking:
        first = asking.get("/readyz")
        assert first.status_code == 503
        assert [reason["part"] for reason in first.json()["reasons"]] == ["scheduler"]
        _beat(tmp_path / "state", empty_url)
        second = asking.get("/readyz")
    assert (second.status_code, second.json()) == (200, {"ready": True, "reasons": []})


def test_not_ready_without_database_broker_and_room(tmp_path: Path) -> None:
    nowhere = "postgresql+psycopg://me:secret@127.0.0.1:9/none"
    with _asked(tmp_path, db=nowhere, broker="redis://:secret@127.0.0.1:9/0") as asking:
        answer = asking.get("/readyz")
    assert answer.status_code == 503
    assert [reason["part"] for reason in answer.json()["reasons"]] == ["database", "broker"]
    assert "secret" not in answer.text
    settings = Settings.model_validate({"sftp": {"free_mb": 1 << 40}})
    plan = ServePlan("127.0.0.1", tmp_path, None)
    with TestClient(app_for(plan, settings), base_url="http://localhost", client=HERE) as asking:
        reasons = asking.get("/readyz").json()["reasons"]
    assert "disk" in [reason["part"] for reason in reasons]


def test_not_ready_on_the_tables_of_another_version(tmp_path: Path) -> None:
    _beat(tmp_path)
    with _asked(tmp_path) as asking:
        assert asking.get("/readyz").status_code == 200
        database = opened_database(None, tmp_path, Settings().service)
        with database.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        database.dispose()
        [reason] = asking.get("/readyz").json()["reasons"]
    assert reason["part"] == "database"
    assert "9999" in reason["problem"]


def test_the_figures_follow_the_rows(tmp_path: Path, database_url: str) -> None:
    request = build_office(tmp_path)
    broken = add_recording(tmp_path / "records", "office/broken.wav", 3, {"call_id": "broken"})
    broken.write_bytes(b"RIFF" + bytes(60))
    sftp = tmp_path / "state" / "sftp"
    sftp.mkdir(parents=True)
    (sftp / "accounts.yaml").write_text("accounts:\n- name: office\n")
    (sftp / "accounts.yaml").chmod(0o600)
    lines = [
        {"event": "logged in", "account": "office"},
        {"event": "log-in refused", "account": "+79160001301"},
        {"event": "received", "account": "office", "path": "/+79160001301.wav"},
        {"event": "received", "account": "office", "path": "/b.wav"},
        {"event": "refused", "account": "office", "path": "/c.exe"},
    ]
    audit = sftp / "audit.jsonl"
    audit.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with opened(replace(request, db=database_url)) as place:
        work_off(place)
    with _asked(request.state, db=database_url) as asking:
        page = asking.get("/metrics").text
        values = _values(page)
        with audit.open("a") as more:
            more.write(json.dumps(lines[2]) + "\n" + '{"event": "rec')
        again = _values(asking.get("/metrics").text)
    assert values["stagecheck_database_up", ()] == 1
    assert values["stagecheck_recordings", ("transcribed",)] == 3
    assert values["stagecheck_received_files", ("office",)] == 1
    assert values["stagecheck_received_files", ("",)] == 3
    assert 0 <= values["stagecheck_last_file_age_seconds", ("office",)] < 120
    assert values["stagecheck_waiting_calls", ("fresh",)] == 0
    assert values["stagecheck_hour_calls", ()] == 3
    assert values["stagecheck_hour_audio_seconds", ()] == 12
    assert sum(v for (name, _), v in values.items() if name.endswith("unusable_recordings")) == 1
    assert values["stagecheck_uploads_total", ("office", "received")] == 2
    assert again["stagecheck_uploads_total", ("office", "received")] == 3
    assert values["stagecheck_uploads_total", ("office", "refused")] == 1
    assert values["stagecheck_log_ins_total", ("log-in_refused",)] == 1
    assert values["stagecheck_verdicts_age_seconds", ()] < 120
    assert values["stagecheck_disk_free_bytes", ("state",)] > 0
    assert not re.search(r"7916000\d{4}|Лаптев|broken\.wav", page)


def test_every_figure_says_what_it_is(tmp_path: Path) -> None:
    _beat(tmp_path)
    with _asked(tmp_path) as asking:
        families = list(text_string_to_metric_families(asking.get("/metrics").text))
    assert len(families) > 10
    documented = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    assert [family.name for family in families if f"`{family.name}" not in documented] == []
    assert [family.name for family in families if not family.documentation.endswith(".")] == []
    assert all(family.name.startswith("stagecheck_") for family in families)


def test_without_a_database_the_rest_is_still_told(tmp_path: Path) -> None:
    with _asked(tmp_path, db="postgresql+psycopg://me:x@127.0.0.1:9/none") as asking:
        values = _values(asking.get("/metrics").text)
        assert asking.get("/api/v1/status").status_code == 503
    assert values["stagecheck_database_up", ()] == 0
    assert values["stagecheck_disk_free_bytes", ("state",)] > 0


def test_the_status_is_what_the_command_shows(tmp_path: Path) -> None:
    request = build_office(tmp_path)
    with opened(request) as place:
        work_off(place)
    with _asked(request.state) as asking:
        answered = asking.get("/api/v1/status").json()
    words = ["status", "--json", "--state", str(request.state)]
    shown = json.loads(CliRunner().invoke(command_line, words).stdout)
    assert answered | {"at": ""} == shown | {"at": ""}
    assert answered["recordings"] == {"transcribed": 3}


@pytest.mark.parametrize("path", ["/metrics", "/api/v1/status"])
@pytest.mark.parametrize(
    ("headers", "client", "status"),
    [
        ({}, HERE, 200),
        ({}, ("::1", 1), 200),
        ({}, ELSEWHERE, 401),
        ({"X-Forwarded-For": "192.0.2.9"}, HERE, 401),
        ({"Forwarded": "for=192.0.2.9"}, HERE, 401),
        ({"Authorization": f"Bearer {TOKEN}"}, ELSEWHERE, 200),
        ({"Authorization": f"bearer {TOKEN}", "X-Forwarded-For": "1"}, HERE, 200),
        ({"Authorization": f"Bearer {TOKEN}x"}, ELSEWHERE, 401),
        ({"Authorization": f"Basic {TOKEN}"}, ELSEWHERE, 401),
        ({"Authorization": "Bearer "}, ELSEWHERE, 401),
    ],
)
def test_figures_are_for_this_machine_or_for_the_token(
    path: str, headers: dict[str, str], client: tuple[str, int], status: int, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text(f"{TOKEN}\n")
    with _asked(tmp_path, host="0.0.0.0", client=client, token_file=token) as asking:  # noqa: S104
        assert asking.get(path, headers=headers).status_code == status


def test_without_a_token_nobody_else_reads_figures(tmp_path: Path) -> None:
    with _asked(tmp_path, host="0.0.0.0", client=ELSEWHERE) as asking:  # noqa: S104
        for shown in ("", "None", TOKEN):
            answer = asking.get("/metrics", headers={"Authorization": f"Bearer {shown}"})
            assert answer.status_code == 401
        assert asking.get("/healthz").status_code == 200


@pytest.mark.parametrize("content", ["", "short"])
def test_a_token_that_anybody_could_guess_is_refused(content: str, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(content)
    with pytest.raises(InvalidInputError, match="token"), _asked(tmp_path, token_file=token):
        pytest.fail("it started")


@pytest.mark.parametrize(
    ("host", "hosts", "asked", "status"),
    [
        ("127.0.0.1", (), "localhost:8787", 200),
        ("127.0.0.1", (), "127.0.0.1", 200),
        ("127.0.0.1", (), "[::1]:8787", 200),
        ("127.0.0.1", (), "evil.example", 421),
        ("127.0.0.1", (), "localhost.evil.example:8787", 421),
        ("127.0.0.1", (), "", 421),
        ("127.0.0.1", ("calls.example",), "calls.example", 200),
        ("0.0.0.0", (), "calls.example", 200),  # noqa: S104
        ("0.0.0.0", ("calls.example",), "evil.example", 421),  # noqa: S104
    ],
)
def test_a_foreign_name_gets_nothing(
    host: str, hosts: tuple[str, ...], asked: str, status: int, tmp_path: Path
) -> None:
    with _asked(tmp_path, host=host, hosts=hosts) as asking:
        answer = asking.get("/healthz", headers={"Host": asked})
    assert answer.status_code == status


def test_every_answer_keeps_browsers_from_misusing_it(tmp_path: Path) -> None:
    with _asked(tmp_path) as asking:
        for path in ("/healthz", "/nothing", "/openapi.json"):
            headers = asking.get(path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["content-security-policy"].startswith("default-src 'none'")
            assert "server" not in headers
        assert asking.get("/", headers={"Host": "evil"}).headers["cache-control"] == "no-store"


def test_the_api_describes_itself(tmp_path: Path) -> None:
    with _asked(tmp_path) as asking:
        described = asking.get("/openapi.json").json()
        assert asking.get("/docs").status_code == 404
    ours = {"/healthz", "/readyz", "/metrics", "/api/v1/status", "/api/v1/cdr"}
    assert ours <= set(described["paths"])
    assert ANDREY not in json.dumps(described)
