"""A CRM is connected in a real browser, by the keyboard, on a wide and on a narrow screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from core.settings import Settings
from models.places import open_state
from models.vocabulary.access import Role
from tests.fakes.crm.bitrix24 import SECRET, Portal, portal
from tests.fakes.pages_office import add_person
from tests.fakes.served_pages import logged_in, serious_findings, served

pytestmark = pytest.mark.slow


@pytest.fixture
def office() -> Iterator[Portal]:
    with portal() as made:
        made.office.add_user("Олег", "Без номера")
        yield made


@pytest.mark.parametrize("screen", [(1280, "light"), (390, "dark")])
def test_a_crm_is_connected_mapped_and_switched_on(
    browser: Browser, office: Portal, tmp_path: Path, screen: tuple[int, str]
) -> None:
    width, looks = screen
    database = open_state(tmp_path)
    add_person(database, "root", Role.ADMIN)
    database.dispose()
    crm = {"allow_networks": ["127.0.0.0/8"], "ports": [office.port], "requests_per_s": 50}
    with served(tmp_path, Settings.model_validate({"crm": crm})) as address:
        page = logged_in(browser, address, "root", width, looks)

        def look() -> None:
            assert serious_findings(page) == [], page.url
            assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url

        page.goto(f"{address}/system")
        page.get_by_role("link", name="CRM").click()
        look()
        page.get_by_role("radio", name="Битрикс24").check()
        page.get_by_label("Токен", exact=True).fill(f"{office.address}/rest/{SECRET}/")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Воронки и этапы")
        look()
        page.get_by_label("Счёт на предоплату").select_option("prepaid")
        page.get_by_label("Всё верно").check()
        page.get_by_role("button", name="Сохранить").press("Enter")
        expect(page.get_by_text("подтверждено воронок: 1 из 1")).to_be_visible()
        page.get_by_role("button", name="Создать наши поля").click()
        expect(page.get_by_text("Наши поля. Созданы в CRM.")).to_be_visible()
        page.get_by_role("button", name="Включить запись").click()
        expect(page.get_by_role("button", name="Выключить запись")).to_be_visible()
        page.get_by_role("button", name="Создать адрес").click()
        expect(page.get_by_text("/hooks/crm/")).to_be_visible()
        for closed in page.locator("details:not([open]) > summary").all():
            if closed.is_visible():
                closed.click()
        look()
        page.context.close()
    assert len(office.office.fields) == 5
