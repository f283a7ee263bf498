"""The inbox in a real browser: keyboard only, on a phone, in both languages and both looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select, update

from core.settings import Settings
from models.places import open_state
from models.session import reading, transaction
from models.tables import AccountRow, DecisionRow, FindingRow
from tests.fakes.databases import new_state
from tests.fakes.findings_desk import a_sighting, add_people, lay_out
from tests.fakes.pages_office import PASSWORD
from tests.fakes.served_pages import served

pytestmark = pytest.mark.slow
_SERIOUS = {"serious", "critical"}


@dataclass
class House:
    """A server with findings, and its database."""

    address: str
    database: Engine

    def states(self) -> list[str]:
        """The states of the findings, the heaviest first."""
        with reading(self.database) as session:
            rows = session.scalars(select(FindingRow).order_by(FindingRow.weight.desc()))
            return [row.state for row in rows]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    database = open_state(new_state(tmp_path))
    add_people(database)
    lay_out(database, [a_sighting(str(n), deal=str(n), weight=n) for n in (3, 2, 1)])
    settings = Settings.model_validate({"access": {"blind_share": 1.0}})
    with served(tmp_path, settings) as address:
        yield House(address, database)
    database.dispose()


def _enter(
    browser: Browser, house: House, who: str, width: int = 1280, looks: str = "light"
) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        base_url=house.address,
        color_scheme="dark" if looks == "dark" else "light",
    )
    page = context.new_page()
    page.goto("/")
    page.keyboard.type(who)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{house.address}/")
    return page


def test_a_morning_with_the_keyboard_alone(browser: Browser, house: House) -> None:
    page = _enter(browser, house, "anna")
    focused = page.locator("article.finding:focus")
    said = page.locator("#said")
    cards = page.locator("article.finding")

    page.keyboard.press("j")
    expect(focused).to_have_attribute("aria-labelledby", "title-1")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(cards.nth(0)).to_be_focused()
    expect(page.locator("article.finding[tabindex='0']")).to_have_count(1)

    page.keyboard.press("Space")
    expect(said).to_contain_text("Прослушать не получилось")  # there is no recording here

    page.keyboard.press("1")
    expect(said).to_have_text("Подтверждено")
    expect(cards.nth(1)).to_be_focused()
    expect(cards.nth(0)).to_contain_text("Подтверждено: Anna")

    page.keyboard.press("2")
    page.keyboard.press("Escape")
    expect(cards.nth(1)).to_be_focused()
    page.keyboard.press("2")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(said).to_have_text("Отклонено")
    expect(cards.nth(2)).to_be_focused()

    page.keyboard.press("c")
    page.keyboard.type("Позвоню ей сам")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(said).to_have_text("Комментарий добавлен")
    expect(cards.nth(2)).to_be_focused()
    page.keyboard.press("s")
    expect(said).to_have_text("Отправлено менеджеру")
    page.keyboard.press("3")
    page.keyboard.type("Старый клиент")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(said).to_have_text("Требование снято")

    assert house.states() == ["confirmed", "dismissed", "waived"]
    with reading(house.database) as session:
        reasons = session.scalars(select(DecisionRow.reason).where(DecisionRow.kind == "dismiss"))
        assert list(reasons) == ["misjudged"]
    expect(focused).to_have_count(1)  # the form is gone and the card has the keys again
    page.keyboard.press("Enter")
    expect(page.locator("#history")).to_be_visible()


def test_keys_work_in_a_russian_layout_and_can_be_switched_off(
    browser: Browser, house: House
) -> None:
    page = _enter(browser, house, "anna")
    press = """(code) => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", {key: "о", code, bubbles: true}))"""
    page.evaluate(press, "KeyJ")
    expect(page.locator("article.finding").nth(0)).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Клавиши включены").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    expect(page.locator("article.finding:focus")).to_have_count(0)


def test_several_are_chosen_and_confirmed(browser: Browser, house: House) -> None:
    page = _enter(browser, house, "anna")
    bar = page.get_by_role("form", name="Сразу с несколькими")
    expect(bar).to_be_hidden()
    for key in "jxjx":
        page.keyboard.press(key)
    expect(bar).to_contain_text("Выбрано: 2")
    bar.get_by_role("button", name="Подтвердить").press("Enter")
    expect(page.get_by_text("Готово: 2 замечания.")).to_be_visible()
    expect(page.locator("article.finding")).to_have_count(1)
    assert house.states() == ["confirmed", "confirmed", "open"]


def test_whoever_is_overtaken_sees_it_in_the_card(browser: Browser, house: House) -> None:
    page = _enter(browser, house, "anna")
    other = _enter(browser, house, "olga")
    for one in (other, page):
        one.keyboard.press("j")
        one.keyboard.press("1")
        expect(one.locator("article.finding").nth(0)).to_contain_text("Подтверждено: Olga")
    expect(page.get_by_role("alert")).to_contain_text("Olga: подтверждено")


def test_filters_narrow_the_list_without_a_new_page(browser: Browser, house: House) -> None:
    page = _enter(browser, house, "anna")
    page.get_by_label("Состояние").select_option("confirmed")
    expect(page.get_by_text("По этим фильтрам ничего нет")).to_be_visible()
    assert page.url == f"{house.address}/?state=confirmed"


def test_without_scripts_everything_is_done_with_forms(browser: Browser, house: House) -> None:
    context = browser.new_context(base_url=house.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/login")
    page.fill("[name=login]", "anna")
    page.fill("[name=password]", PASSWORD)
    page.click("button.main")
    page.locator("article.finding").nth(0).get_by_text("Отклонить").nth(0).click()
    page.get_by_label("Сказано не это").nth(0).check()
    page.locator("details[open] button").click()
    expect(page.locator("article.finding")).to_have_count(2)
    page.select_option("[name=state]", "dismissed")
    page.get_by_role("button", name="Показать").click()
    expect(page.locator("article.finding")).to_have_count(1)


@pytest.mark.parametrize("looks", ["light", "dark"])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_it_can_be_used_by_everybody(
    browser: Browser, house: House, language: str, looks: str
) -> None:
    with transaction(house.database) as session:
        session.execute(update(AccountRow).values(language=language))
    desk = _enter(browser, house, "anna", looks=looks)
    desk.keyboard.press("j")
    desk.keyboard.press("1")
    expect(desk.locator("article.finding.settled")).to_have_count(1)
    phone = _enter(browser, house, "olga", width=390, looks=looks)
    problems: list[str] = []
    for page, width in ((desk, 1280), (phone, 390)):
        for address in ("/?state=all", "/findings/1", "/findings/2", "/blind", "/quality"):
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            for panel in page.locator("summary").all():
                panel.click()
            found = Axe().run(page).response["violations"]
            problems += [
                f"{address} {one['id']}: {one['nodes'][0]['html']}"
                for one in found
                if one["impact"] in _SERIOUS
            ]
    assert problems == []
