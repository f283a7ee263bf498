"""The rules in a real browser: read, edited with a slip, previewed, published, at a desk and a phone."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.settings import Settings
from flow.service.workplace import Workplace
from models.vocabulary.access import Role
from tests.fakes.pages_office import PASSWORD, add_person
from tests.fakes.served_pages import served
from tests.fakes.small_service import build_office, do_what_waits, opened, work_off

pytestmark = pytest.mark.slow
_NOTE = """
      - id: classified.note
        severity: critical
        title: {ru: "Есть заметка", en: "There is a note"}
        failure: {ru: "Заметки нет", en: "There is no note"}
        check: {kind: activity, type: note}
        examples:
          passes: [{activities: [{type: note, at: 2026-11-10T11:00:00}]}]
          fails: [{activities: []}]

"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    settings = Settings.model_validate({"service": {"settle_s": 0}})
    with opened(build_office(tmp_path), settings=settings) as place:
        work_off(place)
        time.sleep(0.3)
        do_what_waits(place)
        for language in ("ru", "en"):
            add_person(place.database, f"olga-{language}", Role.HEAD, language=language)
        yield place


def log_in(browser: Browser, base: str, language: str, width: int) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(f"{base}/login")
    page.locator("[name=login]").fill(f"olga-{language}")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("button.main").click()
    page.wait_for_load_state()
    return page


def check_looks(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    script = files("axe_playwright_python") / "axe.min.js"
    page.evaluate(script.read_text(encoding="utf-8"))
    found = json.loads(page.evaluate("async () => JSON.stringify(await axe.run())"))
    serious = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    assert not serious, [(one["id"], [n["html"] for n in one["nodes"]][:3]) for one in serious]


@pytest.mark.parametrize(("language", "width"), [("ru", 1280), ("en", 390)])
def test_rules_are_read_edited_tried_and_published(
    browser: Browser, place: Workplace, language: str, width: int
) -> None:
    with served(place.request.state, place.settings) as base:
        page = log_in(browser, base, language, width)
        page.goto(f"{base}/rules")
        check_looks(page, width)
        russian = language == "ru"
        page.get_by_role("link", name="Веб-студия" if russian else "Web studio", exact=True).click()
        page.locator("summary").nth(4).click()
        how = page.locator("details[open] h3", has_text="Как проверяется" if russian else "checked")
        expect(how.first).to_be_visible()
        check_looks(page, width)

        page.get_by_role("link", name="Изменить копию" if russian else "Edit a copy").click()
        text = page.locator("#text").input_value()
        page.locator("#text").fill(text.replace("kind: total", "kind: totl"))
        save = page.get_by_role(
            "button", name="Сохранить черновик" if russian else "Save the draft"
        )
        save.click()
        expect(page.get_by_text("«totl»" if russian else "“totl”").first).to_be_visible()
        check_looks(page, width)
        line = page.locator("[data-line]").first
        line.click()
        chosen = page.evaluate(
            "(() => { const t = document.getElementById('text');"
            " return t.value.slice(t.selectionStart, t.selectionEnd); })()"
        )
        assert "check" in chosen

        mark = "      - id: classified.conversation\n"
        page.locator("#text").fill(text.replace(mark, _NOTE.lstrip("\n") + mark))
        page.get_by_role(
            "button", name="Проверить на истории" if russian else "Preview on history"
        ).click()
        expect(page.locator("progress")).to_be_visible()
        check_looks(page, width)
        do_what_waits(place)
        expect(page.locator("a[href='/deals/1001']").first).to_be_visible(timeout=10_000)
        check_looks(page, width)

        page.get_by_role(
            "link", name="Назад к черновику" if russian else "Back to the draft"
        ).click()
        expect(page.locator("tr.added").first).to_be_visible()
        check_looks(page, width)
        page.locator("[name=note]").fill("Заметка нужна" if russian else "A note is needed")
        page.get_by_role(
            "button", name="Опубликовать" if russian else "Publish", exact=True
        ).click()
        expect(page.get_by_role("status").first).to_contain_text("2")
        check_looks(page, width)
        page.locator(".editions .button").first.click()
        check_looks(page, width)
        page.get_by_role(
            "button", name="Вернуть эту версию" if russian else "Roll back to this version"
        ).click()
        expect(page.locator(".editions > li")).to_have_count(3)
        page.close()
