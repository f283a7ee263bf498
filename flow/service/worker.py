"""A worker that looks into the database by itself: one machine needs no broker."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Sequence

from core.clock import now
from core.logs import get_logger
from flow.service.working import do_job
from flow.service.workplace import Workplace
from models.session import reading
from models.store.jobs import waiting_jobs
from models.vocabulary.errors import StagecheckError
from models.vocabulary.work import Lane

_LOOKS_EVERY_S = 0.5
_PATIENT_S = 5.0  # while the database cannot be used
_log = get_logger("service.worker")


def work_through(place: Workplace, lanes: Sequence[Lane], stop: threading.Event) -> None:
    """Does one job after the other until `stop`, and then to the end of the one in hand."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    while not stop.is_set():
        try:
            with reading(place.database) as session:
                jobs = waiting_jobs(session, lanes, now(), 1)
            did = any(do_job(place, job, name) for job in jobs)
        except StagecheckError as error:
            _log.error("the database cannot be used", reason=str(error))
            stop.wait(_PATIENT_S)
        else:
            if not did:
                stop.wait(_LOOKS_EVERY_S)
