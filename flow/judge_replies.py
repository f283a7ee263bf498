"""Reads what an OpenAI-compatible service sends back, and what its errors mean."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from core.clock import now
from flow.judge_errors import Failure, JudgeError

_LONGEST_DETAIL = 120  # characters of a service's own words in a warning
# A wrong key, an empty account, a wrong address or model: the next call will fare no better.
_FINAL = frozenset({401, 402, 403, 404})
# Bad request, unknown media, unprocessable, not implemented: perhaps a parameter is not known.
_UNSPOKEN = frozenset({400, 415, 422, 501})


def unspoken(status: int) -> bool:
    """Whether a status may mean that the service does not know the way it was asked."""
    return status in _UNSPOKEN


def read_reply(body: str) -> str:
    """Gives the text of a chat completion.

    Raises:
        JudgeError: it is none, or was cut off or refused by the model.
    """
    try:
        document = json.loads(body)
        choice = document["choices"][0]
        text = choice["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise JudgeError(Failure.NO_ANSWER, _short(body) or "an empty reply") from error
    if choice.get("finish_reason") == "length":
        raise JudgeError(Failure.CUT_OFF, "raise judge.max_answer_tokens")
    if not isinstance(text, str) or not text.strip():
        raise JudgeError(Failure.NO_ANSWER, "the message is empty")
    return text.replace("\x00", "")


def tokens_used(body: str) -> int | None:
    """What a reply says that it took, ``None`` where it does not say."""
    try:
        used = json.loads(body)["usage"]["total_tokens"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return used if isinstance(used, int) and used > 0 else None


def error_of(status: int, headers: Mapping[str, str], body: str) -> JudgeError:
    """Tells what an HTTP status other than 200 means for this call and for the next ones."""
    said = f"HTTP {status}: {_message(body)}".rstrip(": ")
    if status == 429:
        return JudgeError(Failure.RATE_LIMITED, said, wait_s=_retry_after(headers, now()))
    if status in (408, 504):
        return JudgeError(Failure.TIMEOUT, said)
    if status >= 500:
        return JudgeError(Failure.SERVER_ERROR, said, wait_s=_retry_after(headers, now()))
    return JudgeError(Failure.REFUSED, said, final=status in _FINAL or status < 400)


def _retry_after(headers: Mapping[str, str], moment: datetime) -> float | None:
    """Seconds to wait, from a number or a date (RFC 9110, 10.2.3); ``None`` where none is said."""
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - moment).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _message(body: str) -> str:
    """The service's own sentence about an error, on one line."""
    try:
        error = json.loads(body)["error"]
        return _short(error["message"] if isinstance(error, dict) else error)
    except (ValueError, KeyError, TypeError, RecursionError):
        return _short(body)


def _short(value: object) -> str:
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return text if len(text) <= _LONGEST_DETAIL else f"{text[: _LONGEST_DETAIL - 3]}..."
