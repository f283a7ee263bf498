"""The pages of a small office whose people may log in at an identity provider."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from core.settings import Settings
from models.session import connected, reading
from models.store.accounts import account_of, find_account
from models.store.audit import read_audit
from models.vocabulary.access import Account, Role
from tests.fakes.pages_office import add_person
from tests.fakes.provider import CLIENT, SECRET, IdentityProvider

PAGES = "http://localhost"
BACK = f"{PAGES}/login/provider/back"
GROUPS: dict[str, Any] = {
    "/sales/moscow": {"role": "supervisor", "team": ["u101"]},
    "/sales/heads": {"role": "head"},
    "/sales": {"role": "manager"},
    "/it": {"role": "admin"},
}


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


def sent(browser: TestClient, back: str = "/me") -> str:
    """Goes to the provider and logs in there; gives where it sends the browser back to."""
    gone = browser.get("/login/provider", params={"back": back})
    assert gone.status_code == 303, gone.text
    there = httpx2.get(gone.headers["location"], trust_env=False)
    assert there.status_code == 303
    return there.headers["location"]


def come_back(browser: TestClient, **asked: Any) -> Any:
    """Goes to the provider, logs in there and comes back; gives our answer to it."""
    return browser.get(sent(browser, **asked))


def told(answer: Any) -> str:
    """What a page says is wrong."""
    found = re.search(r'role="alert">([^<]*)<', answer.text)
    return html.unescape(found[1]) if found else ""
