"""Finds what is to be sent to whom, and has it sent, as long as the service runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.clock import now
from core.mail_settings import Recipient
from core.settings import Settings
from flow.mailing.due import day_due, is_quiet, midnight, week_due
from flow.mailing.post import send_due
from flow.mailing.smtp import NotSentError
from flow.mailing.writing import ALERT, CHAT, DIGEST, MAIL, WEEK, flags_of, reach_of
from flow.service.background import again_and_again
from models.session import transaction
from models.store.current import Current, load_current
from models.store.mailings import put_mailing, sent_since, slots_of


@contextmanager
def mailing(database: Engine, settings: Settings) -> Iterator[None]:
    """Sends reports, digests and alerts in the background, until the end."""
    if not settings.reports.recipients:
        yield
        return

    def look(ended: threading.Event) -> None:
        put_due(database, settings, now())
        send_due(database, settings, ended)

    with again_and_again("mailing", settings.reports.every_s, look):
        yield


def put_due(database: Engine, settings: Settings, at: datetime) -> None:
    """Writes down what is to be sent by now."""
    with transaction(database) as session:
        current = load_current(session)
        if current is None:
            return
        for one in settings.reports.recipients:
            _put(session, one, settings, current, at)


def _put(
    session: Session, one: Recipient, settings: Settings, current: Current, at: datetime
) -> None:
    slots = []
    if one.week and (week := week_due(one, at, current.zone)) is not None:
        slots.append((WEEK, week))
    if one.digest and (day := day_due(one, at, current.zone)) is not None:
        slots.append((DIGEST, day))
    if one.alerts and (alert := _alert_slot(session, one, settings, current, at)) is not None:
        slots.append((ALERT, alert))
    channels = [MAIL] * (one.mail is not None) + [CHAT] * (one.chat is not None)
    for kind, slot in slots:
        for channel in channels:
            put_mailing(session, recipient=one.name, channel=channel, kind=kind, slot=slot, now=at)


def _alert_slot(
    session: Session, one: Recipient, settings: Settings, current: Current, at: datetime
) -> str | None:
    """``AFTER-UNTIL``: the critical findings that somebody was not told of yet, by number."""
    reports = settings.reports
    if is_quiet(at, current.zone, reports.quiet_hours):
        return None
    channels = (one.mail is not None) + (one.chat is not None)
    today = sent_since(session, one.name, ALERT, midnight(at, current.zone))
    if today >= reports.alerts_per_day * channels:
        return None
    try:
        reach, _ = reach_of(session, one)
    except NotSentError:
        return None
    told = [int(slot.partition("-")[2]) for slot in slots_of(session, one.name, ALERT)]
    after = max(told, default=0)
    since = at - timedelta(days=1)
    found = [row.id for row in flags_of(session, current, reach, since, at) if row.id > after]
    return f"{after}-{max(found)}" if found else None
