"""Sends what is to be sent: each once, whoever dies in between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from core.clock import now
from core.logs import get_logger
from core.mail_settings import Recipient
from core.settings import Settings
from flow.mailing.chat import send_text
from flow.mailing.letters import letter_of, text_of
from flow.mailing.smtp import NotSentError, send_letter
from flow.mailing.writing import MAIL, Letter, Writer
from models.session import reading, transaction
from models.store.mailings import (
    Mailing,
    claim_mailing,
    due_mailings,
    free_lost_mailings,
    hand_over,
    mark_empty,
    mark_failed,
    mark_sent,
)

_LOST = timedelta(minutes=10)
_log = get_logger("mailing")


def send_due(
    database: Engine,
    settings: Settings,
    ended: threading.Event,
    clock: Callable[[], datetime] = now,
) -> None:
    """Sends what is to be sent by now."""
    began = clock()
    with transaction(database) as session:
        free_lost_mailings(session, began - _LOST)
    with reading(database) as session:
        due = due_mailings(session, began)
    writer = Writer(settings, began)
    for number in due:
        if ended.is_set():
            return
        with transaction(database) as session:
            taken = claim_mailing(session, number, clock())
        if taken is not None:
            _send(database, settings, writer, taken, clock)


def _send(
    database: Engine,
    settings: Settings,
    writer: Writer,
    taken: Mailing,
    clock: Callable[[], datetime],
) -> None:
    """Sends one; what goes wrong with it holds up no other."""
    failure: NotSentError | None = None
    try:
        _write_and_hand(database, settings, writer, taken, clock)
    except NotSentError as error:
        failure = error
        _log.warning("not sent", kind=taken.kind, channel=taken.channel, reason=str(error))
    except Exception as error:  # noqa: BLE001 - told as a failure, tried again
        failure = NotSentError(f"error_{type(error).__name__}", sure=False)
        _log.error("not sent", kind=taken.kind, channel=taken.channel, exc_info=error)
    with transaction(database) as session:
        if failure is None:
            mark_sent(session, taken, clock())
            return
        mark_failed(
            session,
            taken,
            str(failure),
            for_good=failure.for_good,
            most_tries=settings.reports.tries,
            now=clock(),
            sure=failure.sure,
        )


def _write_and_hand(
    database: Engine,
    settings: Settings,
    writer: Writer,
    taken: Mailing,
    clock: Callable[[], datetime],
) -> None:
    one = next((r for r in settings.reports.recipients if r.name == taken.recipient), None)
    if one is None:
        raise NotSentError("recipient_removed", for_good=True)
    with transaction(database) as session:
        letter = writer.letter(session, one, taken)
        if letter is None:
            mark_empty(session, taken)
            return

    def handing() -> bool:
        with transaction(database) as session:
            return hand_over(session, taken, clock())

    _hand(settings, one, taken, letter, handing, clock())


def _hand(  # noqa: PLR0913, PLR0917 - what goes to whom
    settings: Settings,
    one: Recipient,
    taken: Mailing,
    letter: Letter,
    handing: Callable[[], bool],
    at: datetime,
) -> None:
    if taken.channel == MAIL:
        if one.mail is None:
            raise NotSentError("no_mail", for_good=True)
        told = letter_of(letter.lines, taken, one, settings.mail, at, letter.files)
        send_letter(told, settings.mail, handing)
        return
    if one.chat is None:
        raise NotSentError("no_chat", for_good=True)
    send_text(text_of(letter.lines), one.chat, one.chat_id, settings, handing)
