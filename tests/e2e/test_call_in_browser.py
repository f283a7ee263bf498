"""The page of a call in a real browser: it plays, follows the words and obeys the keyboard."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from models.session import transaction
from models.tables import AccountRow, TranscriptRow
from tests.fakes.called_office import CalledOffice, called_office
from tests.fakes.office import ANDREYS
from tests.fakes.pages_office import PASSWORD
from tests.fakes.served_pages import served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalledOffice]:
    called = called_office(tmp_path_factory.mktemp("calls") / "office")
    for call in (called.andreys, called.boriss):
        row = called.transcript(call)
        called.change(TranscriptRow, row.id, segments=_with_words(row.segments))
    yield called
    called.database.dispose()


@pytest.fixture(scope="module")
def address(office: CalledOffice) -> Iterator[str]:
    with served(office.state, db=office.office.url) as address:
        yield address


@pytest.fixture
def problems() -> list[str]:
    """What the browser complained about."""
    return []


@pytest.fixture
def page(browser: Browser, address: str, problems: list[str]) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    one = context.new_page()
    one.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    one.on("pageerror", lambda error: problems.append(str(error)))
    one.goto("/login?back=/calls")
    one.fill("[name=login]", "olga")
    one.fill("[name=password]", PASSWORD)
    one.click("button[type=submit]")
    one.wait_for_url("**/calls")
    yield one
    context.close()
    assert [told for told in problems if "404" not in told] == []


def _with_words(segments: list[dict[str, object]]) -> list[dict[str, object]]:
    """The same utterances, each a tenth of a second per word, the second word doubtful."""
    timed, at = [], 0.2
    for segment in segments:
        words = []
        for place, text in enumerate(str(segment["text"]).split()):
            sure = 0.2 if place == 1 else 0.9
            words.append({"start": at, "end": at + 0.1, "text": text, "confidence": sure})
            at = round(at + 0.1, 2)
        start, end = words[0]["start"], words[-1]["end"]
        timed.append(segment | {"words": words, "start": start, "end": end})
        at = round(at + 0.05, 2)
    return timed


def opened(page: Page, office: CalledOffice, more: str = "") -> None:
    page.goto(f"/calls/{office.andreys}{more}")
    expect(page.locator("#wave-said")).to_be_empty()
    expect(page.locator("#play")).to_be_visible()


def now_at(page: Page) -> float:
    at: float = page.evaluate("document.getElementById('sound').currentTime")
    return at


def played_to(page: Page, at: float) -> None:
    """Waits until the sound has come so far; the page allows no code that a test would wait by."""
    until = time.monotonic() + 20
    while now_at(page) < at:
        assert time.monotonic() < until, f"still at {now_at(page)}"
        page.wait_for_timeout(50)


def test_the_sound_plays_and_the_words_follow(page: Page, office: CalledOffice) -> None:
    opened(page, office)
    assert now_at(page) == 0
    page.click("#play")
    expect(page.locator("#play")).to_have_text("Пауза")
    played_to(page, 0.6)
    expect(page.locator(".word.now")).to_have_count(1)
    page.click("#play")
    assert page.evaluate("document.getElementById('sound').paused")


def test_the_waveform_has_a_track_and_marks(page: Page, office: CalledOffice) -> None:
    opened(page, office)
    waves = page.evaluate(
        "document.querySelector('#wave > div').shadowRoot.querySelectorAll('canvas').length"
    )
    assert waves >= 1
    marks = page.evaluate(
        "[...document.querySelector('#wave > div').shadowRoot"
        ".querySelectorAll('[part~=region-content]')].map((one) => one.textContent).join(' ')"
    )
    for action in page.locator("#actions .action[data-start]").all():
        start = float(action.get_attribute("data-start") or 0)
        assert start >= ANDREYS or (action.get_attribute("data-mark") or "?") in marks


def test_a_word_and_an_address_lead_to_their_second(page: Page, office: CalledOffice) -> None:
    opened(page, office)
    word = page.locator(".word[data-start]").nth(6)
    start = float(word.get_attribute("data-start") or 0)
    word.click()
    played_to(page, start)
    opened(page, office, "#t=1.5")
    played_to(page, 1.5)


def test_the_keyboard_alone_will_do(page: Page, office: CalledOffice) -> None:
    opened(page, office)
    page.keyboard.press("Space")
    played_to(page, 0.1)
    page.keyboard.press("Space")
    assert page.evaluate("document.getElementById('sound').paused")
    page.keyboard.press("ArrowLeft")
    assert now_at(page) == 0
    page.keyboard.press("n")
    assert page.locator(".action.now").count() == 1
    page.keyboard.press("]")
    assert page.evaluate("document.getElementById('sound').playbackRate") == 1.25
    page.keyboard.press("[")
    page.keyboard.press("/")
    page.keyboard.type("договорились")
    page.keyboard.press("Enter")
    expect(page.locator(".segment.hit")).to_contain_text("договорились")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_be_visible()


def test_words_and_deals_are_corrected_on_the_page(page: Page, office: CalledOffice) -> None:
    opened(page, office)
    page.click("#segment-1 .edit")
    expect(page.locator("#edit")).to_be_visible()
    page.fill("#edit [name=text]", "вечер")
    page.click("#edit button.main")
    expect(page.locator("#edit")).not_to_be_visible()
    expect(page.locator("#segment-1 ins")).to_have_text("вечер")
    page.locator("#actions summary").first.click()
    page.locator("#actions button[value=wrong]").first.click()
    expect(page.locator("#action-1")).to_contain_text("этого не было: olga")
    page.fill("#deal [name=q]", "Немова")
    page.locator("#deals-found button").first.click()
    expect(page.locator("#deal")).to_contain_text("указано вручную")
    page.get_by_role("button", name="Вернуть выбор машины").click()
    expect(page.locator("#deal")).to_contain_text("по телефону")


def test_a_call_without_sound_says_so(page: Page, office: CalledOffice) -> None:
    page.goto("/calls?state=not_recorded")
    page.locator("ol.calls a.when").click()
    expect(page.locator("#no-sound")).to_contain_text("не записывался")
    page.keyboard.press("Space")
    page.keyboard.press("n")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("looks", ["light", "dark"])
def test_the_pages_fit_and_everybody_can_use_them(  # noqa: PLR0917 - what is tried
    page: Page, office: CalledOffice, problems: list[str], width: int, language: str, looks: str
) -> None:
    with transaction(office.database) as session:
        for row in session.query(AccountRow).filter_by(login="olga"):
            row.language = language
    page.emulate_media(color_scheme="dark" if looks == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 844})
    for place in ("/calls", "/calls?user=nobody", f"/calls/{office.boriss}"):
        page.goto(place)
        if place[-1].isdigit():
            expect(page.locator("#wave-said")).to_be_empty()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, place
        complaints = [told for told in problems if "404" not in told]
        found = Axe().run(page)
        problems[:] = complaints  # axe tries styles that the page forbids
        serious = [
            (one["id"], [node["html"] for node in one["nodes"]][:3])
            for one in found.response["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], place
    with transaction(office.database) as session:
        for row in session.query(AccountRow).filter_by(login="olga"):
            row.language = "ru"


def test_the_recordings_folder_is_not_in_any_page(page: Page, office: CalledOffice) -> None:
    opened(page, office)
    assert str(Path(office.office.folder)) not in page.content()
