"""The doorbell: workers are told which jobs wait. A bell that is not heard loses nothing.

The rows are the truth. Few bells lie in the queue at any time, the most urgent first; it is filled
up from the rows again and again, also after it was emptied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Engine

from core.clock import now
from core.logs import get_logger
from models.session import transaction
from models.store.jobs import mark_rung, waiting_jobs
from models.vocabulary.work import Lane

_LOW, _HIGH = 20, 100  # bells of a lane: below, it is filled up; so many at most
_log = get_logger("service.bells")


class BellError(Exception):
    """The broker cannot be reached; the jobs wait."""


class Bell(Protocol):
    """Tells workers of jobs."""

    def ring(self, lane: Lane, jobs: Sequence[int]) -> None:
        """Tells of jobs in a lane.

        Raises:
            BellError: nobody can be told now.
        """

    def unheard(self, lane: Lane) -> int:
        """How many bells of a lane nobody has heard yet.

        Raises:
            BellError: it cannot be told now.
        """


class NoBell:
    """Workers look into the database by themselves."""

    def ring(self, lane: Lane, jobs: Sequence[int]) -> None:
        """Does nothing."""

    def unheard(self, lane: Lane) -> int:  # noqa: ARG002 - the protocol's
        """Always more than enough."""
        return _LOW


def ring_waiting(database: Engine, bell: Bell) -> bool:
    """Tells workers of the jobs that wait and are due; gives whether the broker could be reached.

    Raises:
        StagecheckError: the database cannot be used.
    """
    try:
        for lane in Lane:
            unheard = bell.unheard(lane)
            if unheard >= _LOW:
                continue
            with transaction(database) as session:
                jobs = waiting_jobs(session, [lane], now(), _HIGH - unheard, not_rung=unheard > 0)
                mark_rung(session, jobs, now())
            bell.ring(lane, jobs)
    except BellError as error:
        _log.warning("the broker cannot be reached", reason=str(error))
        return False
    return True
