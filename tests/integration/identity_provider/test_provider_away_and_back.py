"""Logging in at an identity provider: new keys, a provider that is gone, logging out there."""

from __future__ import annotations

import html
import re
import threading
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from fastapi.testclient import TestClient

from tests.fakes.pages_office import asking, log_in
from tests.fakes.provider import CLIENT, IdentityProvider, new_key, providing
from tests.integration.identity_provider.provider_house import PAGES, House, come_back, sent, told


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


def test_without_a_provider_there_is_no_way_to_one(house: House) -> None:
    with asking(house.state, db=house.url) as browser:
        assert "/login/provider" not in browser.get("/login").text
        assert browser.get("/login/provider").status_code == 404
        assert browser.get("/login/provider/back?state=x").status_code == 404
        assert browser.get("/login/provider/out").headers["location"] == "/login"
