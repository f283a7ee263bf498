"""Settings of logging in at an identity provider by OpenID Connect."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator

from core.section import Section
from core.serving import is_loopback

RoleName = Literal["manager", "supervisor", "head", "admin", "auditor"]
Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class GroupRights(Section):
    """What being in one of the provider's groups gives."""

    role: RoleName
    team: tuple[Filled, ...] = ()


class OidcSettings(Section):
    """Logging in at an identity provider; none by default."""

    issuer: str | None = Field(
        default=None,
        description="the provider's address exactly as it names itself "
        "(`https://sso.example.ru/realms/office`); unset: passwords only",
    )
    client_id: Filled | None = Field(
        default=None, description="what the pages are called at the provider"
    )
    client_secret: SecretStr | None = Field(
        default=None,
        description="the secret of that name, best given as `STAGECHECK_OIDC__CLIENT_SECRET`; "
        "never logged or stored",
    )
    client_secret_file: Path | None = Field(
        default=None, description="file that holds the secret, as containers get secrets"
    )
    pages: str | None = Field(
        default=None,
        description="address under which browsers reach the pages (`https://calls.example.ru`); "
        "the provider sends them back to `/login/provider/back` there",
    )
    name: Filled | None = Field(
        default=None,
        description="what people call the provider; stands on the button of the log-in",
    )
    scopes: tuple[Filled, ...] = Field(
        default=("openid", "profile"), description="what the provider is asked to tell"
    )
    groups_claim: Filled = Field(
        default="groups",
        description="claim of the ID token that lists somebody's groups; dots lead inside "
        "(`realm_access.roles`)",
    )
    groups: dict[Filled, GroupRights] = Field(
        default_factory=dict,
        description='by group, what it gives: `{role = "supervisor", team = ["17", "18"]}` '
        "(`team` are CRM users); who is in none of them is refused",
    )
    login_claim: Filled = Field(
        default="preferred_username", description="claim with the log-in of a new account"
    )
    crm_user_claim: Filled | None = Field(
        default=None,
        description="claim that says who somebody is in the CRM (its id); where unset it is "
        "kept on the page of accounts",
    )
    timeout_s: float = Field(
        default=10, gt=0, le=60, description="seconds within which the provider has to answer"
    )
    leeway_s: int = Field(
        default=30,
        ge=0,
        le=300,
        description="seconds by which the provider's clock may differ from ours",
    )

    @field_validator("issuer", "pages")
    @classmethod
    def _usable_address(cls, address: str | None) -> str | None:
        if address is not None and (not is_trusted_address(address) or {"?", "#"} & set(address)):
            raise ValueError(
                "expected an address such as https://sso.example.ru (http:// on this machine "
                "alone), without name, password, query and fragment"
            )
        return address

    @field_validator("pages")
    @classmethod
    def _without_path(cls, address: str | None) -> str | None:
        if address is not None and urlsplit(address).path not in ("", "/"):
            raise ValueError("expected an address without a path")
        return address.rstrip("/") if address is not None else None

    @field_validator("client_secret")
    @classmethod
    def _usable_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        return secret if secret is not None and secret.get_secret_value().strip() else None

    @field_validator("scopes")
    @classmethod
    def _asks_who(cls, scopes: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in scopes:
            raise ValueError("`openid` must be one of them")
        return scopes

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.issuer is not None and not (self.client_id and self.pages and self.groups):
            raise ValueError("`issuer` is set, so `client_id`, `pages` and `groups` must be, too")
        if self.client_secret is not None and self.client_secret_file is not None:
            raise ValueError("give `client_secret` or `client_secret_file`, not both")
        return self


def is_trusted_address(address: str) -> bool:
    """Whether nobody on the way can read or change what goes there: HTTPS, or this machine."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or port == 0 or "@" in parts.netloc or " " in address:
        return False
    if not address.isascii() or not address.isprintable():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
