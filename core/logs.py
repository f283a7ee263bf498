"""Logs: one line per event on stderr; a service's are JSON where nobody watches.

No personal data: neither numbers nor names nor words of calls.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from types import TracebackType

import structlog
from structlog.typing import EventDict

Logger = structlog.typing.FilteringBoundLogger
# Digits as telephone numbers and dates of file names have them; not those inside of a hash.
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\+?\d(?:[ ()\u00a0-]*\d){6,}(?![0-9A-Za-z])")


def configure_logs(*, verbose: bool, events: bool = False) -> None:
    """Sends the logs of this process to stderr: everything when `verbose`, else warnings.

    With `events` also what happens, one JSON object a line unless stderr is a terminal. The
    libraries' own logs go the same way from WARNING on, as they do by themselves.
    """
    level = logging.DEBUG if verbose else logging.INFO if events else logging.WARNING
    as_json = events and not sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            where_it_failed,
            without_numbers,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if as_json
            else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def get_logger(part: str) -> Logger:
    """Gives the logger of one part of the product (``flow.run``)."""
    logger: Logger = structlog.get_logger(part=part)
    return logger


def where_it_failed(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Tells an exception by its kind and its place: its words may be those of a call."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["failed"] = " < ".join(_places(error))
    return event


def _places(error: BaseException) -> list[str]:
    told, one = [], error
    seen: set[int] = set()
    while id(one) not in seen:
        seen.add(id(one))
        told.append(f"{type(one).__name__} at {_place(one.__traceback__)}")
        one = one.__cause__ or one.__context__ or one
    return told


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)
    return ", ".join(
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames[-6:])
    )


def without_numbers(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Blots out long numbers, as names of recordings carry them."""
    return {
        key: blotted(value) if isinstance(value, str) else value for key, value in event.items()
    }


def blotted(text: str) -> str:
    """A text without its long numbers."""
    return _NUMBER.sub("…", text)
