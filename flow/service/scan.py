"""A look at the recordings: which calls there are now, and what is to be done for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from classify.matching import match_call
from core.clock import now
from flow.admission import Admitted, Place, admit
from flow.drop_box import inbox_of
from flow.known_files import KeptFiles
from flow.ledger import known_rows
from flow.masking import mask_kept
from flow.question import gather
from flow.service.workplace import Situation, Workplace, matched_digest
from flow.steps import store_calls
from models.session import reading, transaction
from models.store.hearing import save_match
from models.store.intake import (
    KnownCall,
    calls_to_match,
    current_calls,
    known_calls,
    save_problems,
    set_current,
)
from models.store.jobs import ask_for, drop_jobs
from models.store.keeping import kept_calls
from models.vocabulary.call import Call
from models.vocabulary.files import Mark
from models.vocabulary.work import JobKind, Lane, Want

_SPARSE = {".wav": 8000, ".wav16": 8000, ".au": 8000, ".raw": 8000, ".sln": 8000}
_DENSE = 1000  # bytes of a second that no codec of telephony goes below


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look came to: calls that count, those that there is work for, what to tell."""

    recorded: int
    unrecorded: int
    asked: int
    gone: int
    problems: int
    warnings: tuple[str, ...] = ()


def look_for_calls(place: Workplace, whole: Mapping[str, Mark] | None = None) -> Looked:
    """Writes down which calls there are and asks for the work that they need.

    Args:
        place: what is looked through and worked with.
        whole: the files that are complete, others being left out; all where it is not given.

    Raises:
        StagecheckError: the CRM snapshot, the recordings or the database cannot be used.
    """
    situation = place.situation()
    place.keep_snapshot()
    mask_kept(place.database)
    admitted = _admitted(place, situation, whole)
    gathered = admitted.gathered
    recorded, unrecorded = store_calls(place.database, place.source, gathered)
    recorded += admitted.kept
    with transaction(place.database) as session:
        _match_by_number(session, situation, [*recorded, *unrecorded])
        gone = set_current(session, place.source, [*recorded, *unrecorded])
        save_problems(session, place.source, gathered.problems)
        drop_jobs(session, JobKind.CALL, [str(id_) for id_ in gone], now())
        known = known_calls(session, place.source, situation.around.zone)
        wants = _wants(place, situation, known)
        ask_for(session, [*wants, _verdicts(place)], now())
    return Looked(
        len(recorded),
        len(unrecorded),
        len(wants),
        len(gone),
        sum(one.error != "still_uploading" for one in gathered.problems),
        admitted.warnings,
    )


def _admitted(place: Workplace, situation: Situation, whole: Mapping[str, Mark] | None) -> Admitted:
    """What lies there and may: nobody forgotten, nothing whose time is up.

    An empty folder is right before the first call; after it, it is a disk that was lost.
    """
    request, settings = place.request, place.settings
    with reading(place.database) as session:
        calls, _ = current_calls(session, place.source)
        sounding = set(calls) - set(kept_calls(session, place.source))
    files = KeptFiles(place.database, place.source)
    gathered = gather(
        situation.question,
        known=known_rows(place.database),
        files=files,
        whole=whole,
        may_be_empty=not sounding,
    )
    files.keep()
    inbox = inbox_of(request.state, settings.sftp)
    where = Place(request.recordings, request.state, inbox)
    return admit(place.database, where, settings.pbx, gathered)


def _match_by_number(session: Session, situation: Situation, ids: Sequence[int]) -> None:
    """Ties calls to their deals as far as that goes without their words.

    What nobody has heard yet keeps its deal from being judged as if it had not been said. The calls
    that were never recorded are tied here for good.
    """
    around = situation.around
    for one in calls_to_match(session, ids, around.zone):
        save_match(
            session, one.id, match_call(one.call, (), around.index, around.settings.matching)
        )


def _wants(place: Workplace, situation: Situation, known: Sequence[KnownCall]) -> list[Want]:
    at, settings = now(), place.settings.service
    fresh_since = at - timedelta(hours=settings.fresh_hours)
    wants = []
    for one in known:
        if one.matched_with == matched_digest(one.call, situation):
            continue
        limit_s = settings.limit_s + settings.limit_factor * _longest_s(one.files)
        lane = _lane(one.call, fresh_since)
        wants.append(Want(JobKind.CALL, str(one.id), lane, at, limit_s))
    return wants


def _lane(call: Call, fresh_since: datetime) -> Lane:
    return Lane.FRESH if call.started_at >= fresh_since else Lane.BACKLOG


def _longest_s(files: Sequence[str]) -> float:
    """How long the sound in a file can be at most."""
    longest = 0.0
    for path in map(Path, files):
        try:
            size = path.stat().st_size
        except OSError:
            continue
        longest = max(longest, size / _SPARSE.get(path.suffix.casefold(), _DENSE))
    return longest


def _verdicts(place: Workplace) -> Want:
    limit_s = place.settings.service.limit_s
    return Want(JobKind.VERDICTS, place.source, Lane.FRESH, now(), limit_s, revive=True)
