"""How processes of the service begin: the database, the broker's address, signals, the parent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from core.settings import Settings
from flow import run as running
from flow.judging import hearing
from flow.question import RunRequest
from flow.service.bells import Bell, NoBell
from flow.service.heartbeat import heard_of
from flow.service.workplace import Workplace
from models.places import broker_address, make_state_folder, opened_database, using_database


@contextmanager
def opened_place(request: RunRequest, settings: Settings, name: str) -> Iterator[Workplace]:
    """Gives what one process of the service works with; under `name` it says that it lives.

    Raises:
        StagecheckError: the database cannot be used.
    """
    make_state_folder(request.state)
    database = opened_database(request.db, request.state, settings.service)
    try:
        with (
            hearing(settings.judge, database) as heard,
            heard_of(database, name, settings.service.beat_s),
        ):
            yield Workplace(
                request,
                settings,
                database,
                hear=heard.hear,
                engine_for=running.whisper,
            )
    finally:
        database.dispose()


def bell_of(settings: Settings) -> Bell:
    """What workers are told of work by."""
    address = broker_address(settings.service)
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
    with using_database(db, state, settings.service) as database:
        yield database, bell_of(settings)
