"""What was set aside is tried again, and workers are told of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from core.settings import Settings
from flow.service.bells import Bell, ring_waiting
from models.session import transaction
from models.store.retrying import take_up_set_aside


def retry_set_aside(
    database: Engine, bell: Bell, settings: Settings, named: Sequence[str] | None, at: datetime
) -> int:
    """Takes up again what is named as `status` names it (`call:7`, `job:12`), or everything.

    Gives how much it is.

    Raises:
        InvalidInputError: something is named in another way.
        StagecheckError: the database cannot be used.
    """
    with transaction(database) as session:
        again = take_up_set_aside(session, settings.service, named, at)
    ring_waiting(database, bell)
    return again
