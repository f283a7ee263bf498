"""A CRM's web-hooks are set up and taken back there from its page, and it may be away meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

import crm.http
from core.settings import Settings
from models.places import open_state
from models.session import reading
from models.store.audit import read_audit
from models.store.connections import find_connection
from models.vocabulary.access import Role
from models.vocabulary.crm import Connection
from tests.fakes.crm.amocrm import FakeAmo, amo_running
from tests.fakes.pages_office import add_person, asking, log_in

HOME = "/system/crm"
STRANGER = "https://other.example/take"


@dataclass
class Desk:
    """The pages, and an amoCRM that was connected on them and whose web-hooks are set up."""

    client: TestClient
    database: Engine
    state: Path
    fake: FakeAmo
    csrf: str

    def post(self, deed: str, **said: str) -> tuple[int, str]:
        made = self.known()
        path = f"{HOME}/{made.id}/{deed}" if made else HOME
        answer = self.client.post(path, data={"csrf": self.csrf, **said})
        if answer.status_code == 303:
            answer = self.client.get(answer.headers["location"])
        return answer.status_code, answer.text

    def known(self) -> Connection | None:
        with reading(self.database) as session:
            return find_connection(session, "sales")

    def hook(self) -> str | None:
        made = self.known()
        assert made is not None
        return made.hook

    def there(self) -> list[str]:
        """Where the CRM sends to."""
        return [one for one in self.fake.store.rows["webhooks"] if one != STRANGER]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(crm.http, "_FIRST_PAUSE_S", 0.01)
    database = open_state(tmp_path)
    add_person(database, "root", Role.ADMIN)
    with amo_running() as fake:
        told = {
            "allow_networks": ["127.0.0.0/8"],
            "ports": [urlsplit(fake.base).port],
            "requests_per_s": 50,
            "pages": "https://calls.example.ru",
        }
        fake.store.rows["webhooks"][STRANGER] = {
            "id": 1, "destination": STRANGER, "settings": ["add_lead"], "disabled": False,
        }  # fmt: skip
        with asking(tmp_path, Settings.model_validate({"crm": told})) as client:
            made = Desk(client, database, tmp_path, fake, log_in(client, "root"))
            token = fake.tokens.new_long_lived(fake.domain)
            status, page = made.post(
                "", kind="amocrm", name="sales", address=fake.base, token=token
            )
            assert status == 200, page
            status, page = made.post("hook")
            assert status == 200
            assert "В CRM он уже прописан" in page
            yield made
        assert STRANGER in fake.store.rows["webhooks"], "what others set up there is theirs"
    database.dispose()


def test_another_address_takes_the_place_of_the_first(desk: Desk) -> None:
    (first,) = desk.there()
    desk.post("hook")
    (second,) = desk.there()
    assert first != second


def test_a_removed_address_is_removed_in_the_crm(desk: Desk) -> None:
    assert len(desk.there()) == 1
    status, page = desk.post("hook-off")
    assert status == 200
    assert "Вебхуки больше не принимаются" in page
    assert "вручную" not in page
    assert desk.there() == []
    assert desk.hook() is None


def test_a_disconnected_crm_sends_us_nothing_any_more(desk: Desk) -> None:
    status, page = desk.post("disconnect", sure="true")
    assert status == 200
    assert "Токены удалены" in page
    assert "вручную" not in page
    assert desk.there() == []
    assert desk.known() is None


def test_nothing_is_taken_back_while_nobody_is_sure(desk: Desk) -> None:
    desk.post("disconnect")
    assert len(desk.there()) == 1
    assert desk.hook()


@pytest.mark.parametrize("deed", ["hook-off", "disconnect"])
def test_a_crm_that_is_away_stops_nobody_and_it_is_said_what_is_left(desk: Desk, deed: str) -> None:
    desk.fake.away = True
    status, page = desk.post(deed, sure="true")
    assert status == 200
    assert "Уберите вебхук в настройках CRM вручную" in page
    assert "sales: " in page, "and why it could not be told"
    assert len(desk.there()) == 1
    assert desk.known() is None or desk.hook() is None
    with reading(desk.database) as session:
        newest = next(entry for _, entry in read_audit(session) if entry.event.startswith("crm "))
    assert newest.event == {"hook-off": "crm hook removed", "disconnect": "crm disconnected"}[deed]


@pytest.mark.parametrize("deed", ["hook-off", "disconnect"])
def test_a_crm_whose_tokens_cannot_be_read_can_be_left_all_the_same(desk: Desk, deed: str) -> None:
    (desk.state / "crm.key").unlink()
    status, page = desk.post(deed, sure="true")
    assert status == 200
    assert "Уберите вебхук в настройках CRM вручную" in page
    assert "crm.key" in page
    assert desk.known() is None or desk.hook() is None


def test_a_crm_that_refuses_the_address_says_so_and_it_is_set_up_by_hand(desk: Desk) -> None:
    desk.fake.tokens.revoke()
    status, page = desk.post("hook")
    assert status == 200
    assert "https://calls.example.ru/hooks/crm/" in page
    assert "вставьте его в настройки вебхуков CRM" in page
    assert "sales: " in page
