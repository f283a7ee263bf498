"""The report in a real browser: it asks nobody for anything and fits a desk and a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from flow.report import render_report
from tests.fakes.result import STAGE_KEYS, result, snapshot

pytestmark = pytest.mark.slow


def _open(browser: Browser, folder: Path, width: int) -> tuple[Page, list[str]]:
    path = folder / "report.html"
    path.write_text(render_report(result(), snapshot(), STAGE_KEYS), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    return page, requests


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_and_fetches_nothing(browser: Browser, tmp_path: Path, width: int) -> None:
    page, requests = _open(browser, tmp_path, width)
    assert requests == [(tmp_path / "report.html").as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("heading", level=1).is_visible()


def test_a_quote_leads_to_the_words_around_it(browser: Browser, tmp_path: Path) -> None:
    page, _ = _open(browser, tmp_path, 1280)
    spoken = page.get_by_role("cell", name="Да, в понедельник в девять устроит.")
    assert not spoken.is_visible()
    page.get_by_text("исходящий").click()
    assert spoken.is_visible()


def test_a_name_with_markup_is_only_text(browser: Browser, tmp_path: Path) -> None:
    page, _ = _open(browser, tmp_path, 1280)
    assert page.get_by_role("heading", name="Склад <script>alert(1)</script>").is_visible()
    assert page.locator("script").count() == 0
