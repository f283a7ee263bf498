"""The small office with its review pages: accounts, somebody logged in, an app to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import app_for
from core.clock import now
from core.serving import ServePlan
from core.settings import Settings
from models.session import transaction
from models.store.accounts import add_account
from models.vocabulary.access import Account, Role

PASSWORD = "correct horse battery"  # noqa: S105 - of tests alone
# A check takes as much as the hash says: a hundredth of what the product's own hashes take.
_HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
_CSRF = re.compile(r'x-csrf-token": "([^"]+)"')


def add_person(
    database: Engine,
    login: str,
    *roles: Role,
    crm_user: str | None = None,
    team: Sequence[str] = (),
    language: str = "ru",
) -> Account:
    """Adds an account whose password is `PASSWORD`."""
    with transaction(database) as session:
        return add_account(
            session,
            login=login,
            name=login.capitalize(),
            password=_HASH,
            roles=roles,
            language=language,
            now=now(),
            crm_user=crm_user,
            team=team,
        )


@contextmanager
def asking(
    state: Path, settings: Settings | None = None, db: str | None = None
) -> Iterator[TestClient]:
    """A browser of nobody's at the app of a state folder."""
    app = app_for(ServePlan("127.0.0.1", state, db), settings or Settings())
    with TestClient(
        app, base_url="http://localhost", client=("127.0.0.1", 1), follow_redirects=False
    ) as client:
        yield client


def log_in(client: TestClient, login: str) -> str:
    """Logs somebody in; gives what forms have to show."""
    answer = client.post("/login", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    found = _CSRF.search(client.get("/me").text)
    assert found
    return found[1]
