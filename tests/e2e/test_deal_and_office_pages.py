"""The pages of deals and of the office in a real browser: they fit, lead on and bar nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, expect
from sqlalchemy import update

from core.clock import now
from models.session import transaction
from models.store.jobs import ask_for
from models.tables import AccountRow, JobRow
from models.vocabulary.access import Role
from models.vocabulary.work import JobKind, JobState, Lane, Want
from tests.fakes.kept_office import KeptOffice, judged_office
from tests.fakes.pages_office import add_person
from tests.fakes.served_pages import logged_in, serious_findings, served

pytestmark = pytest.mark.slow
PAGES = {
    "olga": ("/deals", "/deals/1001", "/team?until=2026-11-15", "/coverage?until=2026-11-15"),
    "root": ("/system", "/accounts", "/accounts/1"),
    "rita": ("/audit",),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> KeptOffice:
    office = judged_office(tmp_path_factory.mktemp("pages") / "office")
    engine = office.open()
    add_person(engine, "olga", Role.HEAD)
    add_person(engine, "root", Role.ADMIN)
    add_person(engine, "rita", Role.AUDITOR)
    with transaction(engine) as session:
        ask_for(session, [Want(JobKind.REPORT, "s", Lane.FRESH, now(), 60)], now())
        session.execute(
            update(JobRow).values(state=JobState.QUARANTINED.value, error="boom", finished_at=now())
        )
    engine.dispose()
    return office


@pytest.fixture(scope="module")
def address(office: KeptOffice) -> Iterator[str]:
    with served(office.folder / "state") as address:
        yield address


def _speak(office: KeptOffice, language: str) -> None:
    engine = office.open()
    with transaction(engine) as session:
        session.execute(update(AccountRow).values(language=language))
    engine.dispose()


@pytest.mark.parametrize("screen", [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_pages_fit_and_bar_nobody(
    browser: Browser, office: KeptOffice, address: str, language: str, screen: tuple[int, str]
) -> None:
    width, looks = screen
    _speak(office, language)
    complaints: list[str] = []

    def note(said: ConsoleMessage) -> None:
        complaints.extend([said.text] if said.type == "error" else [])

    for login, paths in PAGES.items():
        page = logged_in(browser, address, login, width, looks)
        page.on("console", note)
        for path in paths:
            page.goto(address + path)
            assert page.locator("html").get_attribute("lang") == language
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            for closed in page.locator("details:not([open]) > summary").all():
                if closed.is_visible():
                    closed.click()
            assert serious_findings(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert complaints == []
        page.context.close()


def test_what_bars_somebody_would_be_noticed(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/login")
    assert serious_findings(page) == []
    page.evaluate("document.body.append(document.createElement('img'))")
    assert any(one.startswith("image-alt") for one in serious_findings(page))
    page.close()


def test_a_deal_is_found_by_the_keyboard_and_leads_to_the_quote(
    browser: Browser, office: KeptOffice, address: str
) -> None:
    _speak(office, "ru")
    page = logged_in(browser, address, "olga", 1280, "light")
    page.goto(f"{address}/deals")
    page.get_by_label("Название").focus()
    page.keyboard.type("слон")
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Сайт Белого слона")
    expect(link).to_be_visible()
    expect(page.get_by_text("Сайт Немова")).not_to_be_visible()
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Сайт Белого слона")
    quote = page.locator("a.play").first
    assert "#t=" in (quote.get_attribute("href") or "")
    change = page.get_by_text("Что изменит вердикт").first
    change.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.remedy[open] li").first).to_be_visible()
    page.context.close()


def test_somebody_is_made_and_what_was_set_aside_is_tried_again(
    browser: Browser, office: KeptOffice, address: str
) -> None:
    _speak(office, "ru")
    page = logged_in(browser, address, "root", 1280, "light")
    page.goto(f"{address}/accounts")
    page.get_by_label("Имя для входа").fill("vera")
    page.get_by_label("аудитор").check()
    page.get_by_role("button", name="Создать").click()
    password = page.locator("pre code").inner_text()
    page.goto(f"{address}/system")
    page.get_by_role("button", name="Попробовать всё снова").click()
    expect(page.get_by_text("1 запись или задача будет обработана снова.")).to_be_visible()
    page.context.close()
    theirs = browser.new_page()
    theirs.goto(f"{address}/login?back=/audit")
    theirs.fill("[name=login]", "vera")
    theirs.fill("[name=password]", password)
    theirs.click("button.main")
    expect(theirs.get_by_text("Пароль вам дал администратор")).to_be_visible()
    theirs.fill("[name=old]", password)
    theirs.fill("[name=new]", "another password")
    theirs.get_by_role("button", name="Сменить").click()
    theirs.goto(f"{address}/audit")
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Журнал")
    with theirs.expect_download() as taken:
        theirs.get_by_role("link", name="Выгрузить CSV").click()
    assert "vera" in Path(taken.value.path()).read_text(encoding="utf-8")
    theirs.close()
