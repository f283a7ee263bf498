"""Logs: one line per event on stderr; a service's are JSON where nobody watches.

No personal data: neither numbers nor names nor words of calls.
"""

from __future__ import annotations

import logging
import sys

import structlog

Logger = structlog.typing.FilteringBoundLogger


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
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
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
