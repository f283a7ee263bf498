"""Endpoints on their pages and by command: who may, the secret shown once, what is told after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from markupsafe import escape
from sqlalchemy import Engine, select, update
from typer.testing import CliRunner

from core.clock import now
from core.settings import Settings
from flow.cli import app
from models.places import open_state
from models.session import reading, transaction
from models.tables import AuditRow, WebhookDeliveryRow, WebhookEndpointRow
from models.vocabulary.access import Role
from tests.fakes.databases import new_state
from tests.fakes.pages_office import add_person, asking, log_in
from tests.fakes.receiver import receiving, verified
from tests.fakes.told_findings import raise_flags, sighting

URL = "https://crm.example.ru/stagecheck"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_state(new_state(tmp_path))
    yield engine
    engine.dispose()


@pytest.fixture
def client(tmp_path: Path, database: Engine) -> Iterator[TestClient]:
    for role in Role:
        add_person(database, role.value, role, crm_user="u1", team=["u1"])
    with asking(tmp_path) as one:
        yield one


def add(client: TestClient, csrf: str, url: str = URL, **more: object) -> str:
    form = {"csrf": csrf, "url": url, "types": ["flag.raised", "flag.decided"], **more}
    return client.post("/system/webhooks", data=form).text


def test_the_secret_is_shown_once_and_never_again(client: TestClient, database: Engine) -> None:
    csrf = log_in(client, "admin")
    [secret] = set(SECRET.findall(add(client, csrf)))
    page = client.get("/system/webhooks/1").text
    assert URL in page
    assert not SECRET.search(page)
    assert not SECRET.search(client.get("/system/webhooks").text)
    rotated = client.post("/system/webhooks/1/rotate", data={"csrf": csrf}).text
    [new] = set(SECRET.findall(rotated))
    assert new != secret
    assert "24" in rotated
    with reading(database) as session:
        row = session.scalars(select(WebhookEndpointRow)).one()
        events = list(session.scalars(select(AuditRow.event).order_by(AuditRow.id)))
    assert row.types == ["flag.raised", "flag.decided"]
    assert row.created_by == "admin"
    assert events[-2:] == ["webhook added", "webhook secret rotated"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://10.0.0.1/", "внутреннюю сеть"),
        ("https://[::ffff:127.0.0.1]/", "внутреннюю сеть"),
        ("http://crm.example.ru/", "порт"),
        ("https://a:b@crm.example.ru/", "пароль"),
        ("javascript:alert(1)", "не адрес"),
        ('"><script>alert(1)</script>', "не адрес"),
    ],
)
def test_a_wrong_address_is_told_and_not_kept(
    client: TestClient, database: Engine, url: str, words: str
) -> None:
    csrf = log_in(client, "head")
    answer = client.post("/system/webhooks", data={"csrf": csrf, "url": url})
    assert answer.status_code == 422
    assert words in answer.text
    assert "<script>alert" not in answer.text
    add(client, csrf)
    answer = client.post("/system/webhooks/1", data={"csrf": csrf, "url": url})
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{escape(url)}"' in answer.text, "what was typed stays to be mended"
    with reading(database) as session:
        assert session.scalars(select(WebhookEndpointRow.url)).all() == [URL]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SUPERVISOR, Role.AUDITOR])
def test_who_keeps_no_systems_reaches_nothing(
    client: TestClient, database: Engine, role: Role
) -> None:
    add(client, log_in(client, "admin"))
    csrf = log_in(client, role.value)
    for path in ("/system/webhooks", "/system/webhooks/1"):
        assert client.get(path).status_code == 403
    for path in ("", "/1", "/1/rotate", "/1/test", "/1/shut", "/1/open", "/1/replay", "/1/remove"):
        answer = client.post(f"/system/webhooks{path}", data={"csrf": csrf, "url": URL})
        assert answer.status_code == 403, path
    with reading(database) as session:
        assert session.scalars(select(WebhookEndpointRow.shut_at)).all() == [None]


def test_a_form_from_elsewhere_changes_nothing(client: TestClient, database: Engine) -> None:
    log_in(client, "admin")
    assert client.post("/system/webhooks", data={"csrf": "no", "url": URL}).status_code == 403
    with reading(database) as session:
        assert session.scalars(select(WebhookEndpointRow)).all() == []


def test_deliveries_are_shown_and_dead_ones_sent_again(
    client: TestClient, database: Engine
) -> None:
    csrf = log_in(client, "head")
    assert "Сообщать пока некому" in client.get("/system/webhooks").text
    add(client, csrf)
    assert "Отправлять пока было нечего" in client.get("/system/webhooks/1").text
    raise_flags(database, sighting("a"), sighting("b", deal="d2"), sighting("c", deal=None))
    with transaction(database) as session:
        dead = {"state": "dead", "status": 500, "error": "status_500", "tries": 7, "took_ms": 12}
        session.execute(update(WebhookDeliveryRow).values(**dead, tried_at=now()))
    page = client.get("/system/webhooks/1").text
    assert "Не доставлены: 3" in page
    assert 'href="/deals/d2"' in page
    answer = client.post("/system/webhooks/1/replay", data={"csrf": csrf, "delivery": 2})
    assert answer.headers["location"] == "/system/webhooks/1?said=replayed"
    assert "Не доставлены: 2" in client.get("/system/webhooks/1?said=replayed").text
    client.post("/system/webhooks/1/replay", data={"csrf": csrf})
    assert "Не доставлены:" not in client.get("/system/webhooks/1").text


def test_shutting_opening_testing_removing(client: TestClient, database: Engine) -> None:
    csrf = {"csrf": log_in(client, "admin")}
    add(client, csrf["csrf"])
    client.post("/system/webhooks/1/test", data=csrf)
    assert "Проверка связи" in client.get("/system/webhooks/1").text
    client.post("/system/webhooks/1/shut", data=csrf)
    assert "Отключён вручную" in client.get("/system/webhooks/1").text
    client.post("/system/webhooks/1/open", data=csrf)
    changed = {**csrf, "url": f"{URL}/other", "types": "flag.raised", "quotes": "true"}
    client.post("/system/webhooks/1", data=changed)
    with reading(database) as session:
        row = session.scalars(select(WebhookEndpointRow)).one()
    assert (row.url, row.types, row.quotes, row.shut_at) == (
        f"{URL}/other",
        ["flag.raised"],
        True,
        None,
    )
    client.post("/system/webhooks/1/remove", data=csrf)
    for path in ("", "/rotate", "/test", "/replay", "/remove", "/nothing"):
        answer = client.post(f"/system/webhooks/1{path}", data={**csrf, "url": URL})
        assert answer.status_code == 404, path
    assert client.get("/system/webhooks/1").status_code == 404
    assert client.get("/system/webhooks/x").status_code in (404, 422)


def run(state: Path, *words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["webhook", *words, "--state", str(state)])
    assert done.exit_code == code, done.output
    return done.output


def test_the_commands_do_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver:
        monkeypatch.setenv("STAGECHECK_WEBHOOKS__ALLOW_NETWORKS", '["127.0.0.0/8"]')
        monkeypatch.setenv("STAGECHECK_WEBHOOKS__PORTS", f"[{receiver.port}]")
        made = run(tmp_path, "add", receiver.url, "--event", "flag.raised", "--quotes")
        [secret] = SECRET.findall(made)
        assert "took it, 200" in run(tmp_path, "test", "1")
        [got] = receiver.got
        assert got.body["type"] == "webhook.test"
        assert verified(secret, got)
        [new] = SECRET.findall(run(tmp_path, "rotate", "1"))
        receiver.answer = lambda _got: 500
        assert "status_500" in run(tmp_path, "test", "1", code=1)
        assert verified(new, receiver.got[-1])
        assert verified(secret, receiver.got[-1])
        listed = run(tmp_path, "list")
    assert "with quotes: flag.raised (1 waiting, 1 delivered)" in listed
    assert secret not in listed
    assert "removed" in run(tmp_path, "remove", "1")
    assert run(tmp_path, "list") == ""
    assert "is no endpoint" in run(tmp_path, "test", "1", code=2)
    assert "is no type" in run(tmp_path, "add", "https://a.example/", "--event", "x", code=2)
    assert "has a port" in run(tmp_path, "add", "https://a.example/", code=2)


def test_settings_name_networks_and_ports() -> None:
    hooks = Settings.model_validate({"webhooks": {"allow_networks": ["10.0.0.0/8"]}}).webhooks
    assert str(hooks.allow_networks[0]) == "10.0.0.0/8"
    assert hooks.ports == (443, 8443)
