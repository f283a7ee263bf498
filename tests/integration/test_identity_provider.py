"""Logging in at an identity provider: who gets in as what, and what proves nothing."""

from __future__ import annotations

import base64
import html
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from core.clock import now
from core.logs import configure_logs
from core.settings import Settings
from flow.cli import app as command_line
from models.places import DATABASE
from models.session import connected, reading
from models.store.accounts import account_at_provider, account_of, find_account
from models.store.audit import read_audit
from models.tables import AccountRow, FailedLoginRow
from models.vocabulary.access import PROVIDER, Account, Identity, Role
from tests.fakes.databases import new_sqlite
from tests.fakes.pages_office import PASSWORD, add_person, asking, log_in
from tests.fakes.provider import CLIENT, OURS, SECRET, IdentityProvider, new_key, providing

PAGES = "http://localhost"
BACK = f"{PAGES}/login/provider/back"
GROUPS: dict[str, Any] = {
    "/sales/moscow": {"role": "supervisor", "team": ["u101"]},
    "/sales/heads": {"role": "head"},
    "/sales": {"role": "manager"},
    "/it": {"role": "admin"},
}


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with providing() as running:
        yield running


@dataclass(frozen=True)
class House:
    """The pages of a small office, whose people may log in at the provider."""

    state: Path
    url: str
    database: Engine
    provider: IdentityProvider

    def settings(self, *, access: dict[str, Any] | None = None, **oidc: Any) -> Settings:
        told = {
            "issuer": self.provider.issuer,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "pages": PAGES,
            "groups": GROUPS,
        }
        return Settings.model_validate({"oidc": told | oidc, "access": access or {}})

    def account(self, login: str) -> Account:
        with reading(self.database) as session:
            row = find_account(session, login)
            assert row is not None, login
            return account_of(row)

    def audited(self, *events: str) -> list[tuple[str, str, str]]:
        with reading(self.database) as session:
            found = read_audit(session, events=events)
        return [(one.who, one.event, one.detail) for _, one in reversed(found)]


@contextmanager
def living_at(url: str, state: Path, provider: IdentityProvider) -> Iterator[House]:
    database = connected(url)
    add_person(database, "root", Role.ADMIN)
    yield House(state, url, database, provider)
    database.dispose()


@pytest.fixture
def both(tmp_path: Path, database_url: str, provider: IdentityProvider) -> Iterator[House]:
    """A house on each kind of database."""
    with living_at(database_url, tmp_path / "state", provider) as house:
        yield house


@pytest.fixture
def house(tmp_path: Path, provider: IdentityProvider) -> Iterator[House]:
    """A house on SQLite."""
    url = new_sqlite(tmp_path / "state" / DATABASE)
    with living_at(url, tmp_path / "state", provider) as house:
        yield house


@pytest.fixture
def browser(house: House) -> Iterator[TestClient]:
    with asking(house.state, house.settings(), house.url) as client:
        yield client


def sent(browser: TestClient, back: str = "/me") -> str:
    """Goes to the provider and logs in there; gives where it sends the browser back to."""
    gone = browser.get("/login/provider", params={"back": back})
    assert gone.status_code == 303, gone.text
    there = httpx2.get(gone.headers["location"], trust_env=False)
    assert there.status_code == 303
    return there.headers["location"]


def come_back(browser: TestClient, **asked: Any) -> Any:
    return browser.get(sent(browser, **asked))


def told(answer: Any) -> str:
    """What a page says is wrong."""
    found = re.search(r'role="alert">([^<]*)<', answer.text)
    return html.unescape(found[1]) if found else ""


