"""Sends a letter by SMTP; what goes wrong becomes a short code that names nobody."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage

from core.mail_settings import MailSettings
from models.places import secret_in

_FOR_GOOD = 500  # replies of SMTP from here on will not change by themselves


class NotSentError(Exception):
    """It was not sent; the message is a code, `for_good` that trying again is of no use.

    `sure`: the other side has it not for sure.
    """

    def __init__(self, code: str, *, for_good: bool = False, sure: bool = True) -> None:
        super().__init__(code)
        self.for_good, self.sure = for_good, sure


def send_letter(letter: EmailMessage, settings: MailSettings, handing: Callable[[], bool]) -> None:
    """Sends a letter.

    `handing` is called when the server is ready to take it; where it says no, nothing is sent.

    Raises:
        NotSentError: the server cannot be reached or refuses, or the claim was lost.
    """
    begun = False
    try:
        server = _connected(settings)
        try:
            if not handing():
                raise NotSentError("claim_lost")
            begun = True
            server.send_message(letter)
        finally:
            _leave(server)
    except smtplib.SMTPAuthenticationError as error:
        raise NotSentError(f"login_refused_{error.smtp_code}") from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        said = max(codes, default=_FOR_GOOD)
        raise NotSentError(f"recipient_refused_{said}", for_good=said >= _FOR_GOOD) from error
    except smtplib.SMTPResponseException as error:
        code = error.smtp_code
        raise NotSentError(f"refused_{code}", for_good=begun and code >= _FOR_GOOD) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotSentError("no_starttls_or_login") from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotSentError("broken_off" if begun else _code_of(error), sure=not begun) from error


def _leave(server: smtplib.SMTP) -> None:
    """Says goodbye. What was taken is taken, whatever the server makes of that."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()


def _code_of(error: Exception) -> str:
    """Why there was no connection."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(error, ssl.SSLError):
        return "tls"
    return "timeout" if isinstance(error, TimeoutError) else "no_connection"


def _connected(settings: MailSettings) -> smtplib.SMTP:
    """A connection, encrypted and logged in as the settings say."""
    if settings.host is None:
        raise NotSentError("no_mail_server", for_good=True)
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        try:
            context.load_verify_locations(settings.ca_file)
        except OSError as error:
            raise NotSentError("ca_file_unusable") from error
    server: smtplib.SMTP
    if settings.security == "tls":
        server = smtplib.SMTP_SSL(
            settings.host, settings.port, timeout=settings.timeout_s, context=context
        )
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_s)
    try:
        if settings.security == "starttls":
            server.starttls(context=context)
        password = _password(settings)
        if settings.user is not None and password is not None:
            server.login(settings.user, password)
    except BaseException:
        server.close()
        raise
    return server


def _password(settings: MailSettings) -> str | None:
    if settings.password is not None:
        return settings.password.get_secret_value()
    return secret_in(settings.password_file, "mail.password_file")
