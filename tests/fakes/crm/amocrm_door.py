"""Who a fake amoCRM lets in: tokens that end and rotate, and a limit of requests that refuses."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.crm.amocrm_rows import Row

_BLOCKED_AFTER = 10  # refusals for too many requests; the real one does not tell how many
_CODE_S, _ACCESS_S = 20 * 60, 24 * 3600


@dataclass
class Tokens:
    """Tokens of one integration; several fakes may share them (an account that was moved)."""

    client_id: str = "8f52d38a-client"
    client_secret: str = "s3cret-of-the-integration"  # noqa: S105
    redirect: str = "https://stagecheck.example/crm/amocrm"
    long_lived: str | None = None
    access: dict[str, float] = field(default_factory=dict)  # until when
    refresh: str = ""
    codes: dict[str, float] = field(default_factory=dict)
    issued: list[str] = field(default_factory=list)  # every secret that ever was
    _number: int = 0

    def new(self, now: float, api_domain: str) -> Row:
        self._number += 1
        access = jwt({"api_domain": api_domain, "jti": f"access-{self._number}"})
        self.refresh = f"def502-refresh-{self._number}"
        self.access[access] = now + _ACCESS_S
        self.issued += [access, self.refresh]
        return {
            "token_type": "Bearer", "expires_in": _ACCESS_S,
            "access_token": access, "refresh_token": self.refresh,
        }  # fmt: skip

    def new_long_lived(self, api_domain: str) -> str:
        self.long_lived = jwt({"api_domain": api_domain, "jti": "long-lived"})
        self.issued.append(self.long_lived)
        return self.long_lived

    def new_code(self, now: float) -> str:
        self._number += 1
        code = f"def502-code-{self._number}"
        self.codes[code] = now + _CODE_S
        self.issued.append(code)
        return code

    def lets_in(self, authorization: str, now: float) -> bool:
        token = authorization.removeprefix("Bearer ")
        if self.long_lived is not None and token == self.long_lived:
            return True
        return self.access.get(token, 0) > now

    def end_access(self) -> None:
        """A day goes by."""
        self.access.clear()

    def revoke(self) -> None:
        """The integration was switched off."""
        self.access.clear()
        self.codes.clear()
        self.refresh, self.long_lived = "", None

    def granted(self, body: Any, now: float, api_domain: str) -> Row | None:
        """New tokens for a code or a refresh token, which dies by it; ``None`` refuses."""
        ours = (self.client_id, self.client_secret, self.redirect)
        if tuple(body.get(n) for n in ("client_id", "client_secret", "redirect_uri")) != ours:
            return None
        if body.get("grant_type") == "authorization_code":
            fits = self.codes.pop(body.get("code"), 0) > now
        else:
            fits = bool(self.refresh) and body.get("refresh_token") == self.refresh
        return self.new(now, api_domain) if fits else None


@dataclass
class Limit:
    """Requests a second that are let through; whoever goes on all the same is shut out."""

    per_s: int | None = None
    blocked: bool = False
    worst: int = 0
    _at: deque[float] = field(default_factory=deque)
    refusals: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def passes(self) -> int | None:
        """``None`` lets a request through, 429 and 403 refuse it."""
        with self._lock:
            now = time.monotonic()
            self._at.append(now)
            while self._at[0] <= now - 1:
                self._at.popleft()
            self.worst = max(self.worst, len(self._at))
            if self.blocked:
                return 403
            if self.per_s is None or len(self._at) <= self.per_s:
                return None
            self.refusals += 1
            self.blocked = self.refusals >= _BLOCKED_AFTER
            return 429


def jwt(claims: Row) -> str:
    """A token as amoCRM's are: a JWT, of which we read the middle."""
    parts = ({"typ": "JWT", "alg": "RS256"}, claims)
    head, body = (base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts)
    return f"{head.decode()}.{body.decode()}.c2lnbmF0dXJl"
