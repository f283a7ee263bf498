"""How amoCRM lets us in: the way of OAuth 2.0, and what a token says of itself.

https://www.amocrm.ru/developers/content/oauth/step-by-step. A code is good once, for 20 minutes;
an access token for a day; a refresh token for three months, and it dies when it is used.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from core.outward import OutwardError
from crm.amocrm.values import money, object_
from crm.errors import (
    CrmAnswerError,
    CrmAwayError,
    CrmError,
    CrmExpiredError,
    CrmGoneError,
    CrmRefusedError,
    CrmShutError,
    CrmUncertainError,
)
from crm.http import CrmAnswer, CrmHttp, check_base, error_of
from crm.port import CrmAccess
from models.vocabulary.crm import Tokens

_TOKEN_PATH = "/oauth2/access_token"  # noqa: S105 - a path
_MOVED_PATH = "/oauth2/account/current/subdomain"
_HOME = "amocrm.ru"
_LASTS_S = 24 * 3600.0
_AGAIN = "Connect the CRM again: `stagecheck crm connect`."


def authorize_url(client_id: str, state: str, *, home: str = "www.amocrm.ru") -> str:
    """Where a person allows us in; they come back to the redirect address with code and state.

    Args:
        client_id: of the integration.
        state: a secret of ours that must come back unchanged.
        home: ``www.amocrm.ru``, ``www.amocrm.com`` or ``www.kommo.com``.
    """
    query = urlencode({"client_id": client_id, "state": state, "mode": "post_message"})
    return f"https://{home}/oauth?{query}"


def exchange_code(access: CrmAccess, code: str) -> Tokens:
    """Tokens for the code that a person came back with.

    Args:
        access: its keeper's tokens hold client id, secret and redirect address; the account's
            address is the `referer` that came with the code.
        code: good once, for 20 minutes.

    Raises:
        CrmShutError: the code is over or was used, or the integration is another.
        CrmAwayError: amoCRM cannot be reached.
    """
    known = access.keeper.tokens()
    body = {"grant_type": "authorization_code", "code": code}
    try:
        return _asked(access, access.address, known, body)
    except (CrmExpiredError, CrmRefusedError, CrmGoneError) as error:
        raise CrmShutError(
            f"{access.name}: amoCRM does not take the code. It is good once, for 20 minutes, and "
            "only with the integration's own id, secret and redirect address. Begin again."
        ) from error


def renewed(access: CrmAccess, base: str, stale: Tokens) -> tuple[Tokens, str]:
    """New tokens for a refresh token, and the address that the account has now.

    Raises:
        CrmExpiredError: there is none, or it is over: a person has to let us in again.
        CrmAwayError: amoCRM cannot be reached.
    """
    if stale.refresh is None:
        raise CrmExpiredError(
            f"{access.name}: amoCRM does not take the long-lived token: it was revoked or is over. "
            f"Make a new one on the integration's page. {_AGAIN}"
        )
    body = {"grant_type": "refresh_token", "refresh_token": stale.refresh}
    try:
        return _asked(access, base, stale, body), base
    except (CrmExpiredError, CrmRefusedError, CrmGoneError):
        moved_to = _moved_to(access, base, stale)
    if moved_to is not None and moved_to != base:
        try:
            return _asked(access, moved_to, stale, body), moved_to
        except (CrmExpiredError, CrmRefusedError, CrmGoneError):
            pass
    raise CrmExpiredError(
        f"{access.name}: amoCRM renews the access no more: the refresh token was used elsewhere, "
        f"is older than three months, or the integration was switched off. {_AGAIN}"
    )


def claims(token: str) -> dict[str, Any]:
    """What an access token says of itself (it is a JWT); nothing where it is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        raw = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return object_(json.loads(raw))
    except (ValueError, binascii.Error, RecursionError):
        return {}


def _asked(access: CrmAccess, base: str, known: Tokens, grant: dict[str, str]) -> Tokens:
    body = {
        "client_id": known.client_id,
        "client_secret": known.client_secret,
        "redirect_uri": known.redirect,
        **grant,
    }
    answer = _once(access, base, lambda http: http.send("POST", _TOKEN_PATH, body))
    got = object_(answer.body)
    token, refresh, lasts_s = (got.get(n) for n in ("access_token", "refresh_token", "expires_in"))
    if not isinstance(token, str) or not isinstance(refresh, str) or not (token and refresh):
        raise CrmAnswerError(f"{access.name}: amoCRM answered without tokens.")
    expires_at = answer.at + timedelta(seconds=money(lasts_s) or _LASTS_S)
    return replace(known, access=token, refresh=refresh, expires_at=expires_at)


def _moved_to(access: CrmAccess, base: str, stale: Tokens) -> str | None:
    """The address of an account that was moved, as amoCRM tells by the refresh token."""
    domain = str(claims(stale.access).get("api_domain") or "")
    if not domain:
        return None
    scheme = urlsplit(base).scheme
    home = f"{scheme}://{domain if '.' in domain else f'{domain}.{_HOME}'}"
    secret = {"x-refresh-token": stale.refresh or ""}
    try:
        answer = _once(access, home, lambda http: http.get(_MOVED_PATH), secret)
        found = str(object_(answer.body).get("domain") or "")
        return check_base(f"{scheme}://{found}", access.rules) if _kin(domain, found) else None
    except CrmAwayError:
        raise
    except (CrmError, OutwardError):
        return None


def _kin(api: str, found: str) -> bool:
    """Whether an account's domain is one of the house that answers for it."""
    one, other = (urlsplit(f"//{text}").hostname or "" for text in (api, found))
    return bool(other) and (one == other or other.endswith(f".{one.partition('.')[2]}"))


def _once(
    access: CrmAccess,
    base: str,
    ask: Callable[[CrmHttp], CrmAnswer],
    headers: dict[str, str] | None = None,
) -> CrmAnswer:
    """Asks without the access token. What is not sure here was no write: it is only away."""
    secret = headers or {}
    http = CrmHttp(
        access.name,
        base,
        access.pace,
        access.rules,
        headers=lambda: secret,
        judge=lambda status, _body: _judged(access.name, status),
    )
    try:
        return ask(http)
    except CrmUncertainError as error:
        raise CrmAwayError(str(error)) from error
    finally:
        http.close()


def _judged(name: str, status: int) -> CrmError | None:
    """A refused token is told as 400, 401 or 404 here; the words of the answer may quote it."""
    return error_of(name, status) if status in (400, 401, 404) else None
