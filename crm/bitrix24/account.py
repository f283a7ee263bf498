"""Whose portal it is and what we may do there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crm.bitrix24.facts import Facts
from crm.bitrix24.portal import Batched, Portal
from crm.bitrix24.values import code_of, flag_of, moment_of
from crm.rows import joined, row_of, text_of
from models.vocabulary.crm import Account

_TRANSCRIBE = "telephony.call.attachTranscription"


def read_account(portal: Portal, facts: Facts) -> Account:
    """Whose portal it is and what we may do there.

    Raises:
        CrmError: it does not answer.
    """
    asked: dict[str, tuple[str, Mapping[str, Any]]] = {
        "user": ("user.current", {}),
        "profile": ("profile", {}),
        "admin": ("user.admin", {}),
        "time": ("server.time", {}),
        "currency": ("crm.currency.base.get", {}),
        "transcribe": ("method.get", {"name": _TRANSCRIBE.lower()}),
    }
    batched = portal.batch(asked)
    user = row_of(_told(batched, "user")) or row_of(_told(batched, "profile"))
    admin = _told(batched, "admin") is True or flag_of(user.get("ADMIN"))
    address = portal.access.address
    host = urlsplit(address).hostname or address
    return Account(
        name=host,
        address=address,
        timezone=_timezone(text_of(user.get("TIME_ZONE")), _told(batched, "time")),
        currency=code_of(_told(batched, "currency")) or "RUB",
        user=joined(user.get("NAME"), user.get("LAST_NAME")) or code_of(user.get("ID")),
        may=_may(portal, facts, admin=admin, transcribes=_told(batched, "transcribe")),
        limits=("bitrix24",),
    )


def _told(batched: Batched, name: str) -> Any:
    return batched.result(name) if name in batched.told else None


def _may(portal: Portal, facts: Facts, *, admin: bool, transcribes: Any) -> frozenset[str]:
    """What may be done; each by its own word."""
    by_webhook = portal.by_webhook
    found = {"webhook" if by_webhook else "application"}
    if facts.has("crm"):
        found |= {"read", "notes", "tasks"}
    if facts.has("crm") and admin:
        found.add("fields")
    if facts.has("user") or facts.has("user_basic"):
        found.add("users")
    if facts.has("telephony"):
        found.add("calls")
        available = flag_of(row_of(transcribes).get("isAvailable"))
        if available and not by_webhook:
            found.add("transcripts")
    if not by_webhook:
        found.add("events")
    return frozenset(found)


def _timezone(named: str | None, server_time: Any) -> str:
    """The zone that a user chose, else that of the portal's clock as a name."""
    if named:
        try:
            return ZoneInfo(named).key
        except (KeyError, ValueError, OSError):  # what zoneinfo raises for odd names
            pass
    now = moment_of(server_time)
    offset = now.utcoffset() if now is not None else None
    if offset is None or offset % timedelta(hours=1) or abs(offset) > timedelta(hours=12):
        return "Etc/UTC"
    hours = offset // timedelta(hours=1)
    # POSIX counts west of Greenwich: Etc/GMT-5 is five hours east.
    return "Europe/Moscow" if hours == 3 else "Etc/UTC" if hours == 0 else f"Etc/GMT{-hours:+d}"