def test_somebody_new_gets_an_account_and_follows_the_groups(
    both: House, provider: IdentityProvider
) -> None:
    provider.person = {
        "sub": "42", "preferred_username": "Ivan", "name": "Иван Петров", "groups": ["/sales"],
    }  # fmt: skip
    with asking(both.state, both.settings(), both.url) as browser:
        assert "/login/provider?back=/" in browser.get("/login").text
        there = come_back(browser, back="/me?x=1")
        assert (there.status_code, there.headers["location"]) == (303, "/me?x=1")
        assert "Иван Петров" in browser.get("/me").text
        made = both.account("ivan")
        assert made.roles == {Role.MANAGER}
        assert not made.has_password
        assert made.identity == Identity(provider.issuer, "42")
        provider.person |= {"groups": ["/sales", "/sales/moscow"], "preferred_username": "other"}
        assert come_back(browser).status_code == 303
        promoted = both.account("ivan")
        assert promoted.roles == {Role.MANAGER, Role.SUPERVISOR}
        assert promoted.team == {"u101"}
        provider.person |= {"groups": ["/guests"]}
        refused = come_back(browser)
        assert refused.status_code == 403
        assert "нет доступа" in told(refused)
        assert browser.get("/me").status_code == 303, "who is in no group is out everywhere"
    assert both.audited() == [
        (PROVIDER, "account made", "roles manager; at the identity provider 42"),
        ("ivan", "log-in", PROVIDER),
        (
            PROVIDER, "account changed",
            "roles manager, supervisor; oversees u101; at the identity provider 42",
        ),
        ("ivan", "log-in", PROVIDER),
        ("ivan", "log-in refused", "identity provider: no_group, sub 42"),
    ]  # fmt: skip


def test_the_provider_is_asked_as_the_standard_wants(
    house: House, browser: TestClient, provider: IdentityProvider
) -> None:
    provider.person["groups"] = ["/sales"]
    assert come_back(browser).status_code == 303
    [(_, asked)] = [one for one in provider.asked if one[0] == "authorize"]
    assert asked["scope"] == "openid profile"
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == BACK
    [(_, given)] = [one for one in provider.asked if one[0] == "token"]
    assert given["code_verifier"] not in asked.values()
    assert SECRET not in str(provider.asked), "the secret is in no address and no body"


def test_a_locked_account_stays_locked(
    house: House, browser: TestClient, provider: IdentityProvider
) -> None:
    provider.person["groups"] = ["/sales"]
    assert come_back(browser).status_code == 303
    csrf = log_in(browser, "root")
    account = house.account("anna").id
    browser.post(f"/accounts/{account}/disable", data={"csrf": csrf})
    refused = come_back(browser)
    assert (refused.status_code, "отключён" in told(refused)) == (403, True)
    assert house.account("anna").disabled


def test_a_name_is_taken_over_only_where_an_administrator_linked_it(
    house: House, browser: TestClient, provider: IdentityProvider
) -> None:
    add_person(house.database, "anna", Role.HEAD)
    provider.person = {"sub": "s-7", "preferred_username": "anna", "groups": ["/sales/heads"]}
    refused = come_back(browser)
    assert refused.status_code == 403
    assert "s-7" in told(refused)
    assert house.account("anna").identity is None
    csrf, page = log_in(browser, "root"), f"/accounts/{house.account('anna').id}"
    assert 'name="subject"' in browser.get(page).text
    form = {"csrf": csrf, "name": "Anna", "roles": "head", "subject": " s-7 "}
    assert browser.post(page, data=form).status_code == 303
    assert 'value="s-7"' in browser.get(page).text
    assert come_back(browser).status_code == 303
    assert house.account("anna").has_password is False
    by_password = browser.post("/login", data={"login": "anna", "password": PASSWORD})
    assert by_password.status_code == 401, "who is linked has no password of ours any more"
    csrf, other = log_in(browser, "root"), f"/accounts/{house.account('root').id}"
    twice = browser.post(other, data=form | {"csrf": csrf, "roles": "admin"})
    assert (twice.status_code, "уже связан" in told(twice)) == (422, True)
    assert browser.post(page, data=form | {"csrf": csrf, "subject": ""}).status_code == 303
    assert house.account("anna").identity is None
    assert come_back(browser).status_code == 403


