"""Pages of figures in a real browser: they fit, bar nobody, and lead from a number to its deals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, expect
from sqlalchemy import update

from api.pages.figures.drill import MOST
from models.places import open_state
from models.session import transaction
from models.tables import AccountRow
from tests.fakes.figures_office import WHOLE, figures_office
from tests.fakes.served_pages import logged_in, serious_findings, served

pytestmark = pytest.mark.slow
PAGES = (
    f"/figures?{WHOLE}",
    f"/figures?view=snapshot&{WHOLE}",
    f"/figures/time?{WHOLE}",
    f"/figures/people?{WHOLE}",
    f"/figures/plans?week=2026-11-16&{WHOLE}",
    f"/figures/conveyor?{WHOLE}",
    f"/figures/sales?{WHOLE}",
    f"/figures/promises?{WHOLE}",
    f"/figures/deals?of=funnel&which=deals&{WHOLE}",
    "/figures?from=2020-01-01&to=2020-02-01",
)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("figures")
    database = open_state(state)
    figures_office(database)
    database.dispose()
    return state


@pytest.fixture(scope="module")
def address(state: Path) -> Iterator[str]:
    with served(state) as address:
        yield address


@pytest.mark.parametrize("screen", [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_figures_fit_and_bar_nobody(
    browser: Browser, state: Path, address: str, language: str, screen: tuple[int, str]
) -> None:
    width, looks = screen
    database = open_state(state)
    with transaction(database) as session:
        session.execute(update(AccountRow).values(language=language))
    database.dispose()
    complaints: list[str] = []

    def note(said: ConsoleMessage) -> None:
        complaints.extend([said.text] if said.type == "error" else [])

    page = logged_in(browser, address, "olga", width, looks)
    page.on("console", note)
    for path in PAGES:
        page.goto(address + path)
        assert page.locator("html").get_attribute("lang") == language
        for closed in page.locator("details:not([open]) > summary").all():
            if closed.is_visible():
                closed.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert serious_findings(page) == [], path
    assert complaints == []


def test_a_number_leads_to_its_deals_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ru-RU")
    page = context.new_page()
    page.goto(f"{address}/login?back=/figures")
    page.fill("[name=login]", "olga")
    page.fill("[name=password]", "correct horse battery")
    page.click("button.main")
    page.goto(f"{address}/figures?{WHOLE}")
    page.select_option("[name=manager]", "u2")
    page.locator(".cut button.main").click()
    expect(page.locator("[name=manager]")).to_have_value("u2")
    link = page.locator("section.worst h3 a")
    lost = link.inner_text()
    link.click()
    expect(page.locator("main h2")).to_contain_text(f": {lost} ")
    expect(page.locator("table.deals tbody tr")).to_have_count(min(int(lost), MOST))
    expect(page.locator("[name=manager]")).to_have_value("u2")
    first = page.locator("table.deals tbody a").first
    assert (first.get_attribute("href") or "").startswith("/deals/")


def test_a_printed_page_has_its_cut_and_no_controls(browser: Browser, address: str) -> None:
    page = logged_in(browser, address, "olga", 700, "dark")
    page.goto(f"{address}/figures?manager=u2&{WHOLE}")
    page.emulate_media(media="print")
    expect(page.locator("form.cut")).to_be_hidden()
    expect(page.locator("header.top")).to_be_hidden()
    expect(page.locator(".on-paper")).to_be_visible()
    expect(page.locator(".on-paper")).to_contain_text("Борис 2")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 700
