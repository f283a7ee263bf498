"""Logging in: who may, for how long, and what a stranger gets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from typer.testing import CliRunner

from api.access.log_in import lifetimes
from core.access_settings import AccessSettings
from core.clock import now
from core.settings import Settings
from flow.cli import app as command_line
from models.places import open_state
from models.session import open_database, reading, transaction
from models.store.audit import read_audit
from models.store.sign_ins import count_sign_ins
from models.tables import AccountRow, SessionRow
from models.vocabulary.access import Role
from tests.fakes.databases import new_state
from tests.fakes.pages_office import PASSWORD, add_person, asking, log_in


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def database(state: Path) -> Iterator[Engine]:
    engine = open_state(new_state(state))
    add_person(engine, "anna", Role.SUPERVISOR)
    yield engine
    engine.dispose()


@pytest.fixture
def browser(state: Path, database: Engine) -> Iterator[TestClient]:
    with asking(state) as client:
        yield client


def test_a_stranger_is_asked_to_log_in_and_comes_where_they_wanted(browser: TestClient) -> None:
    refused = browser.get("/me?x=1")
    assert (refused.status_code, refused.headers["location"]) == (303, "/login?back=%2Fme%3Fx%3D1")
    form = browser.get(refused.headers["location"])
    assert 'value="/me?x=1"' in form.text
    answer = browser.post("/login", data={"login": "Anna", "password": PASSWORD, "back": "/me?x=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/me?x=1")
    assert browser.get("/me").status_code == 200


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: TestClient) -> None:
    answer = browser.post("/login", data={"login": "anna", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].casefold()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie, "on this machine alone there is no HTTPS"


@pytest.mark.parametrize(
    "told",
    [
        {"access": {"secure_cookie": True}},
        {"oidc": {"pages": "https://calls.example.ru"}},
    ],
)
def test_beyond_this_machine_it_is_only_sent_over_https(
    state: Path, database: Engine, told: dict[str, Any]
) -> None:
    with asking(state, Settings.model_validate(told)) as browser:
        answer = browser.post("/login", data={"login": "anna", "password": PASSWORD})
    assert answer.headers["set-cookie"].startswith("__Host-stagecheck=")
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\evil.example", "https://evil.example", "/\n"]
)
def test_the_way_back_never_leads_elsewhere(browser: TestClient, back: str) -> None:
    answer = browser.post("/login", data={"login": "anna", "password": PASSWORD, "back": back})
    assert answer.headers["location"] == "/"


def test_wrong_passwords_are_slowed_down_for_the_name_and_the_address(
    state: Path, database: Engine
) -> None:
    limits = {"tries": 3, "tries_of_address": 5}
    with asking(state, Settings.model_validate({"access": limits})) as browser:
        for _ in range(3):
            wrong = browser.post("/login", data={"login": "anna", "password": "guess"})
            assert wrong.status_code == 401
        right = browser.post("/login", data={"login": "anna", "password": PASSWORD})
        assert right.status_code == 429
        assert "15" in right.text
        for name in ("boris", "clara"):
            assert browser.post("/login", data={"login": name}).status_code == 401
        assert browser.post("/login", data={"login": "dora"}).status_code == 429
    with reading(database) as session:
        refusals = read_audit(session, events=["log-in refused"])
    assert len(refusals) == 5


def test_many_tries_at_the_same_moment_are_no_more_than_one_after_the_other(
    state: Path, database: Engine
) -> None:
    settings = Settings.model_validate({"access": {"tries": 3}})

    def guess(browser: TestClient) -> int:
        return browser.post("/login", data={"login": "anna", "password": "guess"}).status_code

    with ExitStack() as apps:
        browsers = [apps.enter_context(asking(state, settings)) for _ in range(8)]
        # Routes are built at their first request, which disturbs warnings in other threads.
        elsewhere = {"origin": "https://evil.example"}
        warmed = [browser.post("/login", headers=elsewhere).status_code for browser in browsers]
        assert set(warmed) == {403}
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(guess, browsers))
    assert set(found) == {401, 429}
    assert found.count(401) <= 3


def test_who_took_over_a_browser_cannot_guess_its_password(browser: TestClient) -> None:
    csrf = log_in(browser, "anna")
    form = {"csrf": csrf, "old": "guess", "new": "y" * 10}
    answers = [browser.post("/me/password", data=form).status_code for _ in range(6)]
    assert answers == [422] * 6
    page = browser.post("/me/password", data=form | {"old": PASSWORD})
    assert "Подождите 15 минут" in page.text


@pytest.mark.slow
def test_a_name_that_no_database_takes_is_nobodys(tmp_path: Path, postgres_url: str) -> None:
    open_database(postgres_url).dispose()
    with asking(tmp_path, db=postgres_url) as browser:
        refused = browser.post("/login", data={"login": "a\x00b", "password": "a\x00b"})
        assert refused.status_code == 401


def test_a_form_must_be_ours(browser: TestClient) -> None:
    csrf = log_in(browser, "anna")
    assert browser.post("/logout").status_code == 403
    assert browser.post("/logout", data={"csrf": "x" + csrf}).status_code == 403
    elsewhere = {"origin": "https://evil.example"}
    assert browser.post("/logout", data={"csrf": csrf}, headers=elsewhere).status_code == 403
    cross = {"sec-fetch-site": "cross-site"}
    assert browser.post("/logout", data={"csrf": csrf}, headers=cross).status_code == 403
    unnamed = {"origin": "null"}
    assert browser.post("/logout", data={"csrf": csrf}, headers=unnamed).status_code == 403
    ours = {"origin": "null", "sec-fetch-site": "same-origin"}
    left = browser.post("/logout", data={"csrf": csrf}, headers=ours)
    assert left.headers["location"] == "/login"
    assert browser.get("/me").status_code == 303


@pytest.mark.parametrize(
    ("column", "ago", "in_"),
    [
        ("seen_at", timedelta(minutes=29), True),
        ("seen_at", timedelta(minutes=31), False),
        ("created_at", timedelta(hours=11), True),
        ("created_at", timedelta(hours=13), False),
    ],
)
def test_a_log_in_ends_by_itself(
    browser: TestClient, database: Engine, column: str, ago: timedelta, in_: bool
) -> None:
    log_in(browser, "anna")
    with transaction(database) as session:
        row = session.scalars(select(SessionRow)).one()
        setattr(row, column, now() - ago)
    with reading(database) as session:
        here = count_sign_ins(session, now(), **lifetimes(AccessSettings()))
    assert (row.account in here) is in_
    assert (browser.get("/me").status_code == 200) is in_


def test_a_new_password_ends_the_other_log_ins(state: Path, database: Engine) -> None:
    with asking(state) as here, asking(state) as there:
        csrf = log_in(here, "anna")
        log_in(there, "anna")
        wrong = here.post("/me/password", data={"csrf": csrf, "old": "x", "new": "y" * 10})
        assert wrong.status_code == 422
        short = here.post("/me/password", data={"csrf": csrf, "old": PASSWORD, "new": "short"})
        assert short.status_code == 422
        long = here.post("/me/password", data={"csrf": csrf, "old": PASSWORD, "new": "y" * 257})
        assert "не больше 256" in long.text, "nobody could log in with it"
        done = here.post("/me/password", data={"csrf": csrf, "old": PASSWORD, "new": "y" * 10})
        assert done.status_code == 303
        assert here.get("/me").status_code == 200
        assert there.get("/me").status_code == 303


def test_nothing_of_a_secret_is_kept_in_clear(browser: TestClient, database: Engine) -> None:
    log_in(browser, "anna")
    shown = browser.cookies["stagecheck"]
    with reading(database) as session:
        [row] = session.scalars(select(SessionRow))
        [account] = session.scalars(select(AccountRow))
    assert shown not in vars(row).values()
    assert account.password
    assert account.password.startswith("$argon2id$")


def test_pages_allow_only_scripts_of_their_own(browser: TestClient) -> None:
    page = browser.get("/login")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
        file = browser.get(address)
        assert file.status_code == 200
        assert "immutable" in file.headers["cache-control"]
    assert browser.get("/static/0000000000000000/base.css").status_code == 404


def test_the_language_is_the_browsers_until_somebody_chose(browser: TestClient) -> None:
    assert "Вход" in browser.get("/login").text
    assert "Log in" in browser.get("/login", headers={"accept-language": "en-GB"}).text
    csrf = log_in(browser, "anna")
    browser.post("/me/language", data={"csrf": csrf, "language": "en"})
    assert "New password" in browser.get("/me").text


def test_the_first_account_is_made_on_the_command_line(state: Path) -> None:
    state.mkdir()
    with asking(state) as browser:
        assert "stagecheck account NAME --role admin" in browser.get("/login").text

        def command(*words: str, given: str = "") -> str:
            done = CliRunner().invoke(
                command_line, ["account", *words, "--state", str(state)], input=given
            )
            return f"{done.exit_code} {done.output}".strip()

        assert "has no role" in command("root")
        assert "fewer than 10" in command("root", "--role", "admin", given="short\n")
        assert command("root", "--role", "admin", given=f"{PASSWORD}\n") == "0 root: made"
        assert command() == "0 root: admin"
        assert "is the last administrator" in command("root", "--disable")
        assert "is the last administrator" in command("root", "--role", "head")
        log_in(browser, "root")
        assert command("other", "--role", "admin", given=f"{PASSWORD}\n") == "0 other: made"
        assert command("root", "--disable") == "0 root: changed"
        assert browser.get("/me").status_code == 303
