"""What the doctor mends: only what loses nothing whatever else goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

from core.clock import now
from core.settings import Settings
from flow.doctor.files import old_drafts
from models.session import reading, transaction
from models.store.claims import sweep
from models.store.jobs import ask_for
from models.store.measures import sources
from models.store.soundness import forgotten_calls
from models.vocabulary.work import JobKind, Lane, Want


def mended(
    database: Engine, settings: Settings, state: Path, inbox: Path, at: float
) -> Iterator[str]:
    """Mends, and gives a line for everything that was done.

    Args:
        database: of the service.
        settings: of this process.
        state: the state folder.
        inbox: the folder of the drop-box's boxes, in which nothing is touched.
        at: the present moment (seconds since 1970).

    Raises:
        StagecheckError: the database cannot be used.
    """
    service = settings.service
    with transaction(database) as session:
        swept = sweep(session, now(), stuck_s=service.stuck_s, most_tries=service.tries)
    if swept.given_back:
        yield f"{len(swept.given_back)} jobs of silent workers were given back"
    if swept.quarantined:
        yield f"{len(swept.quarantined)} jobs were set aside after too many tries"
    with transaction(database) as session:
        calls = forgotten_calls(session)
        limit_s = service.limit_s * service.limit_factor
        wants = [
            Want(JobKind.CALL, str(call), Lane.BACKLOG, now(), limit_s, revive=True)
            for call in calls
        ]
        ask_for(session, wants, now())
    if calls:
        yield f"{len(calls)} calls were asked for"
    with reading(database) as session:
        folders = [Path(source) for source in sources(session)]
    removed = 0
    for draft in old_drafts(state, inbox, folders, at):
        with suppress(FileNotFoundError):
            draft.unlink()
            removed += 1
    if removed:
        yield f"{removed} drafts older than a day were removed"
