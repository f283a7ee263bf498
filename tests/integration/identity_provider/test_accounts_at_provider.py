"""Logging in at an identity provider: who gets in, as whom and with which roles."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from flow.cli import app as command_line
from models.store.accounts import account_at_provider
from models.tables import AccountRow
from models.vocabulary.access import PROVIDER, Identity, Role
from tests.fakes.pages_office import PASSWORD, add_person, asking, log_in
from tests.fakes.provider import CLIENT, IdentityProvider, providing
from tests.integration.identity_provider.provider_house import PAGES, House, come_back, told


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
