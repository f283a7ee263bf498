"""A browser's way to the identity provider and back.

The browser carries one secret in a cookie; state, nonce and PKCE verifier are made from it, so that
nothing is kept here before it comes back. Nobody without the cookie knows any of them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LIVES = timedelta(minutes=10)
_LONGEST_BACK = 1000  # characters: browsers keep 4096 bytes of a cookie


@dataclass(frozen=True, slots=True)
class Errand:
    """One way: its secret, when it began, and which page is wanted in the end."""

    secret: str
    began: int
    back: str

    @property
    def state(self) -> str:
        """Ties the answer of the provider to this browser."""
        return self._made("state")

    @property
    def nonce(self) -> str:
        """Ties the ID token to this way."""
        return self._made("nonce")

    @property
    def verifier(self) -> str:
        """Ties the code to this way (RFC 7636)."""
        return self._made("verifier")

    def cookie(self) -> str:
        """The text that the browser carries."""
        text = json.dumps([self.secret, self.began, self.back]).encode()
        return base64.urlsafe_b64encode(text).decode()

    def is_over(self, now: datetime) -> bool:
        """Whether it took too long."""
        return not timedelta(0) <= now - datetime.fromtimestamp(self.began, UTC) <= LIVES

    def fits(self, state: str) -> bool:
        """Whether an answer with this state belongs to this browser."""
        return hmac.compare_digest(self.state.encode(), state.encode("utf-8", "backslashreplace"))

    def _made(self, what: str) -> str:
        made = hmac.digest(self.secret.encode(), f"{what} {self.began}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(made).decode().rstrip("=")


def new_errand(back: str, now: datetime) -> Errand:
    """Begins a way that leads to the page `back` in the end."""
    began = int(now.timestamp())
    return Errand(secrets.token_urlsafe(32), began, back if len(back) <= _LONGEST_BACK else "/")


def read_errand(cookie: str) -> Errand | None:
    """The errand of a cookie; ``None`` where it is none of ours."""
    try:
        secret, began, back = json.loads(base64.urlsafe_b64decode(cookie))
    except (binascii.Error, ValueError, TypeError):
        return None
    fits = isinstance(secret, str) and type(began) is int and isinstance(back, str)
    return Errand(secret, began, back) if fits and len(secret) == 43 else None