def test_two_pages_that_come_back_at_once_make_one_account(
    house: House,
    browser: TestClient,
    provider: IdentityProvider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provider.person["groups"] = ["/sales"]
    assert come_back(browser).status_code == 303
    looks: list[Identity] = []

    def too_early(session: Session, identity: Identity) -> AccountRow | None:
        looks.append(identity)
        return None if len(looks) == 1 else account_at_provider(session, identity)

    monkeypatch.setattr("api.access.provider_log_in.account_at_provider", too_early)
    assert come_back(browser).status_code == 303, "it was looked for before the other one made it"
    assert len(looks) == 2


def test_the_same_subject_of_another_issuer_is_somebody_else(
    house: House, browser: TestClient, provider: IdentityProvider
) -> None:
    provider.person |= {"groups": ["/sales"]}
    assert come_back(browser).status_code == 303
    with (
        providing() as other,
        asking(house.state, replace(house, provider=other).settings(), house.url) as elsewhere,
    ):
        other.person |= {"groups": ["/sales/heads"]}
        refused = come_back(elsewhere)
        assert (refused.status_code, "уже занято" in told(refused)) == (403, True)
    assert house.account("anna").roles == {Role.MANAGER}


def _unsigned(_provider: IdentityProvider, claims: dict[str, Any]) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in parts), ""])


def _by_our_secret(_provider: IdentityProvider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 3), ["HS256"])


def _by_a_stranger(provider: IdentityProvider, claims: dict[str, Any]) -> str:
    stranger = new_key(provider.key.kid or "")
    return jwt.encode({"alg": "ES256", "kid": stranger.kid}, claims, stranger, ["ES256"])


def _garbled(_provider: IdentityProvider, claims: dict[str, Any]) -> str:
    return "a.b.c"


def _without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


BAD: list[tuple[str, dict[str, Any]]] = [
    ("claim_nonce", {"spoil": lambda claims: claims | {"nonce": "of another log-in"}}),
    ("claim_nonce", {"spoil": _without("nonce")}),
    ("claim_aud", {"spoil": lambda claims: claims | {"aud": "another client"}}),
    ("claim_azp", {"spoil": lambda claims: claims | {"aud": [CLIENT, "x"], "azp": "x"}}),
    ("claim_iss", {"spoil": lambda claims: claims | {"iss": "https://evil.example"}}),
    ("expired", {"spoil": lambda claims: claims | {"exp": int(time.time()) - 60}}),
    ("claim_exp", {"spoil": _without("exp")}),
    ("claim_iat", {"spoil": lambda claims: claims | {"iat": int(time.time()) + 600}}),
    ("claim_at_hash", {"spoil": lambda claims: claims | {"at_hash": "of another token"}}),
    ("claim_sub", {"spoil": lambda claims: claims | {"sub": 7}}),
    ("claim_sub", {"spoil": lambda claims: claims | {"sub": "a\x00b"}}),
    ("algorithm", {"sign": _unsigned}),
    ("algorithm", {"sign": _by_our_secret}),
    ("signature", {"sign": _by_a_stranger}),
    ("no_token", {"sign": _garbled}),
    ("no_id_token", {"sign": lambda _provider, _claims: None}),
    ("issuer", {"answer": {"code": "x", "iss": "https://evil.example"}}),
    ("issuer", {"answer": {"code": "x"}}),
    ("invalid_grant", {"answer": {"code": "of somebody else", "iss": OURS}}),
    ("no_code", {"answer": {"iss": OURS}}),
    ("access_denied", {"answer": {"error": "access_denied", "iss": OURS}}),
    ("unknown", {"answer": {"error": "<script>", "iss": OURS}}),
]


