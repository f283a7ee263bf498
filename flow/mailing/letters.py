"""What is written to people: a short letter with the report beside it, and texts for a chat."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from hashlib import sha256
from html import escape

from core.mail_settings import MailSettings, Recipient
from figures.report.document import Document
from figures.report.page import as_of_said, coverage_said, period_said
from models.store.mailings import Mailing

_TYPES = {
    "html": ("text", "html"),
    "csv": ("text", "csv"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_LONGEST_TEXT = 4000  # of a message in Telegram: 4096


def lines_of(document: Document) -> list[str]:
    """The report in a few lines."""
    tiles = [f"{one['value']} {one['label']} ({one['fine']})" for one in document["tiles"]]
    head = [document["title"], f"{period_said(document)}, {as_of_said(document)}."]
    return [*head, *tiles, *document["findings"], coverage_said(document)]


def letter_of(  # noqa: PLR0913, PLR0917 - who writes what to whom
    lines: list[str],
    mailing: Mailing,
    recipient: Recipient,
    settings: MailSettings,
    at: datetime,
    files: dict[str, bytes] | None = None,
) -> EmailMessage:
    """A letter as text and HTML; the same sending always has the same Message-ID.

    So a mail server that was given it twice can tell.
    """
    letter = EmailMessage()
    letter["From"], letter["To"] = settings.sender, recipient.mail or ""
    letter["Subject"] = " ".join(lines[0].split())[:200]
    letter["Date"] = format_datetime(at)
    key = sha256(f"{mailing.recipient}\x1f{mailing.kind}\x1f{mailing.slot}".encode()).hexdigest()
    domain = make_msgid(domain=settings.sender.rpartition("@")[2]).rpartition("@")[2]
    letter["Message-ID"] = f"<{key[:32]}@{domain}"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content("\n\n".join(lines) + "\n")
    said = "".join(f"<p>{escape(line)}</p>" for line in lines[1:])
    body = (
        f'<html lang="{recipient.language}"><body><h2>{escape(lines[0])}</h2>{said}</body></html>'
    )
    letter.add_alternative(body, subtype="html")
    for name, content in (files or {}).items():
        main, sub = _TYPES[name.rpartition(".")[2]]
        letter.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return letter


def text_of(lines: list[str]) -> str:
    """Lines as one text that a chat takes."""
    text = "\n\n".join(lines)
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
