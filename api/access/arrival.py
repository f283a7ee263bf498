"""What the claims of an identity provider make of somebody here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.oidc_settings import OidcSettings
from core.shown import shown_name
from models.vocabulary.access import Identity, Role

_LONGEST = 200  # characters of a name


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who comes from the provider, and what the settings give to their groups.

    `team` and `crm_user` are ``None`` where no setting ties them to claims: then they are kept on
    the page of accounts. Without a role nobody gets in.
    """

    identity: Identity
    login: str
    name: str
    roles: frozenset[Role]
    team: frozenset[str] | None
    crm_user: str | None


def arrival_of(claims: Mapping[str, Any], issuer: str, settings: OidcSettings) -> Arrival:
    """Reads claims that were proved; what is missing or of another kind counts as not told."""
    listed = _claim(claims, settings.groups_claim)
    groups = {listed} if isinstance(listed, str) else listed if isinstance(listed, list) else ()
    given = [rights for group, rights in settings.groups.items() if group in groups]
    teams_told = any(rights.team for rights in settings.groups.values())
    login = _text(_claim(claims, settings.login_claim))
    crm_user = settings.crm_user_claim and _text(_claim(claims, settings.crm_user_claim))
    return Arrival(
        identity=Identity(issuer, claims["sub"]),
        login=login,
        name=_text(claims.get("name")) or login,
        roles=frozenset(Role(rights.role) for rights in given),
        team=frozenset(one for rights in given for one in rights.team) if teams_told else None,
        crm_user=crm_user,
    )


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name; where there is none, dots lead inside."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = found[part]
    return found


def _text(value: object) -> str:
    """A claim as text; numbers are written, anything else is nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return shown_name(str(value).encode("utf-8", "replace").decode()).strip()[:_LONGEST]
