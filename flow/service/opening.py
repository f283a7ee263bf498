"""How processes of the service begin: the database, the broker's address, signals, the parent."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from core.settings import Settings
from flow import run as running
from flow.judging import hearing
from flow.question import RunRequest
from flow.service.bells import Bell, NoBell
from flow.service.workplace import Workplace
from models.session import open_database
from models.vocabulary.errors import InvalidInputError

_PARENT = "STAGECHECK_PARENT"
_PR_SET_PDEATHSIG = 1


@contextmanager
def opened_place(request: RunRequest, settings: Settings) -> Iterator[Workplace]:
    """Gives what one process of the service works with.

    Raises:
        StagecheckError: the database cannot be used.
    """
    running.make_state_folder(request.state)
    database = opened_database(request.db, request.state, settings)
    try:
        with hearing(settings.judge, database) as heard:
            yield Workplace(
                request,
                settings,
                database,
                hear=heard.hear,
                engine_for=running.whisper,
            )
    finally:
        database.dispose()


def opened_database(db: str | None, state: Path, settings: Settings) -> Engine:
    """Opens the database that is named by `--db`, by the settings, or lies in the state folder.

    Raises:
        StagecheckError: it cannot be used.
    """
    url = db or _from_file(settings.service.database_file, "service.database_file")
    return open_database(url) if url else running.open_state(state)


def broker_address(settings: Settings) -> str | None:
    """The broker that workers are told of work by; ``None`` where they look by themselves.

    Raises:
        InvalidInputError: the file that should hold it cannot be read.
    """
    service = settings.service
    if service.broker is not None:
        return service.broker.get_secret_value()
    return _from_file(service.broker_file, "service.broker_file")


def bell_of(settings: Settings) -> Bell:
    """What workers are told of work by."""
    address = broker_address(settings)
    if address is None:
        return NoBell()
    from flow.service.tasks import CeleryBell

    return CeleryBell(address)


@contextmanager
def opened_service(
    db: str | None, state: Path, settings: Settings
) -> Iterator[tuple[Engine, Bell]]:
    """Gives the database of a service and what its workers are told of work by.

    Raises:
        StagecheckError: the database cannot be used.
    """
    database = opened_database(db, state, settings)
    try:
        yield database, bell_of(settings)
    finally:
        database.dispose()


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """Gives what SIGTERM and Ctrl-C set: the work in hand is done before the process ends."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def child_environment() -> dict[str, str]:
    """The environment of a process that is to end with this one."""
    return {**os.environ, _PARENT: str(os.getpid())}


def end_with_parent() -> None:
    """Has the system kill this process when the one that started it as its child is gone.

    Whoever starts anew takes all work in hand for free.
    """
    parent = os.environ.get(_PARENT)
    if parent is None:
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):  # it was gone before we asked
        os.kill(os.getpid(), signal.SIGKILL)


def _from_file(path: Path | None, setting: str) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise InvalidInputError(
            str(path), f"cannot be read ({error})", f"Set {setting} to the file with the address."
        ) from error
