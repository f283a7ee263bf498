"""The database: its form, its soundness, its clock, and whether its rows fit together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Engine

from core.clock import now
from core.settings import Settings
from flow.doctor.finding import Finding, Severity, found
from models.schema import form_of, known_form
from models.session import reading
from models.store.soundness import (
    clock_of,
    damage_of,
    forgotten_calls,
    jobs_without_call,
    newest_stamp,
    recorded_lines_without_call,
    silent_jobs,
    transcripts_without_recording,
)

_CLOCKS_DIFFER_S = 5.0
_AHEAD = timedelta(minutes=5)


def check_form(database: Engine) -> Finding | None:
    """Whether the tables have the form that this version knows.

    Raises:
        StagecheckError: the database cannot be used.
    """
    form, known = form_of(database), known_form()
    if form == known:
        return None
    if form is None or form < known:
        return Finding(
            Severity.WARNING,
            f"the tables have the form {form or 'none'}, this version knows {known}",
            "Start the service (or `stagecheck status`): it brings them up to date. "
            "Make a backup before.",
        )
    return Finding(
        Severity.ERROR,
        f"the tables have the form {form}, which is newer than this version ({known})",
        "Install the newer version.",
    )


def check_database(database: Engine) -> Iterator[Finding]:
    """Whether the database itself is sound, and its clock right.

    Raises:
        StagecheckError: the database cannot be used.
    """
    yield from found(
        Severity.ERROR,
        "the database is damaged",
        'Stop the service and restore a backup (docs/operations.md, "Restore").',
        damage_of(database),
    )
    theirs = clock_of(database)
    if theirs is not None and abs((theirs - now()).total_seconds()) > _CLOCKS_DIFFER_S:
        yield Finding(
            Severity.ERROR,
            f"the clocks of the database and of this machine are "
            f"{abs((theirs - now()).total_seconds()):.0f} s apart",
            "Set both by NTP: jobs are given back by the clock.",
        )
    with reading(database) as session:
        stamp = newest_stamp(session)
    if stamp is not None and stamp > now() + _AHEAD:
        yield Finding(
            Severity.WARNING,
            f"something was written at {stamp.isoformat(timespec='seconds')}, which lies ahead",
            "A clock was wrong, or this one is: set it by NTP.",
        )


def check_rows(database: Engine, settings: Settings) -> Iterator[Finding]:
    """Whether the rows fit together.

    Raises:
        StagecheckError: the database cannot be used.
    """
    silent_since = now() - timedelta(seconds=settings.service.stuck_s)
    with reading(database) as session:
        yield from found(
            Severity.ERROR,
            "{n} transcripts belong to no recording",
            "Restore a backup; the rows were changed by other means.",
            transcripts_without_recording(session),
        )
        yield from found(
            Severity.WARNING,
            "{n} jobs wait for calls that are gone",
            "A worker ends them when their turn comes; nothing is lost.",
            [f"job:{job}" for job in jobs_without_call(session)],
        )
        yield from found(
            Severity.WARNING,
            "{n} jobs are in hand of workers that fell silent",
            "The scheduler gives them to others; without one, `stagecheck doctor --repair` does.",
            [f"job:{job}" for job in silent_jobs(session, silent_since)],
        )
        yield from found(
            Severity.ERROR,
            "{n} calls were not heard, and nobody is to hear them",
            "`stagecheck doctor --repair` asks for them.",
            [f"call:{call}" for call in forgotten_calls(session)],
        )
        lines = recorded_lines_without_call(session)
    if lines:
        yield Finding(
            Severity.NOTE,
            f"of {lines} answered calls the ledger names a recording that never came",
            "The report lists them (missing_recording); look at the telephone system.",
        )