def test_what_proves_nothing_lets_nobody_in(
    house: House, provider: IdentityProvider, capfd: pytest.CaptureFixture[str]
) -> None:
    configure_logs(verbose=True, events=True)
    provider.person["groups"] = ["/it"]
    settings = house.settings(access={"tries_of_address": 1000})
    with asking(house.state, settings, house.url) as browser:
        for code, wrong in BAD:
            usual = {name: getattr(provider, name) for name in wrong}
            for name, value in wrong.items():
                setattr(provider, name, value)
            refused = come_back(browser)
            assert refused.status_code == 403, (code, wrong)
            assert told(refused).startswith(("Ответ сервера", "Вы отменили")), code
            assert browser.get("/me").status_code == 303, code
            for name, value in usual.items():
                setattr(provider, name, value)
        assert come_back(browser).status_code == 303, "nothing of it spoils the next log-in"
    details = [detail for _, _, detail in house.audited("log-in refused")]
    assert details == [f"identity provider: {code}" for code, _ in BAD]
    logged = capfd.readouterr().err
    given = [asked for place, asked in provider.asked if place == "token"]
    secret = [SECRET, *(one[name] for one in given for name in ("code", "code_verifier"))]
    assert [one for one in secret if one in logged] == []
    assert "eyJ" not in logged, "so a token begins"


def test_a_state_is_good_once_and_for_one_browser(both: House, provider: IdentityProvider) -> None:
    provider.person["groups"] = ["/sales"]
    with asking(both.state, both.settings(), both.url) as browser:
        address = sent(browser)
        errand = browser.cookies["stagecheck-errand"]
        with asking(both.state, both.settings(), both.url) as somebody_else:
            assert somebody_else.get(address).status_code == 400, "who was not sent brings nothing"
            sent(somebody_else)
            assert somebody_else.get(address).status_code == 400, "nor who was sent elsewhere"
        assert browser.get(address).status_code == 303
        assert "stagecheck-errand" not in browser.cookies
        browser.cookies.set("stagecheck-errand", errand, domain="localhost.local", path="/")
        again = browser.get(address)
        assert (again.status_code, "уже использован" in told(again)) == (400, True)
        for spoilt in ("x", "W10=", "", "Ж"):
            shown = {"cookie": f"stagecheck-errand={spoilt}".encode()}
            assert browser.get(address, headers=shown).status_code == 400  # type: ignore[arg-type]
    tokens = [one for one, _ in provider.asked if one == "token"]
    assert len(tokens) == 1, "only the right answer was taken to the provider"


