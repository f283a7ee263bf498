"""Keys of programs: what each opens, how long it counts, and what stays of its use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from typer.testing import CliRunner

from api.app import app_for
from api.v1.rates import Rates
from core.clock import now
from core.serving import ServePlan
from core.settings import Settings
from core.tokens import make_token, prefix_of
from flow.cli import app as command_line
from models.places import open_state
from models.session import reading, transaction
from models.store.audit import read_audit
from models.tables import ApiKeyRow
from models.vocabulary.keys import Scope
from tests.fakes.api_office import fill, make_key, programs
from tests.fakes.databases import new_state
from tests.fakes.routes import routes_of

CODES = {401: {"no_key", "key_refused"}, 403: {"missing_scope"}}
# What is asked where an address names something.
NAMED = {"{id}": "1", "{crm}": "amocrm", "{prefix}": "aaaaaaaa", "{table}": "figures_deals"}


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    return tmp_path / "state"


@pytest.fixture
def database(state: Path) -> Iterator[Engine]:
    engine = open_state(new_state(state))
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def program(state: Path, database: Engine) -> Iterator[TestClient]:
    with programs(state) as client:
        yield client


def operations(program: TestClient) -> list[tuple[str, str, Scope]]:
    """Every operation for programs, with the scope that it says it needs."""
    found = []
    for path, methods in program.get("/openapi.json").json()["paths"].items():
        for method, operation in methods.items():
            if "x-scope" in operation:
                address = re.sub(r"\{\w+\}", lambda name: NAMED[name[0]], path)
                found.append((method, address, Scope(operation["x-scope"])))
    return found


def test_every_operation_is_opened_by_its_scope_and_by_no_other(
    program: TestClient, database: Engine
) -> None:
    shown = {scope: make_key(database, scope)[1] for scope in Scope}
    listed = operations(program)
    assert len(listed) >= 20
    for method, address, needed in listed:
        for scope, headers in shown.items():
            answer = program.request(method, address, headers=headers)
            if scope is needed:
                assert answer.status_code not in (401, 403, 500) or (
                    answer.json()["code"] == "snapshot_off"
                ), (method, address, answer.text)
            else:
                assert answer.status_code == 403, (method, address, scope)
                if method != "head":  # which is answered without a body
                    assert answer.json()["code"] == "missing_scope"
                    assert answer.json()["scope"] == needed.value


def test_every_address_of_the_api_needs_a_key(program: TestClient) -> None:
    described = {(method, address) for method, address, _ in operations(program)}
    app = program.app
    assert isinstance(app, FastAPI)
    there = {
        (method.lower(), re.sub(r"\{\w+\}", lambda name: NAMED[name[0]], path))
        for method, path in routes_of(app)
        if path.startswith("/api/v1/") and path != "/api/v1/status"
    }
    assert there == described, "what needs no key of a program is described otherwise"
    for method, address in described:
        answer = program.request(method, address)
        assert answer.status_code == 401
        assert method == "head" or answer.json()["code"] == "no_key"
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_keys_that_do_not_count_open_nothing(program: TestClient, database: Engine) -> None:
    key, right = make_key(database, Scope.READ)
    _, expired = make_key(database, Scope.READ, days=-1)
    assert program.get("/api/v1/calls", headers=right).status_code == 200
    wrong = [
        expired,
        {"Authorization": f"Bearer {make_token().text}"},
        {"Authorization": right["Authorization"][:-1] + "!"},
        {"Authorization": right["Authorization"][:-4] + "AAAA"},
        {"Authorization": "Bearer sc_"},
    ]
    for headers in wrong:
        answer = program.get("/api/v1/calls", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "key_refused")
    basic = {"Authorization": right["Authorization"].replace("Bearer", "Basic")}
    assert program.get("/api/v1/calls", headers=basic).json()["code"] == "no_key"
    with transaction(database) as session:
        session.get_one(ApiKeyRow, key.id).revoked_at = now()
    assert program.get("/api/v1/calls", headers=right).status_code == 401


def test_a_key_is_revoked_over_the_api_at_once(program: TestClient, database: Engine) -> None:
    _, admin = make_key(database, Scope.ADMIN, name="keeper")
    key, shown = make_key(database, Scope.READ)
    listed = program.get("/api/v1/keys", headers=admin).json()["data"]
    assert [one["name"] for one in listed] == ["keeper", "connector"]
    assert "digest" not in str(listed)
    for _ in range(2):
        answer = program.delete(f"/api/v1/keys/{key.prefix}", headers=admin)
        assert answer.status_code == 200
        assert answer.json()["revoked_at"]
    assert program.get("/api/v1/calls", headers=shown).status_code == 401
    assert program.delete("/api/v1/keys/aaaaaaaa", headers=admin).status_code == 404
    with reading(database) as session:
        [(_, entry)] = read_audit(session, events=["key revoked"])
    assert entry.who.startswith("keeper (sc_")


def test_only_a_hash_is_kept_and_when_it_was_used(program: TestClient, database: Engine) -> None:
    key, shown = make_key(database, Scope.READ)
    secret = shown["Authorization"].removeprefix("Bearer ")
    program.get("/api/v1/calls", headers=shown)
    with reading(database) as session:
        row = session.get_one(ApiKeyRow, key.id)
    assert row.used_at is not None
    assert now() - row.used_at < timedelta(minutes=1)
    assert all(secret not in str(value) for value in vars(row).values())
    assert prefix_of(secret) == row.prefix


def test_reading_transcripts_is_written_down_once_for_each_request(
    program: TestClient, database: Engine
) -> None:
    _, shown = make_key(database, Scope.TRANSCRIPTS)
    assert program.get("/api/v1/calls/1/transcript", headers=shown).status_code == 200
    assert program.get("/api/v1/transcripts?limit=2", headers=shown).status_code == 200
    assert program.get("/api/v1/calls/999/transcript", headers=shown).status_code == 404
    with reading(database) as session:
        entries = [entry for _, entry in read_audit(session)]
    told = [(entry.event, entry.subject, entry.detail) for entry in entries]
    assert told == [
        ("transcripts read", "2 calls", "1, 2"),
        ("transcript read", "call:1", ""),
    ]
    assert {entry.address for entry in entries} == {"127.0.0.1"}


def test_work_is_asked_for_again_and_written_down(program: TestClient, database: Engine) -> None:
    _, shown = make_key(database, Scope.WRITE, Scope.READ)
    answer = program.post("/api/v1/calls/1/rerun", headers=shown)
    [job] = answer.json()["jobs"]
    assert (answer.status_code, job["kind"], job["state"]) == (202, "call", "waiting")
    assert program.get(f"/api/v1/jobs/{job['id']}", headers=shown).json() == job
    jobs = program.post("/api/v1/deals/amocrm/1001/rerun", headers=shown).json()["jobs"]
    assert sorted(one["kind"] for one in jobs) == ["call", "call", "verdicts"]
    for path in ("calls/99", "deals/amocrm/99", "deals/other/1001"):
        assert program.post(f"/api/v1/{path}/rerun", headers=shown).status_code == 404
    with reading(database) as session:
        subjects = [entry.subject for _, entry in read_audit(session)]
    assert subjects == ["deal:1001", "call:1"]


def test_who_asks_too_often_waits(state: Path, database: Engine) -> None:
    _, shown = make_key(database, Scope.READ)
    _, other = make_key(database, Scope.READ)
    with programs(state, requests_per_minute=3, refusals_per_minute=2) as program:
        left = [program.get("/api/v1/flags", headers=shown).headers for _ in range(3)]
        assert [one["ratelimit"].partition(";t=")[0] for one in left] == [
            '"key";r=2',
            '"key";r=1',
            '"key";r=0',
        ]
        assert left[0]["ratelimit-policy"] == '"key";q=3;w=60'
        refused = program.get("/api/v1/flags", headers=shown)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert program.get("/api/v1/flags", headers=other).status_code == 200
        codes = [program.get("/api/v1/flags").status_code for _ in range(3)]
        assert codes == [401, 401, 429]
        assert program.get("/api/v1/flags", headers=other).status_code == 200


def test_a_window_ends_and_strangers_fill_no_memory() -> None:
    at = [0.0]
    rates = Rates("key", 2, clock=lambda: at[0])
    assert [rates.count("a").refused for _ in range(3)] == [False, False, True]
    at[0] = 59.5
    assert rates.count("a").headers()["Retry-After"] == "1"
    at[0] = 60.0
    assert not rates.count("a").refused
    for number in range(25_000):
        rates.count(str(number))
    assert len(rates._windows) <= 10_000


def test_requests_are_told_by_ids(program: TestClient) -> None:
    own = program.get("/api/v1/calls", headers={"X-Request-Id": "crm-7.a_b"})
    assert own.headers["x-request-id"] == own.json()["request_id"] == "crm-7.a_b"
    for odd in ("a b", "x" * 65, "<b>"):
        answer = program.get("/api/v1/calls", headers={"X-Request-Id": odd})
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
    assert program.get("/healthz").headers["x-request-id"]


def test_ids_stand_in_the_log(program: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    from core.logs import configure_logs

    configure_logs(verbose=False, events=True)
    program.get("/api/v1/calls", headers={"X-Request-Id": "find-me"})
    configure_logs(verbose=False)
    assert '"request_id": "find-me"' in capsys.readouterr().err


def test_all_that_goes_wrong_is_told_in_one_form(
    program: TestClient, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, shown = make_key(database, Scope.READ, Scope.WRITE)
    cases = [
        ("get", "/api/nothing", {}, 404, "not_found"),
        ("get", "/api/v1/calls/0", {}, 422, "invalid_parameter"),
        ("get", "/api/v1/calls?limit=many", {}, 422, "invalid_parameter"),
        ("get", "/api/v1/calls?wrong=1", {}, 422, "invalid_parameter"),
        ("get", "/api/v1/flags?withdrawn=true&withdrawn=false", {}, 422, "invalid_parameter"),
        ("get", "/api/v1/calls?user_id=%00", {}, 422, "invalid_parameter"),
        ("get", "/api/v1/calls?updated_since=0001-01-01T00:00:00%2B14:00", {}, 422, None),
        ("get", "/api/v1/deals/amocrm/%00/verification", {}, 404, "not_found"),
        ("delete", "/api/v1/calls", {}, 405, "method_not_allowed"),
        ("post", "/api/v1/cdr", {"Content-Type": "image/png"}, 415, "unsupported_media_type"),
        ("get", "/api/v1/calls", {"Host": "evil.example"}, 421, "wrong_host"),
    ]
    for method, path, headers, status, code in cases:
        answer = program.request(method, path, headers={**shown, **headers})
        body = answer.json()
        assert (answer.status_code, body["status"]) == (status, status), path
        assert code in (None, body["code"])
        assert answer.headers["content-type"] == "application/problem+json"
        assert body["type"] == f"/api/docs/problems#{body['code']}"
        assert body["request_id"] == answer.headers["x-request-id"]

    def broken(*_: object) -> None:
        raise RuntimeError("words of a call")

    monkeypatch.setattr("api.v1.calls._call", broken)
    answer = program.get("/api/v1/calls", headers=shown)
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    assert "words of a call" not in answer.text


def test_without_a_database_the_answer_names_no_places(tmp_path: Path) -> None:
    nowhere = "postgresql+psycopg://me:secret@127.0.0.1:9/none"
    with programs(tmp_path / "state", nowhere) as program:
        headers = {"Authorization": f"Bearer {make_token().text}"}
        answer = program.get("/api/v1/calls", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"] == "60"
    assert "127.0.0.1" not in answer.text


def test_the_old_token_and_this_machine_read_figures_and_nothing_else(
    state: Path, database: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text("correct-horse-battery-staple")
    settings = Settings.model_validate({"service": {"token_file": str(file)}})
    app = app_for(ServePlan("127.0.0.1", state, None), settings)
    shown = {"Authorization": "Bearer correct-horse-battery-staple"}
    with TestClient(app, base_url="http://localhost", client=("192.0.2.7", 1)) as stranger:
        refused = stranger.get("/api/v1/status")
        assert (refused.status_code, refused.json()["code"]) == (401, "no_key")
        assert stranger.get("/api/v1/status", headers=shown).status_code == 200
        assert stranger.get("/metrics", headers=shown).status_code == 200
        assert stranger.get("/api/v1/calls", headers=shown).status_code == 401


def test_keys_are_made_listed_and_revoked_on_the_command_line(
    state: Path, database: Engine, program: TestClient
) -> None:
    def command(*words: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(command_line, ["api-key", *words, "--state", str(state)])
        return done.exit_code, done.stdout, done.stderr

    assert "would open nothing" in command("crm")[2]
    assert "is no name" in command("a b", "--scope", "read")[2]
    status, token, about = command("crm", "--scope", "read", "--scope", "write", "--expires", "30")
    assert status == 0
    assert "shown this once" in about
    headers = {"Authorization": f"Bearer {token.strip()}"}
    assert program.get("/api/v1/calls", headers=headers).status_code == 200
    listed = command("--list")[1]
    assert listed.startswith(f"crm: sc_{prefix_of(token.strip())}, read, write; until ")
    assert token.strip() not in listed
    assert command("crm", "--revoke")[0] == 0
    assert program.get("/api/v1/calls", headers=headers).status_code == 401
    assert "names no key" in command("crm", "--revoke")[2]
    assert "revoked" in command()[1]
    with reading(database) as session:
        events = [entry.event for _, entry in read_audit(session)]
        digests = set(session.scalars(select(ApiKeyRow.digest)))
    assert events == ["key revoked", "key made"]
    assert token.strip() not in digests
