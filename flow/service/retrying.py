"""What was set aside is tried again because somebody asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from core.settings import Settings
from flow.service.bells import Bell, ring_waiting
from models.session import transaction
from models.store.jobs import ask_for, retry
from models.store.tallies import unusable_recordings
from models.store.unusable import take_up_again
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.work import JobKind, Lane, Want


def retry_set_aside(
    database: Engine, bell: Bell, settings: Settings, named: Sequence[str] | None, at: datetime
) -> int:
    """Takes up again what is named as `status` names it (`call:7`, `job:12`), or everything.

    Gives how much it is.

    Raises:
        InvalidInputError: something is named in another way.
        StagecheckError: the database cannot be used.
    """
    jobs = _numbers(named, "job") if named is not None else None
    calls = _numbers(named, "call") if named is not None else None
    with transaction(database) as session:
        unusable = [int(one.subject) for one in unusable_recordings(session)]
        chosen = [call for call in unusable if calls is None or call in calls]
        take_up_again(session, chosen)
        limit_s = settings.service.limit_s * settings.service.limit_factor
        ask_for(
            session,
            [
                Want(JobKind.CALL, str(call), Lane.FRESH, at, limit_s, revive=True)
                for call in chosen
            ],
            at,
        )
        again = len(chosen) + len(retry(session, jobs, at))
    ring_waiting(database, bell)
    return again


def _numbers(named: Sequence[str], kind: str) -> list[int]:
    numbers = []
    for name in named:
        word, _, number = name.partition(":")
        if word not in {"job", "call"} or not number.isdigit():
            raise InvalidInputError(
                name, "names nothing that is set aside", "`stagecheck status` shows the names."
            )
        if word == kind:
            numbers.append(int(number))
    return numbers
