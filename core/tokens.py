"""Tokens of programs, `sc_PREFIX_SECRET`: the prefix names one, of the whole only a hash is kept.

The secret has 256 random bits, so that a plain hash is as good as a slow one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

_FORM = re.compile(r"sc_([a-z2-7]{8})_([A-Za-z0-9_-]{43})")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was made; `text` is shown once and kept nowhere."""

    prefix: str
    digest: str
    text: str = field(repr=False)


def make_token() -> NewToken:
    """Makes a token that nobody can guess."""
    prefix = "".join(secrets.choice(_LETTERS) for _ in range(8))
    text = f"sc_{prefix}_{secrets.token_urlsafe(32)}"
    return NewToken(prefix, digest_of(text), text)


def prefix_of(text: str) -> str | None:
    """The prefix of what somebody shows; ``None`` where it has not the form of a token."""
    found = _FORM.fullmatch(text)
    return found[1] if found else None


def digest_of(text: str) -> str:
    """What of a token is kept."""
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def token_fits(kept: str, text: str) -> bool:
    """Whether a token is the one whose hash is kept; takes as long where it is not."""
    return hmac.compare_digest(kept, digest_of(text))
