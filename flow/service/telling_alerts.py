"""Tells somebody of alerts: posts them to a webhook, hands them to a program."""

from __future__ import annotations

import json
import subprocess
import threading
from typing import Any

import httpx2
from sqlalchemy import Engine

from core.alert_settings import AlertSettings
from core.clock import now
from core.logs import get_logger
from models.session import reading, transaction
from models.store.alerts import due_notices, mark_not_told, mark_told
from models.vocabulary.alert import Notice

WEBHOOK, COMMAND = "webhook", "command"
_log = get_logger("service.alerts")


class NotToldError(Exception):
    """Nobody took it; the message says why, without addresses."""


def channels_of(settings: AlertSettings) -> list[str]:
    """By what somebody is told."""
    return [WEBHOOK] * (settings.webhook is not None) + [COMMAND] * bool(settings.command)


def tell_due(database: Engine, settings: AlertSettings, ended: threading.Event) -> None:
    """Tells what is due to be told, until `ended`; what nobody takes is tried again later.

    Who died between telling and writing it down tells it once more: the notice's `id` is the same.

    Raises:
        StagecheckError: the database cannot be used.
    """
    with reading(database) as session:
        notices = due_notices(session, now())
    for notice in notices:
        if ended.is_set():
            return
        try:
            _tell(notice, settings)
        except NotToldError as error:
            _log.warning("nobody took an alert", channel=notice.channel, reason=str(error))
            with transaction(database) as session:
                mark_not_told(session, notice.id, str(error), most_tries=settings.tries, now=now())
        else:
            with transaction(database) as session:
                mark_told(session, notice.id, now())


def notice_json(notice: Notice) -> dict[str, Any]:
    """A notice as it is posted."""
    alert = notice.alert
    return {
        "id": notice.id,
        "event": notice.event,
        "kind": alert.kind.value,
        "subject": alert.subject,
        "detail": alert.detail,
        "since": alert.since.isoformat(timespec="seconds"),
        "ended_at": notice.ended_at.isoformat(timespec="seconds") if notice.ended_at else None,
    }


def _tell(notice: Notice, settings: AlertSettings) -> None:
    body = json.dumps(notice_json(notice), ensure_ascii=False).encode()
    if notice.channel == WEBHOOK and settings.webhook is not None:
        _post(settings.webhook.get_secret_value(), body, settings.timeout_s)
    elif notice.channel == COMMAND and settings.command:
        _run(settings.command, body, settings.timeout_s)
    else:
        raise NotToldError("it is not set any more")


def _post(url: str, body: bytes, timeout_s: float) -> None:
    try:
        with httpx2.stream(
            "POST",
            url,
            content=body,
            headers={"Content-Type": "application/json"},
            timeout=timeout_s,
        ) as answer:
            taken, status = answer.is_success, answer.status_code
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise NotToldError(type(error).__name__) from error
    if not taken:
        raise NotToldError(f"it answered {status}")


def _run(command: tuple[str, ...], body: bytes, timeout_s: float) -> None:
    try:
        ended = subprocess.run(  # noqa: S603 - the administrator's own program, no shell
            command,
            input=body,
            timeout=timeout_s,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise NotToldError(type(error).__name__) from error
    if ended.returncode:
        raise NotToldError(f"it ended with status {ended.returncode}")
