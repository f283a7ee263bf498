"""Pages of figures: whose they are, what their address keeps, and that each number has its deals."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from core.settings import Settings
from figures.funnel import cohort_funnel
from figures.inflation import inflation
from figures.scope import Cut, Period, within
from figures.weeks import week_of
from models.session import open_database
from models.vocabulary.access import Reach, Role
from tests.fakes.department import MONDAY, Department
from tests.fakes.figures_office import WHOLE, figures_office
from tests.fakes.pages_office import add_person, asking, log_in

PAGES = {
    "/figures": "olga anna ivan",
    "/figures/time": "olga anna ivan",
    "/figures/people": "olga anna",
    "/figures/plans": "olga anna ivan",
    "/figures/conveyor": "olga anna",
    "/figures/sales": "olga anna ivan",
    "/figures/promises": "olga anna ivan",
    "/figures/deals?of=funnel&which=deals": "olga anna ivan",
    "/figures/deals?of=heat&at=lead.done&which=failing": "olga anna",
}
LINK = re.compile(r'<a href="(/figures/deals\?[^"]+)">([\d\s\xa0]+)</a>')
COUNT = re.compile(r"<h2>[^<]*: ([\d\xa0]+) сдел")
TABS = re.compile(r'<nav class="tabs".*?</nav>', re.DOTALL)


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def made(database: Engine) -> Department:
    return figures_office(database)


@pytest.fixture
def browser(tmp_path: Path, database_url: str, made: Department) -> Iterator[TestClient]:
    with asking(tmp_path, db=database_url) as client:
        yield client


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_each_page_is_open_to_its_roles_alone(browser: TestClient) -> None:
    for login in ("olga", "anna", "ivan", "rita"):
        log_in(browser, login)
        for path, who in PAGES.items():
            expected = 200 if login in who.split() else 403
            assert browser.get(path).status_code == expected, (login, path)
        page = browser.get("/figures").text
        assert ('href="/figures/people"' in page) == (login in ("olga", "anna"))


def test_numbers_are_those_of_the_figures(browser: TestClient, made: Department) -> None:
    week = week_of(MONDAY, made.facts.zone)
    period = Period(week.start, made.facts.as_of)
    reaches = {
        "olga": Reach(everybody=True),
        "anna": Reach(users=frozenset({"u1", "u2", "u3"}), nobodys=True),
        "ivan": Reach(users=frozenset({"u2"})),
    }
    for login, reach in reaches.items():
        log_in(browser, login)
        page = browser.get(f"/figures?{WHOLE}").text
        facts = within(made.facts, reach, Cut("p1"))
        funnel = cohort_funnel(facts, facts.lines[0], period)
        for step in funnel.steps:
            for which in ("recorded", "verified", "unproved", "unknown", "under_way"):
                count = len(getattr(step, which).deals)
                words = f"of=step&amp;at={step.key}&amp;which={which}"
                shown = re.search(rf"{words}\">(\d+)</a>", page)
                assert int(shown[1] if shown else 0) == count, (login, step.key, which)
        index = inflation(facts).total
        assert f'which=unproved">{index.unproved.count}</a>' in page or not index.unproved.count


def test_the_overview_counts_promises_as_their_board_does(browser: TestClient) -> None:
    log_in(browser, "olga")
    told = re.search(r"нарушено (\d+)\.", text_of(browser.get(f"/figures?{WHOLE}").text))
    assert told
    assert int(told[1]) > 0
    assert f"Нарушено {told[1]} " in text_of(browser.get(f"/figures/promises?{WHOLE}").text)


def test_every_linked_number_is_as_many_deals_as_it_says(browser: TestClient) -> None:
    log_in(browser, "olga")
    pages = [f"{path}?{WHOLE}" for path in PAGES if "deals" not in path]
    pages += [f"/figures?view=snapshot&{WHOLE}", f"/figures?manager=u3&source=Сайт&{WHOLE}"]
    seen = set[str]()
    for path in pages:
        page = browser.get(path)
        assert page.status_code == 200, path
        for address, number in LINK.findall(page.text):
            link = html.unescape(address)
            if link in seen or "of=plan" in link:
                continue
            seen.add(link)
            told = browser.get(link)
            assert told.status_code == 200, link
            found = COUNT.search(told.text)
            assert found, link
            assert found[1] == number.strip(), link
    assert len(seen) > 60
    assert {"step", "leak", "failing", "heat", "inflation", "stage", "source"} <= {
        found[1] for one in seen if (found := re.search(r"of=(\w+)", one))
    }


def test_the_cut_goes_along_from_page_to_page(browser: TestClient) -> None:
    log_in(browser, "olga")
    page = browser.get(f"/figures?manager=u2&source=%D0%A1%D0%B0%D0%B9%D1%82&{WHOLE}").text
    tabs = TABS.search(page)
    assert tabs
    for address in re.findall(r'href="([^"]+)"', tabs[0]):
        words = html.unescape(address)
        assert "manager=u2" in words, words
        assert "source=%D0%A1" in words, words
        there = browser.get(words).text
        assert re.search(r'<option value="u2" selected>', there), words
        assert re.search(r'<option value="Сайт" selected>', there), words


def test_whom_somebody_does_not_oversee_they_cannot_ask_for(browser: TestClient) -> None:
    log_in(browser, "ivan")
    own = text_of(browser.get(f"/figures?{WHOLE}").text)
    asked = browser.get(f"/figures?manager=u1&{WHOLE}").text
    assert "u1" not in asked
    assert text_of(asked) == own, "who is out of reach counts as not chosen"


def test_odd_addresses_get_a_page(browser: TestClient) -> None:
    log_in(browser, "olga")
    odd = (
        "pipeline=%00", "from=9999-12-31&to=0001-01-01", "from=2026-11-20&to=2026-08-24",
        "view=%22%3E%3Cscript%3E", "manager=-", "role='or 1=1", "source=%F0%9F%92%A5",
        "to=2026-02-30", "week=x", "week=0001-01-01", "week=9999-12-31",
    )  # fmt: skip
    for path in PAGES:
        for words in odd:
            answer = browser.get(f"{path}{'&' if '?' in path else '?'}{words}")
            assert answer.status_code == 200, (path, words)
            assert "<script>" not in answer.text
    for words in ("", "of=step", "of=step&at=lead&which=__class__", "of=nothing&at=%00&which=x"):
        assert browser.get(f"/figures/deals?{words}").status_code == 404, words
    assert browser.get("/figures/deals?of=funnel&which=deals&page=99999").status_code == 200
    assert browser.get("/figures/deals?of=funnel&which=deals&page=-1").status_code == 422


def test_every_page_says_how_far_it_carries(browser: TestClient, made: Department) -> None:
    log_in(browser, "olga")
    for path in PAGES:
        page = text_of(browser.get(path).text)
        assert "Посчитано по тому, что было известно на" in page, path
        assert "Услышано звонков:" in page, path
        assert re.search(r"Правила: .*\b[0-9a-f]{8}\b", page), path


def test_without_facts_a_page_says_what_to_do(tmp_path: Path, database: Engine) -> None:
    add_person(database, "olga", Role.HEAD)
    with asking(tmp_path, db=str(database.url.render_as_string(hide_password=False))) as browser:
        log_in(browser, "olga")
        for path in PAGES:
            answer = browser.get(path)
            if "deals" not in path:
                assert "Они появятся после первой проверки сделок" in answer.text, path


def test_a_time_without_deals_is_told_calmly(browser: TestClient) -> None:
    log_in(browser, "olga")
    for path in PAGES:
        if "deals" not in path:
            page = browser.get(f"{path}?from=2020-01-01&to=2020-01-31&week=2020-01-01")
            assert page.status_code == 200, path
            assert "Traceback" not in page.text


PLAN = """
plan: studio
template: web_studio
name: {ru: План студии, en: The studio's plan}
items:
  - id: proposals
    title: {ru: Предложения, en: Proposals}
    measure: {kind: proved, stage: proposal}
    goal: {at_least: 2, very_good: 50}
  - id: slow
    title: {ru: Встреча без задержки, en: A meeting soon}
    measure: {kind: hours, since: lead, until: meeting}
    goal: {at_most: 48}
  - id: talks
    title: {ru: Разговоры, en: Conversations}
    measure: {kind: conversations}
    goal: {at_least: 5}
  - id: money
    title: {ru: Деньги, en: Money}
    measure: {kind: payments, of: money}
"""


def test_a_plan_stands_beside_what_was_verified(
    tmp_path: Path, database_url: str, made: Department
) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "studio.yaml").write_text(PLAN, encoding="utf-8")
    settings = Settings.model_validate({"figures": {"plans": tmp_path / "plans"}})
    with asking(tmp_path, settings, database_url) as browser:
        log_in(browser, "olga")
        page = browser.get("/figures/plans?week=2026-10-14")
        told = text_of(page.text)
        assert "План студии: 12 окт – 18 окт" in told
        assert page.text.count("<svg") == 4
        assert "не меньше" in told
        assert "не больше" in told
        seen = 0
        for address, number in PLANNED.findall(page.text):
            behind = browser.get(html.unescape(address))
            assert behind.status_code == 200, address
            counts = [int(one) for one in COUNTS.findall(behind.text)]
            assert int(number) in counts, address
            seen += 1
        assert seen > 10
        assert "/figures/plans?week=2026-10-05" in page.text
        assert "/figures/plans?week=2026-10-19" in page.text
        log_in(browser, "ivan")
        own = text_of(browser.get("/figures/plans?week=2026-10-14").text)
        assert "Анна" not in own, "a manager sees nobody else's plan"


def test_a_plan_file_that_is_wrong_is_named(
    tmp_path: Path, database_url: str, made: Department
) -> None:
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "studio.yaml").write_text("plan: [", encoding="utf-8")
    settings = Settings.model_validate({"figures": {"plans": tmp_path / "plans"}})
    assert made.facts.lines
    with asking(tmp_path, settings, database_url) as browser:
        log_in(browser, "olga")
        answer = browser.get("/figures/plans")
        assert answer.status_code == 200
        assert "Файл плана не читается" in answer.text
        assert "studio.yaml" in answer.text
        assert browser.get("/figures/deals?of=plan&at=money&which=done").status_code == 404


PLANNED = re.compile(r'<a href="(/figures/deals\?of=plan[^"]+)">(\d+)</a>')
COUNTS = re.compile(r"<h2[^>]*>[^<]*?(?:: |\()(\d+)(?: сдел|\))")
