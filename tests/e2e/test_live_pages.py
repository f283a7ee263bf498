"""News reaches pages that are open in a real browser, without reloading them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from models.places import open_state
from models.vocabulary.access import Role
from tests.fakes.databases import new_state
from tests.fakes.pages_office import PASSWORD, add_person
from tests.fakes.told_findings import raise_flags, sighting

pytestmark = pytest.mark.slow
SOON_MS = 30_000
LISTEN = """() => {
  window.told = [];
  document.addEventListener("stagecheck:flag.raised", (event) => window.told.push(event.detail.finding));
}"""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    database = open_state(new_state(tmp_path))
    add_person(database, "ivan", Role.MANAGER, crm_user="u101")
    database.dispose()
    words = ["serve", "--port", "0", "--state", str(tmp_path)]
    process = subprocess.Popen(
        [sys.executable, "-m", "flow.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        found = re.search(r"(http://\S+)/ ", process.stdout.readline())
        assert found
        yield found[1].replace("127.0.0.1", "localhost")
    finally:
        process.kill()
        process.communicate(timeout=30)


def _open(context: BrowserContext, address: str, problems: list[str]) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.goto(address)
    return page


def test_a_flag_is_counted_on_every_open_page_and_nothing_reloads(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    problems: list[str] = []
    database = open_state(tmp_path)
    context = browser.new_context()
    page = _open(context, f"{address}/login", problems)
    page.fill("[name=login]", "ivan")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/me")
    page.evaluate(LISTEN)
    other = context.new_page()
    other.goto(f"{address}/me")
    other.evaluate(LISTEN)
    page.wait_for_function("sessionStorage.getItem('live-last') !== null", timeout=SOON_MS)

    raise_flags(database, sighting("a"), sighting("b", user="u102"), sighting("c"))
    for one in (page, other):
        expect(one.locator(".top nav .live-new")).to_have_text("новых: 2", timeout=SOON_MS)
        assert one.evaluate("window.told") == [1, 3]  # it was not loaded anew

    page.reload()
    expect(page.locator(".top nav .live-new")).to_have_text("новых: 2")
    page.evaluate("document.dispatchEvent(new CustomEvent('stagecheck:seen'))")
    expect(page.locator(".top nav .live-new")).to_have_count(0)

    page.close()  # whoever listened for both is gone: the other page goes on
    raise_flags(database, sighting("a"), sighting("c"), sighting("d"))
    expect(other.locator(".top nav .live-new")).to_have_text("новых: 3", timeout=SOON_MS)
    context.close()
    database.dispose()
    assert [one for one in problems if "404" not in one] == []
