"""What really was written into an amoCRM, and taken back, stands on the pages of deal and CRM."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

import crm.http
from core.settings import Settings
from crm.port import Adapter
from crm.registry import open_crm
from flow.live.sending import Patience
from flow.live.writing import Writer
from models.places import open_state
from models.vocabulary.access import Role
from models.vocabulary.crm_write import OwnField
from models.vocabulary.review import DecisionKind
from tests.fakes.crm.amocrm import amo_running
from tests.fakes.crm.amocrm_world import AmoWorld
from tests.fakes.crm.judged_crm import a_verdict, connect, decided, judge, states
from tests.fakes.pages_office import add_person
from tests.fakes.served_pages import logged_in, serious_findings, served

pytestmark = pytest.mark.slow
QUICK = Patience(grace_s=0.0, first_pause_s=0.0)
SENTENCE = "доказан только этап «Назначаем встречу»"


@dataclass
class Office:
    """An amoCRM that is written into, and the service's writer, whose turns the test decides."""

    state: Path
    database: Engine
    world: AmoWorld
    settings: Settings
    connection: int
    deal: str

    def opened(self) -> Adapter:
        return open_crm(self.world.kind, self.world.access())

    def write(self) -> None:
        writer = Writer(self.database, self.connection, self.opened, self.settings, QUICK)
        for _ in range(8):
            writer.turn(threading.Event())


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(crm.http, "_FIRST_PAUSE_S", 0.01)
    database = open_state(tmp_path)
    add_person(database, "root", Role.ADMIN)
    add_person(database, "olga", Role.SUPERVISOR, team=["vera"])
    add_person(database, "john", Role.SUPERVISOR, team=["vera"], language="en")
    with amo_running() as fake:
        world = AmoWorld(fake)
        with closing(open_crm(world.kind, world.access())) as adapter:
            world.keep_fields(dict(adapter.make_fields({one: one.value for one in OwnField})))
        deal = world.add_deal("Сайт для студии")
        told = {
            "allow_networks": ["127.0.0.0/8"],
            "ports": [urlsplit(fake.base).port],
            "pages": "https://calls.example.ru",
        }
        made = connect(
            database,
            address=fake.base,
            own_fields={one.value: id_ for one, id_ in world.made.items()},
            options={"write": {"notes": "verdicts", "tag": "впереди"}},
        )
        settings = Settings.model_validate({"crm": told})
        yield Office(tmp_path, database, world, settings, made, deal)
    database.dispose()


@pytest.mark.parametrize("screen", [(1280, "light"), (390, "dark")])
def test_what_was_written_is_seen_and_what_was_taken_back_as_well(
    browser: Browser, office: Office, screen: tuple[int, str]
) -> None:
    width, looks = screen
    judge(office.database, [a_verdict(office.deal)])
    decided(office.database, office.deal, DecisionKind.CONFIRM)
    office.write()
    kinds = {kind for kind, _, state in states(office.database) if state == "written"}
    assert kinds == {"fields", "note", "task", "tag"}
    with served(office.state, office.settings) as address:
        olga, john, root = (
            logged_in(browser, address, who, width, looks) for who in ("olga", "john", "root")
        )

        def look(page: Page) -> None:
            assert serious_findings(page) == [], page.url
            assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url

        def on_deal(page: Page, title: str) -> str:
            page.goto(f"{address}/deals/{office.deal}")
            card = page.get_by_role("region", name=title)
            expect(card).to_be_visible()
            look(page)
            return card.inner_text()

        seen = on_deal(olga, "Записано в CRM")
        for told in (
            "Этап по звонкам\nНазначаем встречу",
            "CRM и звонки\nCRM опережает разговоры",
            SENTENCE,
            "Разобрать замечание по сделке",
            "Кому: Вера Ильина, срок ",
            "поставлен: впереди",
        ):
            assert told in seen, seen
        assert seen.count("записано") == 4
        (note,) = office.world.notes_of(office.deal)
        assert SENTENCE in note, "what is shown is what stands there"
        seen = on_deal(john, "Written into the CRM")
        assert "Stage by the calls\nНазначаем встречу" in seen
        assert "For: Вера Ильина, due " in seen
        assert "put on: впереди" in seen
        assert seen.count("written") == 4

        root.goto(f"{address}/system/crm")
        look(root)
        root.get_by_role("link", name="main").click()
        rows = root.locator("#list tbody tr")
        expect(rows).to_have_count(4)
        look(root)
        assert SENTENCE not in root.content(), "who keeps the system reads no calls"
        root.get_by_role("button", name="Выключить запись").click()
        expect(root.get_by_text("Запись выключена")).to_be_visible()
        root.get_by_text("Убрать записанное").click()
        root.locator("#list details").get_by_role("button", name="Убрать").click()
        expect(rows.get_by_text("убирается")).to_have_count(4)
        office.write()
        root.reload()
        expect(rows.get_by_text("убрано", exact=True)).to_have_count(4)
        expect(root.get_by_text("amoCRM не удаляет примечания через API")).to_be_visible()
        look(root)

        seen = on_deal(olga, "Записано в CRM")
        assert seen.count("убрано") == 4
        assert "amoCRM не удаляет задачи через API" in seen
        assert on_deal(john, "Written into the CRM").count("taken back") == 4
    (note,) = office.world.notes_of(office.deal)
    assert "Отозвано" in note
    assert office.world.tags_of(office.deal) == set()
