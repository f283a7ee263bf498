"""What an ID token proves: who somebody is, by the provider's signature, for us, now.

Source: OpenID Connect Core 1.0, section 3.1.3.7.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ExpiredTokenError,
    InvalidKeyIdError,
    JoseError,
    UnsupportedAlgorithmError,
)
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

# Signatures by a private key alone: `none` and shared secrets prove nothing.
_PROVING = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"}
    | {"EdDSA", "Ed25519"}
)
_USUAL = ("RS256",)
_LONGEST_SUBJECT = 255  # characters, by the standard


class UnprovedError(Exception):
    """A token that proves nothing; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class UnknownKeyError(UnprovedError):
    """No key that is known signed it: it is forged, or there are new keys."""

    def __init__(self) -> None:
        super().__init__("signature")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to say: by whom, for whom, for which log-in; `leeway_s` of clocks."""

    issuer: str
    client_id: str
    nonce: str
    leeway_s: int


def proved_claims(
    answer: Mapping[str, Any], keys: KeySet, expected: Expected, offered: object, now: datetime
) -> Mapping[str, Any]:
    """The claims of the ID token in a provider's answer.

    Args:
        answer: what the token endpoint answered.
        keys: the provider's public keys.
        expected: what the token has to say.
        offered: the algorithms that the provider says it signs with, as it says it.
        now: the present moment.

    Raises:
        UnknownKeyError: none of the keys signed it.
        UnprovedError: it is no token, or not one for us, for this log-in, now.
    """
    text = answer.get("id_token")
    if not isinstance(text, str):
        raise UnprovedError("no_id_token")
    algorithms = _algorithms(offered)
    if not algorithms:
        raise UnprovedError("algorithm")
    registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
    demanded = {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
    }
    beside = {
        "nonce": expected.nonce,
        "client_id": expected.client_id,
        "access_token": answer.get("access_token"),
    }
    with _unproved():
        token = jwt.decode(text, keys, registry=registry)
        claims = CodeIDToken(token.claims, token.header, demanded, beside)
        claims.validate(now=int(now.timestamp()), leeway=expected.leeway_s)
    subject = claims["sub"]
    if not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise UnprovedError("claim_sub")
    return dict(claims)


@contextmanager
def _unproved() -> Iterator[None]:
    """Says in our words why a token proves nothing."""
    try:
        yield
    except (BadSignatureError, InvalidKeyIdError) as error:
        raise UnknownKeyError from error
    except UnsupportedAlgorithmError as error:
        raise UnprovedError("algorithm") from error
    except ExpiredTokenError as error:
        raise UnprovedError("expired") from error
    except ClaimError as error:
        raise UnprovedError(f"claim_{error.claim}") from error
    except (JoseError, ValueError, TypeError) as error:
        raise UnprovedError("no_token") from error


def _algorithms(offered: object) -> list[str]:
    """Those of the offered algorithms that prove something."""
    named = offered if isinstance(offered, list) and offered else _USUAL
    return [one for one in named if isinstance(one, str) and one in _PROVING]
