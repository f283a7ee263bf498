"""What was set aside is tried again because somebody asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.service_settings import ServiceSettings
from core.work_limits import limit_of
from models.store.jobs import ask_for, retry
from models.store.tallies import unusable_recordings
from models.store.unusable import take_up_again
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.work import JobKind, Lane, Want


def take_up_set_aside(
    session: Session, settings: ServiceSettings, named: Sequence[str] | None, at: datetime
) -> int:
    """Takes up again what is named as `status` names it (`call:7`, `job:12`), or everything.

    Gives how much it is. Workers find it by themselves, or are told by the scheduler.

    Raises:
        InvalidInputError: something is named in another way.
    """
    jobs = _numbers(named, "job") if named is not None else None
    calls = _numbers(named, "call") if named is not None else None
    unusable = [int(one.subject) for one in unusable_recordings(session)]
    chosen = [call for call in unusable if calls is None or call in calls]
    taken_up = take_up_again(session, chosen)
    wants = [
        Want(JobKind.CALL, str(call), Lane.FRESH, at, limit_of(settings, files), revive=True)
        for call, files in taken_up.items()
    ]
    ask_for(session, wants, at)
    return len(taken_up) + len(retry(session, jobs, at))


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
