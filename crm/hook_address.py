"""The address that a CRM sends its web-hooks to: set up there, looked for, and taken back.

Only the hash of its secret is kept.
"""

from __future__ import annotations

import hmac
from enum import Enum
from urllib.parse import urlsplit

from core.tokens import digest_of
from crm.port import Adapter, Subscribing


class HookState(Enum):
    """Whether a CRM sends us its web-hooks."""

    ON = "on"
    OFF = "off"  # it is set up there and switched off: it failed too often, or somebody did it
    MISSING = "missing"
    UNKNOWN = "unknown"  # the CRM does not tell

    @property
    def told(self) -> str:
        """The same in a sentence."""
        return {
            HookState.ON: "The CRM sends them.",
            HookState.OFF: "The CRM has switched them off: switch them on there, or --new.",
            HookState.MISSING: "The CRM does not know this address (any more): --new sets it up.",
            HookState.UNKNOWN: "The CRM does not tell whether it sends them; look there.",
        }[self]


def hook_there(adapter: Adapter, digest: str) -> HookState:
    """Whether the CRM sends to the address with a secret of this hash.

    Raises:
        CrmError: the CRM cannot be asked.
    """
    if not isinstance(adapter, Subscribing):
        return HookState.UNKNOWN
    ours = [one for one in adapter.hooks() if is_ours(one.url, digest)]
    if not ours:
        return HookState.MISSING
    return HookState.ON if any(one.on for one in ours) else HookState.OFF


def send_to(adapter: Adapter, url: str, before: str | None) -> bool:
    """Has the CRM send its web-hooks to an address, and no more to the one with the hash `before`.

    Gives whether this CRM can be asked to.

    Raises:
        CrmError: the CRM cannot be asked, or does not let us.
    """
    if not isinstance(adapter, Subscribing):
        return False
    send_no_more(adapter, before)
    adapter.subscribe(url)
    return True


def send_no_more(adapter: Adapter, digest: str | None) -> None:
    """Has the CRM send nothing to the address with a secret of this hash; twice is once.

    Raises:
        CrmError: the CRM cannot be asked, or does not let us.
    """
    if isinstance(adapter, Subscribing):
        for one in adapter.hooks():
            if is_ours(one.url, digest):
                adapter.unsubscribe(one.url)


def is_ours(url: str, digest: str | None) -> bool:
    """Whether the last part of an address is the secret of this hash."""
    try:
        secret = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return False
    return digest is not None and hmac.compare_digest(digest_of(secret), digest)
