"""How it stands with a live CRM whose deals calls are judged by, in one sentence. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.store.connection_figures import ReadingProgress
from models.vocabulary.crm import Connection

_THEN = "Calls are judged once everything was read."


class ReadingState(StrEnum):
    """What keeps a CRM from being read, if anything does."""

    LOADING = "loading"  # for the first time
    FOLLOWED = "followed"
    PAUSED = "paused"
    FAILING = "failing"  # tried again by itself
    SHUT = "shut"  # a person has to look
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Stands:
    """How it stands, and the line that says so."""

    state: ReadingState
    line: str


def stands(connection: Connection, progress: ReadingProgress) -> Stands:
    """How it stands with a connection, for somebody who waits for its verdicts."""
    name, goes_on = connection.name, f"`stagecheck crm resume {connection.name}`"
    if connection.refused:
        reason = _reason(connection, connection.refused)
        line = (
            f"is not read: {reason} Once that is mended, {goes_on} goes on. "
            f"{_meanwhile(connection, progress)}"
        )
        return Stands(ReadingState.SHUT, f"{name}: {line}")
    if connection.paused:
        line = f"is paused; {goes_on} goes on. {_meanwhile(connection, progress)}"
        return Stands(ReadingState.PAUSED, f"{name}: {line}")
    if connection.error:
        reason = _reason(connection, connection.error)
        line = (
            f"cannot be read since {_at(connection.error_at)}: {reason} It is tried again. "
            f"{_meanwhile(connection, progress)}"
        )
        return Stands(ReadingState.FAILING, f"{name}: {line}")
    if connection.loaded_at is None:
        return Stands(ReadingState.LOADING, f"{name}: {_loading(progress)} {_THEN}")
    line = f"was last read {_at(connection.read_at)}; what changed since is read now."
    return Stands(ReadingState.FOLLOWED, f"{name}: {line}")


def gone(name: str) -> Stands:
    """The same of a CRM that was disconnected while calls are judged by it."""
    line = (
        "is not connected any more. Connect it again with `stagecheck crm connect`, or start with "
        "another --crm."
    )
    return Stands(ReadingState.GONE, f"{name}: {line}")


def cards_known(progress: ReadingProgress) -> str:
    """How much of a CRM is known, for people."""
    return f"{_counted(progress.deals, 'deal')} and {_counted(progress.contacts, 'contact')}"


def _loading(progress: ReadingProgress) -> str:
    if not progress.begun:
        return (
            "waits to be read for the first time, which `stagecheck up` and `stagecheck scheduler` "
            "do by themselves."
        )
    so_far = f"{cards_known(progress)} so far" if _is_known(progress) else "nothing has come yet"
    return f"is being read for the first time; {so_far}."


def _meanwhile(connection: Connection, progress: ReadingProgress) -> str:
    """What calls are judged by where nothing more is read."""
    if connection.loaded_at is not None:
        return f"Meanwhile calls are judged by what was read until {_at(connection.read_at)}."
    if _is_known(progress):
        return f"It was not read to its end yet ({cards_known(progress)} so far). {_THEN}"
    return f"It was not read yet. {_THEN}"


def _reason(connection: Connection, error: str) -> str:
    reason = error.removeprefix(f"{connection.name}: ").rstrip()
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."


def _is_known(progress: ReadingProgress) -> bool:
    return bool(progress.deals or progress.contacts)


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _at(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "never"
