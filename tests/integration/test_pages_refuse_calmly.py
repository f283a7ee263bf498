"""Addresses and forms that are none of ours get a page, never an error of the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models.session import open_database
from models.vocabulary.access import Role
from tests.fakes.pages_office import add_person, asking, log_in

NUMBERS = ("0", "abc", "2147483648", "%00")
QUERIES = (
    "?before=99999999999999999999",
    "?before=-5",
    "?who=%00&subject=%00",
    "?event=%ED%A0%80",
    "?since=9999-12-31&until=9999-12-31",
    "?since=0001-01-01&until=0001-01-01",
    "?since=yesterday",
    f"?who={'x' * 5000}",
)
PAGES = ("/accounts", "/system/webhooks", "/login", "/me", "/nothing")
DEEDS = ("", "/password", "/replay", "/nonsense")
FORMS: tuple[dict[str, Any], ...] = (
    {},
    {"login": "a\x00b", "name": "a\x00b", "roles": ["manager"], "language": "ru"},
    {"login": "zoe", "name": "a\x00b", "roles": ["manager"], "language": "xx"},
    {"login": "x" * 5000, "password": "x" * 5000, "roles": ["nobody"]},
    {"roles": ["manager"] * 1100},
    {"url": "https://a.example/\x00", "types": ["nope"]},
    {"url": "https://a.example/" + "x" * 5000},
    {"delivery": "99999999999999999999"},
    {"old": "x" * 5000, "new": "x" * 5000, "language": "\x00"},
)


@pytest.fixture
def browser_url(database_url: str) -> str:
    engine = open_database(database_url)
    add_person(engine, "root", Role.ADMIN, Role.AUDITOR)
    engine.dispose()
    return database_url


def is_a_page(browser: TestClient, method: str, path: str, **asked: Any) -> bool:
    answer = browser.request(method, path, **asked)
    kind = answer.headers.get("content-type", "")
    return answer.status_code < 500 and "json" not in kind


def test_every_odd_address_and_form_gets_a_page(tmp_path: Path, browser_url: str) -> None:
    with asking(tmp_path, db=browser_url) as browser:
        csrf = log_in(browser, "root")
        odd = [page + query for page in ("/audit", "/audit/export.csv") for query in QUERIES]
        for path in odd + [f"{page}?back=%00&said=%00" for page in PAGES]:
            assert is_a_page(browser, "GET", path), path
        ours = [
            f"{part}/{number}" for part in ("/accounts", "/system/webhooks") for number in NUMBERS
        ]
        for path in ours:
            assert browser.get(path).status_code == 404, path
            for deed in DEEDS:
                assert is_a_page(browser, "POST", path + deed, data={"csrf": csrf}), path + deed
        for path in ("/accounts", "/system/webhooks", "/me/language", "/me/password", "/login"):
            for form in FORMS:
                shown = {"csrf": csrf, **form}
                assert is_a_page(browser, "POST", path, data=shown), (path, str(form)[:60])
        assert browser.get("/accounts/1/password").status_code == 405
        assert browser.get("/api/v1/nothing").json()["code"] == "not_found", "programs get theirs"