def test_whoever_takes_too_long_begins_anew(
    browser: TestClient, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.person["groups"] = ["/sales"]
    address, later = sent(browser), now() + timedelta(minutes=11)
    monkeypatch.setattr("api.pages.provider.now", lambda: later)
    assert browser.get(address).status_code == 400


def test_keys_may_be_rotated(browser: TestClient, provider: IdentityProvider) -> None:
    provider.person["groups"] = ["/sales"]
    for key in ("first", "second", "second"):  # at last under the same name
        provider.key = new_key(key)
        assert come_back(browser).status_code == 303
    reads = [one for one, _ in provider.asked if one == "keys"]
    assert len(reads) == 3
    assert come_back(browser).status_code == 303
    assert len(reads) == len([one for one, _ in provider.asked if one == "keys"])


def test_a_provider_that_is_gone_is_said_and_passwords_still_work(house: House) -> None:
    with providing() as provider:
        provider.person["groups"] = ["/sales"]
        here = replace(house, provider=provider)
        settings = here.settings(timeout_s=0.5)
        with asking(here.state, settings, here.url) as browser:
            address, provider.hangs = sent(browser), threading.Event()
            slow = browser.get(address)
            assert (slow.status_code, "не отвечает" in told(slow)) == (503, True)
            provider.hangs.set()
    with asking(here.state, settings, here.url) as browser:
        gone = browser.get("/login/provider")
        assert (gone.status_code, "не отвечает" in told(gone)) == (503, True)
        log_in(browser, "root")


def test_a_provider_that_describes_itself_wrongly_is_not_gone_to(
    browser: TestClient, provider: IdentityProvider
) -> None:
    for wrong in (
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://sso.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ):
        provider.description = wrong
        assert browser.get("/login/provider").status_code == 503, wrong
    provider.description = {}
    assert browser.get("/login/provider").status_code == 303


def test_passwords_may_be_left_to_administrators(house: House, provider: IdentityProvider) -> None:
    add_person(house.database, "olga", Role.HEAD)
    with asking(house.state, house.settings(access={"passwords": "admins"}), house.url) as browser:
        assert "<details>" in browser.get("/login").text
        refused = browser.post("/login", data={"login": "olga", "password": PASSWORD})
        assert refused.status_code == 401
        log_in(browser, "root")
        provider.person["groups"] = ["/sales/heads"]
        assert come_back(browser).status_code == 303
        assert 'name="old"' not in browser.get("/me").text


def test_the_last_administrator_is_not_taken_away_by_a_group(
    house: House, browser: TestClient, provider: IdentityProvider
) -> None:
    done = CliRunner().invoke(
        command_line,
        ["account", "root", "--subject", "1", "--db", house.url],
        env={
            "STAGECHECK_OIDC__ISSUER": provider.issuer,
            "STAGECHECK_OIDC__CLIENT_ID": CLIENT,
            "STAGECHECK_OIDC__PAGES": PAGES,
            "STAGECHECK_OIDC__GROUPS": '{"/it": {"role": "admin"}}',
        },
    )
    assert done.output == "root: changed\n"
    provider.person["groups"] = ["/sales"]
    refused = come_back(browser)
    assert (refused.status_code, "последний администратор" in told(refused)) == (403, True)
    assert house.account("root").roles == {Role.ADMIN}
    provider.person["groups"] = ["/it"]
    assert come_back(browser).status_code == 303
    log_in(browser, "root")


def test_logging_out_goes_on_to_the_provider(
    browser: TestClient, provider: IdentityProvider
) -> None:
    provider.person["groups"] = ["/sales"]
    assert come_back(browser).status_code == 303
    csrf = re.search(r'x-csrf-token": "([^"]+)"', browser.get("/me").text)
    assert csrf
    left = browser.post("/logout", data={"csrf": csrf[1]})
    assert left.headers["location"] == "/login/provider/out"
    assert browser.get("/me").status_code == 303
    page = browser.get("/login/provider/out").text
    [address] = set(re.findall(r'href="(http[^"]+)"', page))
    place = urlsplit(html.unescape(address))
    assert place.path == "/realms/office/out"
    assert parse_qs(place.query) == {
        "client_id": [CLIENT],
        "post_logout_redirect_uri": [f"{PAGES}/login"],
    }
    csrf_of_root = log_in(browser, "root")
    left = browser.post("/logout", data={"csrf": csrf_of_root})
    assert left.headers["location"] == "/login", "a password's log-in ends here alone"


def test_guessing_answers_is_slowed_down(house: House, provider: IdentityProvider) -> None:
    provider.answer = {"code": "guessed", "iss": provider.issuer}
    settings = house.settings(access={"tries_of_address": 2})
    with asking(house.state, settings, house.url) as browser:
        assert [come_back(browser).status_code for _ in range(3)] == [403, 403, 429]
    with reading(house.database) as session:
        assert session.scalar(select(func.count()).select_from(FailedLoginRow)) == 2


def test_without_a_provider_there_is_no_way_to_one(house: House) -> None:
    with asking(house.state, db=house.url) as browser:
        assert "/login/provider" not in browser.get("/login").text
        assert browser.get("/login/provider").status_code == 404
        assert browser.get("/login/provider/back?state=x").status_code == 404
        assert browser.get("/login/provider/out").headers["location"] == "/login"
