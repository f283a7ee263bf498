"""The doorbell: workers are told which jobs wait. A bell that is not heard loses nothing.

The rows are the truth. Few bells lie in the queue at any time, the most urgent first; it is filled
up from the rows again and again, also after it was emptied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from sqlalchemy import Engine

from core.broker import BrokerError
from core.clock import now
from core.logs import get_logger
from models.session import transaction
from models.store.jobs import mark_rung, waiting_jobs
from models.vocabulary.work import Lane

_LOW, _HIGH = 20, 100  # bells of a lane: below, it is filled up; so many at most
_log = get_logger("service.bells")


class Bell(Protocol):
    """Tells workers of jobs."""

    def ring(self, lane: Lane, jobs: Sequence[int]) -> None:
        """Tells of jobs in a lane.

        Raises:
            BrokerError: nobody can be told now.
        """

    def unheard(self) -> Mapping[Lane, int] | None:
        """How many bells of each lane nobody has heard yet; ``None`` where nobody needs any.

        Raises:
            BrokerError: it cannot be told now.
        """


class NoBell:
    """Workers look into the database by themselves."""

    def ring(self, lane: Lane, jobs: Sequence[int]) -> None:
        """Does nothing."""

    def unheard(self) -> None:
        """Nobody needs any."""


def ring_waiting(database: Engine, bell: Bell) -> bool:
    """Tells workers of the jobs that wait and are due; gives whether the broker could be reached.

    Raises:
        StagecheckError: the database cannot be used.
    """
    try:
        for lane, unheard in (bell.unheard() or {}).items():
            if unheard < _LOW:
                _fill_up(database, bell, lane, unheard)
    except BrokerError as error:
        _log.warning("the broker cannot be reached", reason=str(error))
        return False
    return True


def _fill_up(database: Engine, bell: Bell, lane: Lane, unheard: int) -> None:
    with transaction(database) as session:
        jobs = waiting_jobs(session, [lane], now(), _HIGH - unheard, not_rung=unheard > 0)
        mark_rung(session, jobs, now())
    bell.ring(lane, jobs)
