"""Web-hooks of a CRM ring bells and do nothing else, whoever sends them and whatever stands in."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api import hooks
from core.clock import now
from core.crm_settings import CrmSettings
from models.connections import ConnectionDesk
from models.crm_keys import crm_keys
from models.places import open_state
from models.session import reading
from models.store.bells import waiting_bells
from models.vocabulary.access import COMMAND_LINE, AuditEntry
from models.vocabulary.crm import Account, CrmKind, Thing, Tokens
from tests.fakes.crm.bitrix24 import APPLICATION_TOKEN, event_body
from tests.fakes.pages_office import asking

FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class Place:
    client: TestClient
    database: Engine
    desk: ConnectionDesk
    connection: int
    path: str

    def post(self, body: bytes, path: str | None = None, kind: str = FORM["content-type"]) -> int:
        answer = self.client.post(path or self.path, content=body, headers={"content-type": kind})
        return answer.status_code

    def rung(self) -> list[tuple[Thing, str, int]]:
        with reading(self.database) as session:
            bells = waiting_bells(session, self.connection, 10_000)
        return [(one.thing, one.subject, one.rings) for one in bells]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.setattr(hooks, "_WRONG_WAIT_S", 0.05)
    database = open_state(tmp_path)
    keys = crm_keys(tmp_path, CrmSettings())
    desk = ConnectionDesk(database, keys, AuditEntry(now(), COMMAND_LINE, "", ""))
    account = Account("Студия", "https://studio.bitrix24.ru", "Europe/Moscow", "RUB", "Анна")
    made = desk.connect("sales", CrmKind.BITRIX24, account, Tokens("1/x"), stages={}, options={})
    with asking(tmp_path) as client:
        yield Place(client, database, desk, made.id, desk.new_hook(made.id))
    database.dispose()


def test_what_a_crm_tells_rings_once_for_each_thing(place: Place) -> None:
    for own in (7, 8, 7):
        assert place.post(event_body("ONCRMDEALUPDATE", own)) == 200
    assert place.rung() == [(Thing.DEAL, "7", 2), (Thing.DEAL, "8", 1)]


def test_without_the_secret_nobody_is_heard_and_has_to_wait(place: Place) -> None:
    body = event_body("ONCRMDEALUPDATE", 7)
    changed = place.path[:-1] + ("A" if place.path[-1] != "A" else "B")
    for path in (changed, "/hooks/crm/x", "/hooks/crm/%00", "/hooks/crm/" + "ж" * 43):
        began = time.monotonic()
        assert place.post(body, path) == 404, path
        assert time.monotonic() - began >= 0.05
    assert place.rung() == []
    replaced, place.path = place.path, place.desk.new_hook(place.connection)
    assert place.post(body, replaced) == 404
    assert place.post(body) == 200
    place.desk.drop_hook(place.connection)
    assert place.post(body) == 404


def test_who_guesses_keeps_no_crm_from_being_heard(place: Place) -> None:
    for _ in range(40):  # behind a proxy all come from one address
        assert place.post(b"", "/hooks/crm/" + "A" * 43) == 404
    assert place.post(event_body("ONCRMDEALUPDATE", 7)) == 200
    assert len(place.rung()) == 1


def test_a_crm_with_a_token_has_to_show_it(place: Place) -> None:
    place.desk.keep_hook_token(place.connection, "another token")
    assert place.post(event_body("ONCRMDEALUPDATE", 7)) == 404
    assert place.rung() == []
    place.desk.keep_hook_token(place.connection, APPLICATION_TOKEN)
    assert place.post(event_body("ONCRMDEALUPDATE", 7)) == 200
    assert len(place.rung()) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", FORM["content-type"]),
        (b"\xff\xfe\x00", FORM["content-type"]),
        (json.dumps({"event": "ONCRMDEALUPDATE"}).encode(), "application/json"),
        (b"event=ONCRMDEALUPDATE&data[FIELDS][ID]=7", ""),
        (b"event[]=1&data=" + b"[" * 5000, FORM["content-type"]),
        (b"&".join(b"data[%d]=1" % one for one in range(5000)), FORM["content-type"]),
        (b"<xml/>", "text/xml; charset=nonsense"),
    ],
)
def test_hostile_bodies_are_refused_calmly(place: Place, body: bytes, kind: str) -> None:
    assert place.post(body, kind=kind) in (200, 400)
    assert place.rung() == []


def test_a_body_without_end_is_not_read(place: Place) -> None:
    assert place.post(b"x" * (hooks.MOST_BYTES + 1)) == 413


def test_a_flood_fills_no_database(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "MOST_WAITING", 5)
    answers = {place.post(event_body("ONCRMDEALUPDATE", own)) for own in range(1, 20)}
    assert answers == {200}, "a CRM that is refused would switch its web-hooks off"
    assert len(place.rung()) == 5


def test_the_secret_stands_in_no_log(
    place: Place, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    from core.logs import configure_logs

    configure_logs(verbose=True, events=True)
    try:
        place.post(event_body("ONCRMDEALUPDATE", 7))
        place.post(b"<xml/>")
        place.post(b"", place.path + "x")
    finally:
        told = "".join(capsys.readouterr()) + caplog.text
        configure_logs(verbose=False)
    assert "/hooks/crm/{secret}" in told
    assert place.path.rpartition("/")[2] not in told.replace("%", "")


def test_the_description_of_the_api_does_not_know_it(place: Place) -> None:
    assert "hooks" not in place.client.get("/openapi.json").text
