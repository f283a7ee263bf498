"""Logging in at an identity provider: what proves nothing lets nobody in."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import func, select

from core.clock import now
from core.logs import configure_logs
from models.session import reading
from models.tables import FailedLoginRow
from tests.fakes.pages_office import asking
from tests.fakes.provider import CLIENT, OURS, SECRET, IdentityProvider, new_key
from tests.integration.identity_provider.provider_house import BACK, House, come_back, sent, told


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


def test_guessing_answers_is_slowed_down(house: House, provider: IdentityProvider) -> None:
    provider.answer = {"code": "guessed", "iss": provider.issuer}
    settings = house.settings(access={"tries_of_address": 2})
    with asking(house.state, settings, house.url) as browser:
        assert [come_back(browser).status_code for _ in range(3)] == [403, 403, 429]
    with reading(house.database) as session:
        assert session.scalar(select(func.count()).select_from(FailedLoginRow)) == 2
