"""Whether the service can do its work: each reason why not, with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine

from api.service import Service
from core.broker import BrokerError
from core.clock import now
from core.disk import free_bytes
from models.schema import form_of, known_form
from models.session import reading
from models.store.processes import SCHEDULER, processes_seen
from models.vocabulary.errors import StagecheckError


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why the service is not ready: which part, what is wrong with it, what to do.

    Anybody may read it: it names neither addresses nor paths.
    """

    part: str
    problem: str
    remedy: str


def hindrances(service: Service) -> list[Hindrance]:
    """Looks at every part."""
    return [*_database(service), *_broker(service), *_disk(service)]


def _database(service: Service) -> Iterator[Hindrance]:
    try:
        database = service.database()
        form = form_of(database)
        if form != known_form():
            yield Hindrance(
                "database",
                f"its tables have the form {form}, this version knows {known_form()}",
                "Start one version of stagecheck everywhere.",
            )
            return
        yield from _scheduler(service, database)
    except StagecheckError:
        yield Hindrance(
            "database", "it cannot be used", "Look at the database and at --db; the log says more."
        )


def _scheduler(service: Service, database: Engine) -> Iterator[Hindrance]:
    settings = service.settings.service
    silent_s = max(settings.stuck_s, 3 * settings.beat_s)
    with reading(database) as session:
        seen = processes_seen(session, now() - timedelta(seconds=silent_s))
    if all(process.name != SCHEDULER for process, _ in seen):
        yield Hindrance(
            "scheduler",
            f"none was seen in the last {silent_s:.0f} s",
            "Start `stagecheck scheduler` (or `stagecheck up`).",
        )


def _broker(service: Service) -> Iterator[Hindrance]:
    try:
        service.queued()
    except BrokerError:
        yield Hindrance("broker", "it cannot be reached", "Look at Redis and at service.broker.")
    except StagecheckError:
        yield Hindrance("broker", "its address cannot be read", "Look at service.broker_file.")


def _disk(service: Service) -> Iterator[Hindrance]:
    least = service.settings.sftp.free_mb << 20
    free = free_bytes(service.state)
    if free is None:
        yield Hindrance("disk", "the state folder is not there", "Look at --state.")
    elif free < least:
        yield Hindrance(
            "disk",
            f"{free >> 20} MB are free, {least >> 20} MB are needed",
            "Free some space; uploads are refused until then (sftp.free_mb).",
        )
