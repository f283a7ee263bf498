"""A look at the recordings: which calls there are now, and what is to be done for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.batches import batched
from core.clock import now
from core.work_limits import limit_of
from flow.admission import Admitted, Place, admit
from flow.known_files import KeptFiles
from flow.ledger import known_rows
from flow.masking import mask_kept
from flow.question import gather
from flow.service.by_number import match_by_number
from flow.service.workplace import Situation, Workplace
from flow.steps import store_calls
from ingest.sftp.plan import inbox_of
from models.session import reading, transaction
from models.store.corrections import chosen_deals
from models.store.intake import (
    KnownCall,
    current_calls,
    known_calls,
    save_problems,
    set_current,
)
from models.store.jobs import ask_for, drop_jobs
from models.store.keeping import kept_calls
from models.vocabulary.call import Call
from models.vocabulary.correction import ChosenDeal
from models.vocabulary.files import Mark
from models.vocabulary.work import JobKind, Lane, Want


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
    match_by_number(place, [*recorded, *unrecorded])
    with transaction(place.database) as session:
        gone = set_current(session, place.source, [*recorded, *unrecorded])
        save_problems(session, place.source, gathered.problems)
        drop_jobs(session, JobKind.CALL, [str(id_) for id_ in gone], now())
        known = known_calls(session, place.source, situation.around.zone)
        chosen = chosen_deals(session, [one.id for one in known])
    wants = _wants(place, situation, known, chosen)
    for some in batched([*wants, _verdicts(place)]):
        with transaction(place.database) as session:
            ask_for(session, some, now())
    return Looked(
        len(recorded),
        len(unrecorded),
        len(wants),
        len(gone),
        sum(one.error != "still_uploading" for one in gathered.problems),
        admitted.warnings,
    )


def look_at_crm(place: Workplace) -> int:
    """Asks for the work that a changed CRM brings; gives how many calls are to be heard again.

    The recordings are not looked through: they are as they were.

    Raises:
        StagecheckError: the CRM or the database cannot be used.
    """
    situation = place.situation()
    with reading(place.database) as session:
        recorded, unrecorded = current_calls(session, place.source)
        zone = situation.around.zone
        known = place.memory.calls.load(session, place.source, zone)
        chosen = chosen_deals(session, [one.id for one in known])
        left = [one.id for one in known if _is_left(one, situation, chosen)]
        known = known_calls(session, place.source, zone, left)
    match_by_number(place, [*recorded, *unrecorded])
    wants = _wants(place, situation, known, chosen)
    for some in batched([*wants, _verdicts(place)]):
        with transaction(place.database) as session:
            ask_for(session, some, now())
    return len(wants)


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


def _wants(
    place: Workplace,
    situation: Situation,
    known: Sequence[KnownCall],
    chosen: Mapping[int, ChosenDeal],
) -> list[Want]:
    at, settings = now(), place.settings.service
    fresh_since = at - timedelta(hours=settings.fresh_hours)
    wants = []
    for one in known:
        if not _is_left(one, situation, chosen):
            continue
        lane = _lane(one.call, fresh_since)
        wants.append(Want(JobKind.CALL, str(one.id), lane, at, limit_of(settings, one.files)))
    return wants


def _is_left(one: KnownCall, situation: Situation, chosen: Mapping[int, ChosenDeal]) -> bool:
    """Whether a call was not heard or matched with what is known now."""
    digest = situation.digests.of(one.call, chosen.get(one.id), one.introduced)
    return one.matched_with != digest


def _lane(call: Call, fresh_since: datetime) -> Lane:
    return Lane.FRESH if call.started_at >= fresh_since else Lane.BACKLOG


def _verdicts(place: Workplace) -> Want:
    limit_s = place.settings.service.limit_s
    return Want(JobKind.VERDICTS, place.source, Lane.FRESH, now(), limit_s, revive=True)
