"""Logs: one line per event on stderr, asked for with `--verbose`."""

from __future__ import annotations

import logging
import sys

import structlog

Logger = structlog.typing.FilteringBoundLogger


def configure_logs(*, verbose: bool) -> None:
    """Sends the logs of this process to stderr: everything when `verbose`, else warnings.

    The libraries' own logs go the same way from WARNING on, as they do by themselves.
    """
    level = logging.DEBUG if verbose else logging.WARNING
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def get_logger(part: str) -> Logger:
    """Gives the logger of one part of the product (``flow.run``)."""
    logger: Logger = structlog.get_logger(part=part)
    return logger
