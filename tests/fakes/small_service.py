"""The small office as a service in this process: looked at, worked off, with a fake engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.clock import now
from core.settings import Settings
from flow.judging import EngineAlone
from flow.question import RunRequest
from flow.service.scan import look_for_calls
from flow.service.working import do_job
from flow.service.workplace import Workplace
from models.places import opened_database
from models.session import reading
from models.store.jobs import waiting_jobs
from models.vocabulary.work import Lane
from tests.fakes.databases import new_state
from tests.fakes.office import SCRIPTS, build_recordings, write_crm
from tests.fakes.transcriber import FakeTranscriber


def build_office(folder: Path) -> RunRequest:
    """Writes the office's recordings and its CRM; gives what a service is asked there."""
    build_recordings(folder / "records")
    crm = write_crm(folder / "crm.json")
    return RunRequest(folder / "records", crm, state=folder / "state")


@contextmanager
def opened(
    request: RunRequest, engine: FakeTranscriber | None = None, settings: Settings | None = None
) -> Iterator[Workplace]:
    """A process of the service, in this one."""
    settings = settings or Settings()
    if request.db is None:
        new_state(request.state)
    database = opened_database(request.db, request.state, settings.service)
    speech = engine or FakeTranscriber(SCRIPTS)
    try:
        yield Workplace(
            request, settings, database, hear=EngineAlone().hear, engine_for=lambda _: speech
        )
    finally:
        database.dispose()


def work_off(place: Workplace) -> None:
    """Looks for calls and does all work that is due."""
    look_for_calls(place)
    do_what_waits(place)


def do_what_waits(place: Workplace) -> None:
    """Does all work that is due."""
    while True:
        with reading(place.database) as session:
            jobs = waiting_jobs(session, list(Lane), now(), 1)
        if not jobs:
            return
        for job in jobs:
            do_job(place, job, "here:1")
