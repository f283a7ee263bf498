"""What of a folder is let in: not what expired, and nobody who was forgotten.

And what of it is still there although its sound is not: calls whose recordings expired count on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from sqlalchemy import Engine

from core.settings import PbxSettings
from flow.forgotten import who_was_forgotten
from flow.keeping import belongings
from ingest.arrival import storable
from ingest.calls import ArrivedCall, Gathered
from ingest.cdr_calls import group_rows
from ingest.cdr_join import SAME_START_S, CdrIndex, Wanted, rows_for_recordings
from ingest.removal import remove_files
from models.session import reading, transaction
from models.store.calls import load_calls
from models.store.files import forget_known_files
from models.store.keeping import OldRecording, gone_recordings, kept_calls
from models.store.tombstones import Forgotten
from models.vocabulary.call import Call, CdrRow, RecordingProblem
from models.vocabulary.phone import normalise_phone


@dataclass(frozen=True, slots=True)
class Admitted:
    """What goes on: the calls let in, the ids of those kept without sound, what to tell."""

    gathered: Gathered
    kept: tuple[int, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where calls come from: the recordings' folder, the state folder and the inbox."""

    recordings: Path
    state: Path
    inbox: Path


def admit(engine: Engine, place: Place, pbx: PbxSettings, gathered: Gathered) -> Admitted:
    """Keeps out what expired or is of somebody forgotten, and removes its files.

    Raises:
        StagecheckError: the key that tells who was forgotten is gone.
    """
    forgotten = who_was_forgotten(engine, place.state)
    source = str(place.recordings.resolve())
    with reading(engine) as session:
        gone = gone_recordings(session)
        ids = kept_calls(session, source) if gone else []
        kept = [one.call for one in load_calls(session, ids, UTC)]
    again = [one for one in gathered.arrived if one.call.sha256 in gone]
    theirs = [
        one
        for one in gathered.arrived
        if one.call.sha256 not in gone and _is_theirs(one.call, forgotten)
    ]
    # A client that does not see what it sent would send it again and again.
    problems = _turn_away(engine, again, source, place.inbox, receipts=False)
    problems += _turn_away(engine, theirs, source, place.inbox, receipts=True)
    let_in = _without(gathered, [*again, *theirs], kept)
    return Admitted(
        _without_forgotten(let_in, forgotten, pbx),
        tuple(ids),
        (*_told(again, theirs), *problems),
    )


def _is_theirs(call: Call, forgotten: Forgotten) -> bool:
    return forgotten.covers_recording(call.sha256) or forgotten.covers(
        call.client_number, call.started_at
    )


def _told(again: Sequence[ArrivedCall], theirs: Sequence[ArrivedCall]) -> Iterable[str]:
    for one in again:
        yield (
            f"{one.call.recording}: the same recording came before and was kept as long as it may "
            "be; it was removed again"
        )
    for one in theirs:
        yield (
            f"recording {(one.call.sha256 or '')[:16]}: is of somebody who was forgotten; "
            "it was removed"
        )


def _turn_away(
    engine: Engine, calls: Sequence[ArrivedCall], source: str, inbox: Path, *, receipts: bool
) -> list[str]:
    recordings = [
        OldRecording(one.call.sha256 or "", tuple(map(str, one.paths)), (source,)) for one in calls
    ]
    paths, _ = belongings(recordings, inbox, receipts=receipts)
    files = [path for some in paths.values() for path in some]
    _, problems = remove_files(files)
    whole = [path.parent.resolve() / path.name for path in files]
    places = [path.relative_to(source) for path in whole if path.is_relative_to(source)]
    if places:
        with transaction(engine) as session:
            forget_known_files(session, source, [storable(one.as_posix()) for one in places])
    return problems


def _without(gathered: Gathered, away: Sequence[ArrivedCall], kept: Sequence[Call]) -> Gathered:
    """Calls that were turned away are not there; kept ones are not missed."""
    names = {name for call in kept for name in _names(call.recording or "")}
    names |= {name for one in away for name in _names(one.call.recording or "")}
    known = _known_otherwise(gathered, kept)
    return replace(
        gathered,
        arrived=tuple(one for one in gathered.arrived if one not in away),
        unrecorded=tuple(
            call for call in gathered.unrecorded if (call.call_id, call.started_at) not in known
        ),
        problems=tuple(one for one in gathered.problems if not _is_missed(one, names)),
    )


def _names(recording: str) -> set[str]:
    return {recording, str(PurePosixPath(recording).with_suffix(""))} if recording else set()


def _is_missed(problem: RecordingProblem, names: set[str]) -> bool:
    """Whether a manifest or a sidecar misses a recording that we know to have been there."""
    place = PurePosixPath(problem.recording)
    if problem.error != "recording_missing":
        return False
    return bool({str(place), str(place.with_suffix(""))} & names)


def _known_otherwise(gathered: Gathered, kept: Sequence[Call]) -> set[tuple[str, datetime]]:
    """The ledger's calls that are one of the kept ones, by id and start of their first row."""
    calls = group_rows(gathered.cdr)
    index = CdrIndex(calls)
    known = set()
    rows_of = rows_for_recordings(index, [_wanted(call) for call in kept])
    for call, rows in zip(kept, rows_of, strict=True):
        same = {index.call_of(row) for row in rows}
        known |= {(one.rows[0].call_id, one.rows[0].started_at) for one in same}
        if not rows:
            known |= _at_that_time(call, gathered.unrecorded)
    return known


def _at_that_time(call: Call, unrecorded: Sequence[Call]) -> set[tuple[str, datetime]]:
    near = [
        (one.call_id, one.started_at)
        for one in unrecorded
        if one.client_number is not None
        and one.client_number == call.client_number
        and abs((one.started_at - call.started_at).total_seconds()) <= SAME_START_S
    ]
    return set(near) if len(near) == 1 else set()


def _wanted(call: Call) -> Wanted:
    place = PurePosixPath(call.recording or "")
    ids = [call.call_id.partition("~")[0], call.linked_id]
    return Wanted(
        names=(place.name, place.stem),
        ids=tuple(one for one in ids if one),
        started_at=call.started_at,
        client=call.client_number,
        extension=call.extension,
    )


def _without_forgotten(gathered: Gathered, forgotten: Forgotten, pbx: PbxSettings) -> Gathered:
    """The ledger without the calls of anybody forgotten."""
    if not forgotten.numbers:
        return gathered
    theirs = [
        call
        for call in group_rows(gathered.cdr)
        if any(_row_is_theirs(row, forgotten, pbx) for row in call.rows)
    ]
    rows = {row for call in theirs for row in call.rows}
    ids = {call.rows[0].call_id for call in theirs}
    return replace(
        gathered,
        cdr=tuple(row for row in gathered.cdr if row not in rows),
        unrecorded=tuple(
            call
            for call in gathered.unrecorded
            if call.call_id not in ids and not forgotten.covers(call.client_number, call.started_at)
        ),
    )


def _row_is_theirs(row: CdrRow, forgotten: Forgotten, pbx: PbxSettings) -> bool:
    for raw in (row.source_number, row.destination_number):
        phone = normalise_phone(raw, region=pbx.region, area_code=pbx.area_code)
        if phone is not None and forgotten.covers(phone.e164, row.started_at):
            return True
    return False
