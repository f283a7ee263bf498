"""Alerts as the command shows them; since when is known of those that a scheduler has seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from models.vocabulary.alert import Alert, OpenAlert


def alerts_json(found: Sequence[Alert], known: Sequence[OpenAlert]) -> dict[str, Any]:
    """For programs."""
    return {"alerts": [_alert_json(one, _since(one, known)) for one in found]}


def alert_lines(found: Sequence[Alert], known: Sequence[OpenAlert]) -> Iterator[str]:
    """For people."""
    if not found:
        yield "nothing is wrong"
    for one in found:
        since = _since(one, known)
        told = f" (since {since.isoformat(timespec='minutes')})" if since else ""
        yield f"{one.kind.value} {one.subject}: {one.detail}{told}"


def _since(alert: Alert, known: Sequence[OpenAlert]) -> datetime | None:
    same = [one for one in known if (one.kind, one.subject) == (alert.kind, alert.subject)]
    return same[0].since if same else None


def _alert_json(alert: Alert, since: datetime | None) -> dict[str, Any]:
    return {
        "kind": alert.kind.value,
        "subject": alert.subject,
        "detail": alert.detail,
        "since": since.isoformat(timespec="seconds") if since else None,
    }
