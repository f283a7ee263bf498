"""The second review, which knows nothing of the first, and the figures that come of both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine, select

from core.settings import Settings
from models.session import reading
from models.store.audit import read_audit
from models.store.blind import blind_pairs
from models.tables import DecisionRow, FindingRow
from tests.fakes.findings_desk import a_sighting, add_people, lay_out
from tests.fakes.pages_office import asking, log_in

ALL_TWICE = Settings.model_validate(
    {"access": {"blind_share": 1.0, "trusted_after": 2, "trusted_precision": 0.8}}
)


@pytest.fixture
def browser(tmp_path: Path, database: Engine, database_url: str) -> Iterator[TestClient]:
    add_people(database)
    lay_out(database, [a_sighting(str(n), deal=str(n), weight=n) for n in (3, 2, 1)])
    (tmp_path / "state").mkdir()
    with asking(tmp_path / "state", ALL_TWICE, database_url) as client:
        yield client


def _decide(browser: TestClient, who: str, finding: int, kind: str, reason: str = "") -> Response:
    form = {"csrf": log_in(browser, who), "kind": kind, "reason": reason, "version": 0}
    return browser.post(f"/findings/{finding}/decide", data=form)


def _blind(browser: TestClient, who: str, finding: int, kind: str, reason: str = "") -> Response:
    form = {"csrf": log_in(browser, who), "kind": kind, "reason": reason}
    return browser.post(f"/blind/{finding}", data=form)


def _findings(database: Engine) -> list[int]:
    with reading(database) as session:
        return list(session.scalars(select(FindingRow.id).order_by(FindingRow.weight.desc())))


def _waiting(browser: TestClient) -> str | None:
    found = re.search(r'action="/blind/(\d+)"', browser.get("/blind").text)
    return found[1] if found else None


def test_the_second_reviewer_knows_nothing_of_the_first(
    browser: TestClient, database: Engine
) -> None:
    first, *_ = _findings(database)
    _decide(browser, "anna", first, "dismiss", "misheard")
    assert _waiting(browser) is None, "nobody reviews their own decisions"
    log_in(browser, "olga")
    assert "Вторая проверка: 1" in browser.get("/").text
    assert _waiting(browser) == str(first)
    page = browser.get("/blind").text.partition("<main")[2]
    assert "Anna" not in page
    assert "Отклонено" not in page
    assert _blind(browser, "olga", first, "dismiss").status_code == 422
    answer = _blind(browser, "olga", first, "confirm")
    assert answer.headers["location"] == "/blind?done=1"
    assert _waiting(browser) is None
    with reading(database) as session:
        row = session.get_one(FindingRow, first)
        assert (row.state, row.version) == ("dismissed", 1), "nobody who reviews it notices"
        assert blind_pairs(session) == [("dismiss", "confirm")]
        assert [entry.who for _, entry in read_audit(session, events=["blind review"])] == ["olga"]
    assert "первое решение было скрыто" in browser.get(f"/findings/{first}").text
    log_in(browser, "vera")
    assert "первое решение было скрыто" not in browser.get(f"/findings/{first}").text


def test_only_what_waits_for_somebody_is_answered(browser: TestClient, database: Engine) -> None:
    first, second, _ = _findings(database)
    _decide(browser, "anna", first, "confirm")
    for who, finding, code in [
        ("anna", first, 404),  # the first reviewer
        ("olga", second, 404),  # nobody decided it yet
        ("boris", first, 404),  # not within reach
        ("olga", 2**40, 404),
        ("vera", first, 403),
        ("root", first, 403),
    ]:
        assert _blind(browser, who, finding, "confirm").status_code == code, who
    assert _blind(browser, "olga", first, "waive").status_code == 422
    assert _blind(browser, "olga", first, "bless").status_code == 404
    assert _blind(browser, "olga", first, "confirm").status_code == 303
    assert _blind(browser, "olga", first, "confirm").status_code == 404
    with reading(database) as session:
        assert len(session.scalars(select(DecisionRow)).all()) == 2


def test_they_are_shown_as_the_first_reviewer_saw_them(
    browser: TestClient, database: Engine
) -> None:
    first, *_ = _findings(database)
    _decide(browser, "anna", first, "confirm")
    lay_out(database, [a_sighting("3", deal="3", weight=3, explanation="Changed since.")])
    log_in(browser, "olga")
    page = browser.get("/blind").text
    assert "Changed since." not in page
    assert "не согласился на встречу" in page


def test_only_a_share_is_reviewed_twice(
    tmp_path: Path, database: Engine, database_url: str, browser: TestClient
) -> None:
    first, *_ = _findings(database)
    _decide(browser, "anna", first, "confirm")
    none = Settings.model_validate({"access": {"blind_share": 0.0}})
    with asking(tmp_path / "state", none, database_url) as client:
        log_in(client, "olga")
        assert _waiting(client) is None


def test_precision_and_agreement_are_told(browser: TestClient, database: Engine) -> None:
    log_in(browser, "anna")
    page = browser.get("/quality").text
    assert "решений пока мало" in page
    assert "Пока сравнивать нечего" in page
    first, second, third = _findings(database)
    _decide(browser, "anna", first, "confirm")
    _decide(browser, "anna", second, "dismiss", "misjudged")
    _decide(browser, "anna", third, "dismiss", "not_needed")
    _blind(browser, "olga", first, "confirm")
    _blind(browser, "olga", second, "dismiss", "misheard")
    _blind(browser, "olga", third, "confirm")
    page = browser.get("/quality").text
    assert "50\N{NO-BREAK SPACE}%" in page
    assert "только совет" in page
    assert "κ = 0.40" in page
    assert "3 замечания проверены дважды, решения совпали в 2" in page
