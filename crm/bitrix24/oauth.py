"""Tokens of an application: got by a code, renewed when the portal says that they are over.

The authorization server is one for all portals, and only it ever learns the application's key.
Source: settings/oauth/*.md of bitrix-tools/b24-rest-docs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from core.outward import Rules
from crm.bitrix24.errors import judge
from crm.bitrix24.values import number_of
from crm.errors import CrmAnswerError, CrmRefusedError, CrmShutError
from crm.http import CrmHttp, Headers
from crm.rows import row_of, text_of
from models.vocabulary.crm import Tokens

TOKEN_SERVER = "https://oauth.bitrix24.tech"  # noqa: S105 - an address, no secret
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class _NoPace:
    """The authorization server is asked once an hour at most."""

    sleep: Callable[[float], None] = time.sleep

    def wait(self) -> None:
        """Never waits."""

    def hold(self, seconds: float) -> None:
        """Waits for itself alone."""
        self.sleep(seconds)


def authorize_url(address: str, client_id: str, state: str) -> str:
    """Where a browser is sent so that a person lets us in; the portal knows the way back itself.

    It comes back with a `code` that is good for 30 seconds.

    Args:
        address: the portal's scheme, host and port.
        client_id: the application's code.
        state: comes back unchanged.
    """
    return f"{address}/oauth/authorize/?{urlencode({'client_id': client_id, 'state': state})}"


def exchange_code(  # noqa: PLR0913 - what the protocol asks for
    name: str,
    *,
    code: str,
    client_id: str,
    client_secret: str,
    rules: Rules,
    server: str = TOKEN_SERVER,
) -> Tokens:
    """The tokens that a code is worth, within 30 seconds and once.

    Raises:
        CrmError: the server does not give any.
    """
    asked = {
        "grant_type": "authorization_code",
        "client_id": client_id,
        "client_secret": client_secret,
        "code": code,
    }
    known = Tokens("", client_id=client_id, client_secret=client_secret)
    return _asked(name, asked, known, rules, server)


def renewed_tokens(name: str, stale: Tokens, rules: Rules, server: str = TOKEN_SERVER) -> Tokens:
    """New tokens for old ones; the old refresh token is worth nothing any more afterwards.

    Raises:
        CrmError: the server does not give any.
    """
    if not (stale.refresh and stale.client_id and stale.client_secret):
        raise CrmShutError(f"{name}: the token is over and nothing renews it. Connect again.")
    asked = {
        "grant_type": "refresh_token",
        "client_id": stale.client_id,
        "client_secret": stale.client_secret,
        "refresh_token": stale.refresh,
    }
    return _asked(name, asked, stale, rules, server)


def _asked(name: str, asked: Mapping[str, str], known: Tokens, rules: Rules, server: str) -> Tokens:
    # As documented by GET: the address with the secrets in it is neither kept nor told.
    http = CrmHttp(
        name, server, _NoPace(), rules, headers=_no_headers, judge=lambda s, b: judge(name, s, b)
    )
    try:
        answer = http.get("/oauth/token/", asked)
    except CrmRefusedError as error:
        raise CrmShutError(f"{error} Connect again.") from error
    finally:
        http.close()
    said = row_of(answer.body)
    access, refresh = text_of(said.get("access_token")), text_of(said.get("refresh_token"))
    if access is None or refresh is None:
        raise CrmAnswerError(f"{name}: the authorization server gave no tokens.")
    seconds = min(max(number_of(said.get("expires_in")) or _HOUR_S, 0.0), 30 * 24 * _HOUR_S)
    return replace(
        known, access=access, refresh=refresh, expires_at=answer.at + timedelta(seconds=seconds)
    )


def _no_headers() -> Headers:
    return {}
