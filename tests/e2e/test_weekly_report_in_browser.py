"""The weekly report in a real browser: it fetches nothing and fits a desk, a phone and paper."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from figures.report.page import page_of
from figures.report.weekly import Inputs, weekly_report
from figures.weeks import week_of
from tests.fakes.department import ZONE, Plan, department

pytestmark = pytest.mark.slow

PAPER = 703  # A4 without the report's margins


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize(("width", "media"), [(1280, "screen"), (390, "screen"), (PAPER, "print")])
def test_the_weekly_report_fits_and_fetches_nothing(
    browser: Browser, tmp_path: Path, language: str, width: int, media: str
) -> None:
    facts = department(Plan(deals=200, gaming=("u2",), unheard={"u3": 0.5})).facts
    week = week_of(facts.as_of - timedelta(days=7), ZONE)
    inputs = Inputs({}, lambda since, until: until - since)
    path = tmp_path / "report.html"
    told = page_of(weekly_report(facts, "Все", week, inputs, language))
    path.write_text(told, encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.emulate_media(media="print" if media == "print" else "screen")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    assert requests == [path.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("svg.chart").first.is_visible()
    assert page.get_by_role("heading", level=1).is_visible()
