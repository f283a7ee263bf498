"""The errors of Bitrix24 in our words.

Sources: _includes/system-errors.md and settings/performance/limits.md of
bitrix-tools/b24-rest-docs; telephony often answers with an empty code or `ERROR_CORE`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from core.shown import shorten, shown_name
from crm.bitrix24.values import code_of, number_of
from crm.errors import (
    CrmAnswerError,
    CrmAwayError,
    CrmBusyError,
    CrmError,
    CrmExpiredError,
    CrmGoneError,
    CrmRefusedError,
    CrmShutError,
)
from crm.http import is_json
from crm.rows import row_of, text_of


class MissingScopeError(CrmShutError):
    """The web-hook or application was not given the right that a method needs."""


class UnknownTokenError(CrmShutError):
    """The portal does not know the token or web-hook."""


class MissingMethodError(CrmRefusedError):
    """The portal has no such method, or not on its tariff."""


class ApplicationOnlyError(CrmRefusedError):
    """A web-hook may not do it; an application may."""


class BlockedMethodError(CrmError):
    """One method has used up its time; all others still answer. Never leaves this package."""

    def __init__(self, message: str, wait_s: float) -> None:
        self.wait_s = wait_s
        super().__init__(message)


_BUCKET_S = 5.0  # in which ten requests drain from the bucket
_BLOCKED_S = 60.0
_LONGEST_BLOCK_S = 600.0
_LONGEST_QUOTE = 160
_NUMBERS = re.compile(r"\d{5,}|\S+@\S+")
_RIGHTS = "Give the web-hook or application the right in Bitrix24 (Developer resources)."

_SHUT = {
    "NO_AUTH_FOUND": "does not know the web-hook or token. Make a new one in Bitrix24 and connect "
    "again.",
    "INVALID_CREDENTIALS": "does not let in the user of the web-hook. Make it as a user who may "
    "see all deals.",
    "INVALID_TOKEN": "does not know the token. Connect again.",
    "INVALID_GRANT": "does not renew the token. Connect again.",
    "INVALID_CLIENT": "does not know the application. Check its code and key and connect again.",
    "USER_ACCESS_ERROR": "does not let the user use the application. An administrator allows it.",
    "ACCESS_DENIED": "denies access: REST needs a commercial tariff, and the user the right to do "
    "it.",
    "PAYMENT_REQUIRED": "wants the application to be paid for.",
    "PORTAL_DELETED": "was deleted or closed.",
    "OVERLOAD_LIMIT": "has blocked REST by hand because of overload. Ask the support of Bitrix24.",
    "INVALID_REQUEST": "wants HTTPS. Connect with an address that begins with https://.",
}
_MISSING_METHOD = ("ERROR_METHOD_NOT_FOUND", "METHOD_NOT_FOUND", "ERROR_FEATURE_NOT_AVAILABLE")
_GONE = ("NOT_FOUND", "ERROR_NOT_FOUND", "CRM_ENTITY_NOT_FOUND")
_GONE_WORDS = ("not found", "не найден", "is not exist", "does not exist")


def judge(name: str, status: int, body: Any) -> CrmError | None:
    """The error that an answer is; ``None`` where it is none, or an error without words."""
    if not is_json(body):
        return _of_page(name, status)
    said = row_of(body)
    if "error" in said and "result" not in said:
        return error_in(name, said, status)
    if 200 <= status < 300 and "result" not in said and "access_token" not in said:
        return CrmAnswerError(f"{name}: answered {status} without a result.")
    return None


def error_in(name: str, said: Mapping[str, Any], status: int = 400) -> CrmError:
    """The error that an object with `error` and `error_description` is."""
    code = code_of(said.get("error")).upper()
    description = text_of(said.get("error_description")) or ""
    found = _of_limits(name, code, said) or _of_rights(name, code, description)
    if found is not None:
        return found
    if code in _MISSING_METHOD:
        return MissingMethodError(f"{name}: has no such method, or not on its tariff ({code}).")
    return _by_words(name, code, description, status)


def _of_limits(name: str, code: str, said: Mapping[str, Any]) -> CrmError | None:
    if code == "QUERY_LIMIT_EXCEEDED":
        return CrmBusyError(f"{name}: too many requests at once ({code}).", _BUCKET_S)
    if code == "OPERATION_TIME_LIMIT":
        sentence = f"{name}: a method has used up its time ({code})."
        return BlockedMethodError(sentence, _until_reset(said))
    return None


def _of_rights(name: str, code: str, description: str) -> CrmError | None:
    if code == "EXPIRED_TOKEN":
        return CrmExpiredError(f"{name}: the token is over ({code}).")
    if code == "INSUFFICIENT_SCOPE":
        return MissingScopeError(f"{name}: a right is missing ({code}). {_RIGHTS}")
    if code in ("NO_AUTH_FOUND", "INVALID_TOKEN"):
        return UnknownTokenError(f"{name}: {_SHUT[code]} ({code})")
    if code in _SHUT:
        return CrmShutError(f"{name}: {_SHUT[code]} ({code})")
    if code == "WRONG_AUTH_TYPE" or "application context required" in description.lower():
        sentence = "a web-hook may not do this; connect as an application."
        return ApplicationOnlyError(f"{name}: {sentence} ({code or 'no code'})")
    return None


def _by_words(name: str, code: str, description: str, status: int) -> CrmError:
    told = shorten(shown_name(_NUMBERS.sub("...", description)), _LONGEST_QUOTE)
    sentence = f"{code or 'no code'}: {told}" if told else code or "no code"
    if code in _GONE or any(word in description.lower() for word in _GONE_WORDS):
        return CrmGoneError(f"{name}: has no such thing ({sentence}).")
    if status >= 500 or code in ("INTERNAL_SERVER_ERROR", "ERROR_UNEXPECTED_ANSWER"):
        return CrmAnswerError(f"{name}: is out of order ({status}, {sentence}).")
    return CrmRefusedError(f"{name}: refuses it ({status}, {sentence}).")


def _of_page(name: str, status: int) -> CrmError | None:
    """A page of a proxy or of the portal itself, instead of an answer of REST."""
    if 300 <= status < 400:
        return CrmShutError(
            f"{name}: has moved to another address ({status}). Connect with the new one."
        )
    if status in (403, 404):
        return CrmAwayError(f"{name}: answered with a page instead of data ({status}).")
    return None


def _until_reset(said: Mapping[str, Any]) -> float:
    """The seconds until some of a method's time is given back; errors may lack `time`."""
    times = row_of(said.get("time"))
    reset_at = number_of(times.get("operating_reset_at"))
    now = number_of(times.get("finish")) or number_of(times.get("start")) or time.time()
    if reset_at is None:
        return _BLOCKED_S
    return min(max(reset_at - now, 1.0), _LONGEST_BLOCK_S)
