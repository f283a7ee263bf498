"""Signs what is sent to other programs.

Source: Standard Webhooks, https://github.com/standard-webhooks/standard-webhooks (symmetric
signatures, ``v1``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
_BYTES = 32
_LEAST, _MOST = 24, 64  # bytes of a secret


def new_secret() -> str:
    """A new secret as receivers get it, ``whsec_...``."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signed_headers(secrets_: Sequence[str], uid: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that go with a body: its name, the time of sending, one signature per secret.

    Raises:
        ValueError: a secret is none of ours.
    """
    stamp = str(int(at.timestamp()))
    signed = b".".join((uid.encode(), stamp.encode(), body))
    signatures = (
        "v1," + base64.b64encode(hmac.digest(_key(one), signed, hashlib.sha256)).decode()
        for one in secrets_
    )
    return {
        "webhook-id": uid,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(signatures),
    }


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("no secret of a web-hook") from error
    if not _LEAST <= len(key) <= _MOST:
        raise ValueError("no secret of a web-hook")
    return key
