"""Every route there is, asked by everybody: nobody gets in who should not.

The routes are read from the app, so that a new one is asked too; where it belongs has to be said
here, or the test fails.
"""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import app_for
from core.serving import ServePlan
from core.settings import Settings
from models.places import open_state
from models.vocabulary.access import RIGHTS, Right, Role
from tests.fakes.pages_office import add_person, log_in
from tests.fakes.routes import routes_of
from tests.fakes.small_service import build_office, opened, work_off

OPEN = ("/healthz", "/readyz", "/login", "/static/", "/openapi.json", "/api/docs", "/hooks/")
FIGURES = ("/metrics", "/api/v1/status")
EVERYBODYS = ("/me", "/logout", "/events")
SEEN = frozenset({Right.SEE})
BELONGS: tuple[tuple[str, frozenset[Right]], ...] = (
    ("/accounts", frozenset({Right.ACCOUNTS})),
    ("/audit", frozenset({Right.AUDIT})),
    ("/system", frozenset({Right.SYSTEM})),
    ("/coverage", frozenset({Right.COVERAGE})),
    ("/figures/people", frozenset({Right.TEAM})),
    ("/figures/conveyor", frozenset({Right.TEAM})),
    ("/figures", SEEN),
    ("/team", frozenset({Right.TEAM})),
    ("/blind", frozenset({Right.DECIDE})),
    ("/quality", frozenset({Right.SEE, Right.DECIDE, Right.TEAM})),
    ("/rules", frozenset({Right.SEE, Right.RULES})),
    ("/calls", SEEN),
    ("/deals", SEEN),
    ("/findings", SEEN),
    ("/inbox", SEEN),
    ("/", SEEN),
)


def rights_of(path: str) -> frozenset[Right]:
    return next(rights for prefix, rights in BELONGS if path.startswith(prefix))


def filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "987654", path)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    request = build_office(tmp_path_factory.mktemp("office"))
    with opened(request) as place:
        work_off(place)
    database = open_state(request.state)
    for role in Role:
        crm = {"crm_user": "nobody's", "team": ("nobody's",)}
        add_person(database, role.value, role, **crm)  # type: ignore[arg-type] # two of its words
    database.dispose()
    # Each route is asked for without a key, more of them than a stranger may ask in a minute.
    settings = Settings.model_validate({"api": {"refusals_per_minute": 1000}})
    return app_for(ServePlan("127.0.0.1", request.state, None), settings)


def browser(app: FastAPI, address: str = "127.0.0.1") -> TestClient:
    return TestClient(app, base_url="http://localhost", client=(address, 1), follow_redirects=False)


def test_a_stranger_gets_in_nowhere(app: FastAPI) -> None:
    asked = 0
    with browser(app, "192.0.2.7") as stranger:
        for method, path in routes_of(app):
            if path.startswith(OPEN):
                continue
            answer = stranger.request(method, filled(path))
            asked += 1
            if path.startswith(("/api/", "/metrics")):
                assert answer.status_code in (401, 421), (method, path, answer.status_code)
            else:
                assert answer.status_code == 303, (method, path, answer.status_code)
                assert answer.headers["location"].startswith("/login"), (method, path)
    assert asked > 60


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_what_it_may_and_nothing_else(app: FastAPI, role: Role) -> None:
    with browser(app) as somebody:
        csrf = log_in(somebody, role.value)
        for method, path in routes_of(app):
            if path.startswith((*OPEN, *FIGURES, *EVERYBODYS, "/api/")):
                continue
            shown = {"x-csrf-token": csrf} if method not in ("GET", "HEAD") else {}
            status = somebody.request(method, filled(path), headers=shown).status_code
            if RIGHTS[role] & rights_of(path):
                assert status < 500, (method, path, status)
                assert status != 303 or method == "POST", (method, path)
            else:
                assert status in (303, 403, 404, 422), (method, path, status)
                assert status != 303 or path == "/", "only the first page leads on to one's own"


@pytest.mark.parametrize("role", Role)
def test_nothing_is_changed_without_the_secret_of_the_page(app: FastAPI, role: Role) -> None:
    with browser(app) as somebody:
        log_in(somebody, role.value)
        for method, path in routes_of(app):
            if method in ("GET", "HEAD") or path.startswith(("/api/", "/login", "/hooks/")):
                continue
            assert somebody.request(method, filled(path)).status_code == 403, (method, path)


def test_a_log_in_is_no_key_of_the_api(app: FastAPI) -> None:
    with browser(app, "192.0.2.7") as somebody:
        log_in(somebody, Role.HEAD.value)
        for method, path in routes_of(app):
            if path.startswith("/api/v1/"):
                status = somebody.request(method, filled(path)).status_code
                assert status == 401, (method, path, status)
