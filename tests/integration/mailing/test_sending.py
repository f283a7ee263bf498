"""Mail goes out once, is tried again where the server refuses, and the failure is told."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Engine

from core.mail_settings import MailSettings, Recipient
from flow.mailing.letters import letter_of
from flow.mailing.smtp import NotSentError, send_letter
from flow.service.status import mailing_lines
from models.session import open_database, transaction
from models.store.mailings import (
    claim_mailing,
    due_mailings,
    free_lost_mailings,
    hand_over,
    mark_failed,
    mark_sent,
    put_mailing,
)

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
ANNA = Recipient(name="anna", mail="anna@example.ru", everybody=True)


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    opened = open_database(database_url)
    yield opened
    opened.dispose()


class Box:
    """Takes mail, or refuses it with a reply."""

    def __init__(self, reply: str = "250 OK") -> None:
        self.reply, self.got = reply, list[bytes]()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.reply.startswith("250"):
            self.got.append(envelope.content)
        return self.reply


@contextmanager
def taking_mail(box: Box) -> Iterator[MailSettings]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield MailSettings(host="127.0.0.1", port=port, security="none", timeout_s=10)
    finally:
        server.stop()


def put(database: Any) -> bool:
    with transaction(database) as session:
        return put_mailing(
            session, recipient="anna", channel="mail", kind="week", slot="2026-W46", now=NOW
        )


def claimed(database: Any, at: datetime = NOW) -> Any:
    with transaction(database) as session:
        due = due_mailings(session, at)
        return claim_mailing(session, due[0], at) if due else None


def a_letter(taken: Any, settings: MailSettings) -> EmailMessage:
    return letter_of(
        ["Отчёт", "0,2 — это 80 % потерь"], taken, ANNA, settings, NOW, {"a.html": b"<p>"}
    )


def test_a_report_is_sent_once_whoever_asks_again(database: Engine) -> None:
    assert put(database)
    assert not put(database)  # a second scheduler
    taken = claimed(database)
    assert claimed(database) is None
    box = Box()
    with taking_mail(box) as settings:

        def handing() -> bool:
            with transaction(database) as session:
                return hand_over(session, taken, NOW)

        send_letter(a_letter(taken, settings), settings, handing)
    with transaction(database) as session:
        assert mark_sent(session, taken, NOW)
    assert claimed(database, NOW + timedelta(days=1)) is None
    [letter] = box.got
    parts = [part.get_content_type() for part in message_from_bytes(letter).walk()]
    assert parts.count("text/html") == 2  # the letter's own and the report's file
    assert mailing_lines(database, NOW) == []


def test_who_died_before_handing_it_over_leaves_it_to_others(database: Engine) -> None:
    put(database)
    claimed(database)
    with transaction(database) as session:
        free_lost_mailings(session, NOW + timedelta(seconds=1))
    assert claimed(database) is not None


def test_who_died_while_handing_it_over_is_told_of_and_nothing_is_sent_twice(
    database: Engine,
) -> None:
    put(database)
    taken = claimed(database)
    with transaction(database) as session:
        hand_over(session, taken, NOW)
        free_lost_mailings(session, NOW + timedelta(days=1))
    assert claimed(database, NOW + timedelta(days=1)) is None
    [line] = mailing_lines(database, NOW + timedelta(hours=1))
    assert "may have arrived" in line


def test_a_refusal_is_told_and_tried_again(database: Engine) -> None:
    put(database)
    taken = claimed(database)
    box = Box("451 come back later")
    with taking_mail(box) as settings, pytest.raises(NotSentError, match="refused_451") as refused:
        send_letter(a_letter(taken, settings), settings, lambda: True)
    with transaction(database) as session:
        mark_failed(session, taken, str(refused.value), for_good=False, most_tries=6, now=NOW)
    assert claimed(database) is None  # not before a pause
    [line] = mailing_lines(database, NOW)
    assert "refused_451" in line
    assert claimed(database, NOW + timedelta(minutes=2)) is not None


def test_a_password_is_never_sent_in_clear() -> None:
    with pytest.raises(ValueError, match="not sent unencrypted"):
        MailSettings(host="mail", security="none", user="a", password="secret")
