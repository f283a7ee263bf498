"""The identity provider: OpenID Connect, authorization code with PKCE, by Authlib.

Source: OpenID Connect Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0; RFC 7636, RFC 9207.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import httpx2

from api.access.errand import Errand
from core.logs import get_logger
from core.oidc_settings import OidcSettings, is_trusted_address
from core.outward import trusted_certificates
from models.places import secret_in
from models.vocabulary.errors import InvalidInputError

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client
    from joserfc.jwk import KeySet

BACK = "/login/provider/back"
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_READ_AGAIN_S = 3600.0
_CODE = re.compile(r"[a-z_]{1,40}")
_log = get_logger("api.provider")


class ProviderGoneError(Exception):
    """The provider does not answer, or not as one does."""


class ProviderRefusedError(Exception):
    """The provider let nobody in, or what it says of them proves nothing; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(slots=True)
class Provider:
    """Sends browsers to the provider and reads what they bring back. Keeps no token."""

    settings: OidcSettings
    issuer: str
    client_id: str
    secret: str | None = field(repr=False)
    clock: Callable[[], float] = time.monotonic
    _described: dict[str, Any] = field(default_factory=dict)
    _keys: KeySet | None = None
    _read_again_s: float = float("-inf")

    @property
    def redirect(self) -> str:
        """The one address that the provider sends browsers back to."""
        return f"{self.settings.pages}{BACK}"

    async def way_in(self, errand: Errand) -> str:
        """Where to send a browser so that the provider finds out who sits there.

        Raises:
            ProviderGoneError: it does not answer.
        """
        async with self._asking() as client:
            described = await self._description(client)
            address: str
            address, _ = client.create_authorization_url(
                described["authorization_endpoint"],
                state=errand.state,
                nonce=errand.nonce,
                code_verifier=errand.verifier,
            )
        return address

    async def way_out(self, back: str) -> str | None:
        """Where a browser logs out at the provider; ``None`` where it has no such place.

        `back` is the page of ours that it comes to afterwards.

        Raises:
            ProviderGoneError: it does not answer.
        """
        from authlib.common.urls import add_params_to_uri

        async with self._asking() as client:
            endpoint = (await self._description(client)).get("end_session_endpoint")
        if not isinstance(endpoint, str) or not is_trusted_address(endpoint):
            return None
        told = {
            "client_id": self.client_id,
            "post_logout_redirect_uri": f"{self.settings.pages}{back}",
        }
        address: str = add_params_to_uri(endpoint, list(told.items()))
        return address

    async def claims(
        self, errand: Errand, answer: Mapping[str, str], now: datetime
    ) -> Mapping[str, Any]:
        """What the provider says of whoever came back with an answer, proved by its signature.

        Args:
            errand: the way that the browser went.
            answer: the query that it came back with; its state was looked at.
            now: the present moment.

        Raises:
            ProviderRefusedError: nobody was let in, or nothing is proved.
            ProviderGoneError: it does not answer.
        """
        from api.access.id_token import UnprovedError

        async with self._asking() as client:
            described = await self._description(client)
            self._check_answer(answer, described)
            token = await self._exchanged(client, described, errand, answer["code"])
            try:
                return await self._proved(client, described, token, errand.nonce, now)
            except UnprovedError as error:
                raise ProviderRefusedError(error.code) from error

    async def _proved(
        self,
        client: AsyncOAuth2Client,
        described: Mapping[str, Any],
        token: Mapping[str, Any],
        nonce: str,
        now: datetime,
    ) -> Mapping[str, Any]:
        """The claims of an answer's ID token, by the keys that are known or that there are now."""
        from api.access.id_token import Expected, UnknownKeyError, proved_claims

        prove = partial(
            proved_claims,
            token,
            expected=Expected(self.issuer, self.client_id, nonce, self.settings.leeway_s),
            offered=described.get("id_token_signing_alg_values_supported"),
            now=now,
        )
        if self._keys is not None:
            with suppress(UnknownKeyError):
                return prove(keys=self._keys)
        return prove(keys=await self._read_keys(client, described))

    def _check_answer(self, answer: Mapping[str, str], described: Mapping[str, Any]) -> None:
        """Refuses an answer of another provider (RFC 9207), a refusal, and one without a code."""
        always = described.get("authorization_response_iss_parameter_supported") is True
        if answer.get("iss", None if always else self.issuer) != self.issuer:
            raise ProviderRefusedError("issuer")
        if "error" in answer:
            raise ProviderRefusedError(_code(answer["error"]))
        if not answer.get("code"):
            raise ProviderRefusedError("no_code")

    async def _exchanged(
        self, client: AsyncOAuth2Client, described: Mapping[str, Any], errand: Errand, code: str
    ) -> Mapping[str, Any]:
        """What the provider gives for a code."""
        from authlib.integrations.base_client import OAuthError

        ways = described.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if self.secret is not None and "client_secret_basic" not in ways:
            client.token_endpoint_auth_method = "client_secret_post"  # noqa: S105 - a way's name
        try:
            token: Mapping[str, Any] = await client.fetch_token(
                described["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=errand.verifier,
            )
        except OAuthError as error:
            raise ProviderRefusedError(_code(error.error)) from error
        return token

    async def _description(self, client: AsyncOAuth2Client) -> Mapping[str, Any]:
        """What the provider says of itself, at most an hour old.

        Source: OpenID Connect Discovery 1.0, sections 4 and 4.3.
        """
        if self.clock() >= self._read_again_s:
            from authlib.oidc.discovery import get_well_known_url

            found = await _read(client, get_well_known_url(self.issuer, external=True))
            if found.get("issuer") != self.issuer:
                raise ValueError("it names another issuer than oidc.issuer")
            for name in _NEEDED:
                if not isinstance(found.get(name), str) or not is_trusted_address(found[name]):
                    raise ValueError(f"its {name} is not encrypted")
            self._described, self._keys = found, None
            self._read_again_s = self.clock() + _READ_AGAIN_S
        return self._described

    async def _read_keys(self, client: AsyncOAuth2Client, described: Mapping[str, Any]) -> KeySet:
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        found = await _read(client, described["jwks_uri"])
        try:
            self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type] # as it came
        except (JoseError, KeyError, TypeError) as error:
            raise ValueError("its keys cannot be read") from error
        return self._keys

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[AsyncOAuth2Client]:
        """Talks to the provider, never for long."""
        from authlib.integrations.httpx_client import AsyncOAuth2Client

        limit_s = self.settings.timeout_s
        try:
            async with (
                asyncio.timeout(limit_s),
                AsyncOAuth2Client(
                    self.client_id,
                    self.secret,
                    scope=" ".join(self.settings.scopes),
                    redirect_uri=self.redirect,
                    code_challenge_method="S256",
                    verify=trusted_certificates(),
                    trust_env=False,
                    follow_redirects=False,
                    timeout=limit_s,
                ) as client,
            ):
                yield client
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
            _log.warning("the identity provider is of no use", issuer=self.issuer, exc_info=error)
            raise ProviderGoneError from error


