"""What claims of an identity provider make of somebody."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from api.access.arrival import arrival_of
from core.oidc_settings import OidcSettings, RoleName, is_trusted_address
from models.vocabulary.access import Identity, Role

ISSUER = "https://sso.example.ru/realms/office"
GROUPS: dict[str, Any] = {
    "/sales/moscow": {"role": "supervisor", "team": ["u101", "u102"]},
    "/sales/kazan": {"role": "supervisor", "team": ["u103"]},
    "/it": {"role": "admin"},
}


def settings(**told: Any) -> OidcSettings:
    usual = {
        "issuer": ISSUER,
        "client_id": "stagecheck",
        "pages": "https://calls.example.ru",
        "groups": GROUPS,
    }
    return OidcSettings.model_validate(usual | told)


def test_every_role_can_be_given() -> None:
    assert set(get_args(RoleName)) == {role.value for role in Role}


def test_several_groups_give_all_their_roles_and_teams() -> None:
    claims = {
        "sub": "7",
        "preferred_username": "anna",
        "groups": ["/sales/moscow", "/sales/kazan", "/it", "/unknown", 5],
    }
    found = arrival_of(claims, ISSUER, settings())
    assert found.identity == Identity(ISSUER, "7")
    assert Identity.of_key(found.identity.key) == found.identity
    assert found.roles == {Role.SUPERVISOR, Role.ADMIN}
    assert found.team == frozenset({"u101", "u102", "u103"})
    assert (found.login, found.name, found.crm_user) == ("anna", "anna", None)


@pytest.mark.parametrize(
    "groups", [None, [], "", "/sales", ["/sales"], [["/it"]], {"/it": True}, 7, "/it/"]
)
def test_who_is_in_no_group_has_no_role(groups: Any) -> None:
    found = arrival_of({"sub": "7", "groups": groups}, ISSUER, settings())
    assert found.roles == frozenset()


def test_a_team_is_kept_by_hand_where_no_group_gives_one() -> None:
    claims = {"sub": "7", "groups": "/it"}
    assert arrival_of(claims, ISSUER, settings()).team == frozenset()
    by_hand = settings(groups={"/it": {"role": "admin"}})
    assert arrival_of(claims, ISSUER, by_hand).team is None


def test_claims_may_lie_inside_of_others_and_have_dots_in_their_names() -> None:
    inside = settings(groups_claim="realm_access.roles", crm_user_claim="https://crm.example/id")
    claims = {
        "sub": "7",
        "realm_access": {"roles": ["/it"]},
        "https://crm.example/id": 101,
        "name": " Анна\n\ud800 ",
    }
    found = arrival_of(claims, ISSUER, inside)
    assert found.roles == {Role.ADMIN}
    assert found.crm_user == "101"
    assert found.name == "Анна\\n?"
    gone = arrival_of({"sub": "7", "realm_access": "x"}, ISSUER, inside)
    assert (gone.roles, gone.crm_user) == (frozenset(), "")


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"issuer": "http://sso.example.ru"}, "https://"),
        ({"issuer": "https://me:secret@sso.example.ru"}, "https://"),
        ({"issuer": "https://sso.example.ru/?realm=1"}, "https://"),
        ({"pages": "https://calls.example.ru/stagecheck"}, "without a path"),
        ({"groups": {}}, "must be, too"),
        ({"client_id": None}, "must be, too"),
        ({"groups": {"/it": {"role": "root"}}}, "manager"),
        ({"groups": {"/it": {"role": "admin", "teams": []}}}, "extra"),
        ({"scopes": ["profile"]}, "openid"),
        ({"client_secret": "x", "client_secret_file": "/run/x"}, "not both"),
    ],
)
def test_settings_that_cannot_be_are_refused(told: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        settings(**told)


@pytest.mark.parametrize(
    ("address", "trusted"),
    [
        ("https://sso.example.ru:8443/realms/office", True),
        ("https://sso.example.ru/token?p=b2c", True),
        ("http://127.0.0.1:8080/realms/office", True),
        ("http://[::1]:8080", True),
        ("http://localhost", True),
        ("http://127.0.0.1.evil.example", False),
        ("http://sso.example.ru", False),
        ("ftp://127.0.0.1", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://a b", False),
        ("https://sso.example.ru:0", False),
        ("https://[::1", False),
        ("", False),
    ],
)
def test_only_what_nobody_on_the_way_can_change_is_trusted(address: str, trusted: bool) -> None:
    assert is_trusted_address(address) is trusted