def provider_of(settings: OidcSettings) -> Provider | None:
    """The provider that the settings name; ``None``: none.

    Raises:
        InvalidInputError: the file with its secret cannot be read, or holds none.
    """
    if settings.issuer is None or settings.client_id is None:
        return None
    # Loading the libraries takes a moment that no request should wait for.
    import_module("authlib.integrations.httpx_client")
    import_module("api.access.id_token")
    path = settings.client_secret_file
    secret = (
        settings.client_secret.get_secret_value().strip()
        if settings.client_secret is not None
        else secret_in(path, "oidc.client_secret_file")
    )
    if secret is not None and (not secret.isascii() or not secret.isprintable() or not secret):
        raise InvalidInputError(
            str(path or "oidc.client_secret"),
            "holds no secret: one line of ASCII characters is expected",
            "Copy the secret of the client from the provider.",
        )
    return Provider(settings, settings.issuer, settings.client_id, secret)


async def _read(client: AsyncOAuth2Client, address: str) -> dict[str, Any]:
    """A JSON object of the provider's."""
    answer = await client.request("GET", address, withhold_token=True)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - what came is wrong, not who calls
    return found


def _code(error: object) -> str:
    """A code of the provider's, as far as it is one."""
    return error if isinstance(error, str) and _CODE.fullmatch(error) else "unknown"
