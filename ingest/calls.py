"""The way in: a folder of recordings becomes calls, with what could not be used beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.settings import PbxSettings
from ingest.arrival import Arrivals, KnownFiles, scan_folder, shown
from ingest.cdr import Cdr, read_cdr
from ingest.cdr_calls import (
    CdrCall,
    facts_of_rows,
    group_rows,
    id_key,
    learned_numbers,
    name_key,
)
from ingest.cdr_join import (
    CallsByTime,
    CdrIndex,
    CdrSummary,
    Wanted,
    recording_names,
    rows_for_recordings,
)
from ingest.copies import without_copies
from ingest.describe import Sidecars, Tables, read_tables, report_bad_rows
from ingest.legs import leave_company, pair_legs
from ingest.listing import is_uploading
from ingest.merging import Described, call_of_facts, call_of_recording, merge_facts
from ingest.names import facts_from_name
from ingest.parties import OurSide, our_side, settle_parties, with_numbers
from models.vocabulary.call import (
    Call,
    CallFacts,
    CdrRow,
    Direction,
    RecordingProblem,
)
from models.vocabulary.deal import User
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.files import Mark


@dataclass(frozen=True, slots=True)
class ArrivedCall:
    """A call and its audio: one file, or two legs, the outside party's first, ours second.

    Of two legs `call.agent_channel` is 1 unless a sidecar says otherwise: the second file.
    """

    call: Call
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that a recordings folder and its call detail record gave.

    `arrived` and `unrecorded` (calls that only the CDR knows, answered or not) stand in
    the order of their start. `problems` are files and rows that could not be used;
    `duplicates` are files that repeat another one's bytes or call, which is no error.
    """

    arrived: tuple[ArrivedCall, ...]
    cdr: tuple[CdrRow, ...]
    unrecorded: tuple[Call, ...]
    problems: tuple[RecordingProblem, ...]
    duplicates: tuple[RecordingProblem, ...] = ()


def gather_calls(  # noqa: PLR0913 - the folder, and all that tells what lies in it
    folder: Path,
    *,
    pbx: PbxSettings,
    timezone: str,
    users: Sequence[User],
    cdr: Path | None = None,
    known: KnownFiles | None = None,
    whole: Mapping[str, Mark] | None = None,
) -> Gathered:
    """Reads `folder` recursively and says of each recording which call it is.

    `timezone` is the CRM's and counts where the PBX's settings name none. Without `cdr`
    the call detail records that lie in the folder are used. `known` and `whole` are those of
    `scan_folder`.

    Raises:
        InvalidInputError: the folder is missing or empty, or `cdr` is no call record.
    """
    zone, cdr_zone = _zone(pbx.timezone or timezone), _zone(pbx.cdr_timezone or timezone)
    if pbx.cdr_timezone is None:
        cdr_zone = zone
    zone_is_set = pbx.cdr_timezone is not None
    given = read_cdr(cdr, cdr_zone, zone_is_set=zone_is_set) if cdr is not None else None
    arrivals = scan_folder(folder, known=known, whole=whole)
    leave_company(arrivals)
    if given is not None and cdr is not None:
        report_bad_rows(given, PurePosixPath(cdr.name), arrivals.problems)
    tables = read_tables(arrivals, cdr_zone, zone_is_set=zone_is_set, skip=cdr)
    rows = _all_rows([given] if given else tables.cdrs)
    if whole is not None:
        rows = _without_growing(rows, arrivals, zone)
    described = _describe(arrivals, tables, pbx, zone)
    ours = _learn(described, rows, our_side(pbx, users))
    return _tie(described, rows, ours, zone, arrivals)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInputError(
            "timezone", f"`{name}` is no IANA time zone", "Write it like Europe/Moscow."
        ) from error


def _all_rows(cdrs: Iterable[Cdr]) -> tuple[CdrRow, ...]:
    rows = dict.fromkeys(row for cdr in cdrs for row in cdr.rows)
    return tuple(sorted(rows, key=lambda row: row.started_at))


def _without_growing(
    rows: Sequence[CdrRow], arrivals: Arrivals, zone: tzinfo
) -> tuple[CdrRow, ...]:
    """The rows but for those of recordings that grow: such a call comes with its recording."""
    growing = [place for place in arrivals.unfinished if not is_uploading(place.name)]
    names = {name_key(place.name) for place in growing}
    told = [facts_from_name(PurePosixPath(shown(place)), zone) for place in growing]
    ids = {id_key(facts.call_id) for facts in told if facts is not None and facts.call_id}

    def comes(row: CdrRow) -> bool:
        return id_key(row.call_id) in ids or not names.isdisjoint(recording_names(row))

    return tuple(row for row in rows if not comes(row)) if growing else tuple(rows)


def _describe(
    arrivals: Arrivals, tables: Tables, pbx: PbxSettings, zone: tzinfo
) -> list[Described]:
    """Each recording with what its sidecars and its name say."""
    sidecars = Sidecars(arrivals, tables)
    described = []
    for recording in pair_legs(arrivals.audio):
        facts = sidecars.facts_for(recording)
        named = facts_from_name(
            PurePosixPath(shown(recording.place.with_name(recording.stem))),
            zone,
            pbx.filename_patterns,
            pbx.extension_max_digits,
        )
        facts += [named] if named is not None else []
        described.append(Described(recording, shown(recording.place), tuple(facts)))
    sidecars.report_orphans()
    return described


def _learn(described: Sequence[Described], rows: Sequence[CdrRow], ours: OurSide) -> OurSide:
    """Numbers that sources show to be ours, so that no call takes them for a client's."""
    ours = with_numbers(ours, learned_numbers(rows, ours))
    shown_ours = []
    for each in described:
        for facts in each.facts:
            if facts.direction is Direction.IN and facts.from_number:
                shown_ours.append(facts.to_number)
            elif facts.direction is Direction.OUT and facts.to_number:
                shown_ours.append(facts.from_number)
    return with_numbers(ours, shown_ours)


def _tie(
    described: Sequence[Described],
    rows: Sequence[CdrRow],
    ours: OurSide,
    zone: tzinfo,
    arrivals: Arrivals,
) -> Gathered:
    calls = group_rows(rows)
    joined, used = _join(described, calls, ours)
    kept, duplicates = without_copies(joined)
    arrived = [_arrived(each, ours, zone) for each in kept]
    return Gathered(
        arrived=_with_own_ids(sorted(arrived, key=lambda each: _order(each.call))),
        cdr=tuple(rows),
        unrecorded=_unrecorded(calls, used, ours),
        problems=tuple(sorted(arrivals.problems, key=lambda p: (p.recording, p.detail))),
        duplicates=tuple(duplicates),
    )


def _join(
    described: Sequence[Described], calls: Sequence[CdrCall], ours: OurSide
) -> tuple[list[Described], set[CdrRow]]:
    """Adds to each recording the facts of its rows; also gives all rows that have one."""
    index = CdrIndex(calls)
    wanted = [_wanted(each, ours) for each in described]
    rows_of = rows_for_recordings(index, wanted)
    used = {row for rows in rows_of for row in rows}
    free = CallsByTime(_summary(call, ours) for call in calls if used.isdisjoint(call.rows))
    joined = []
    for each, want, rows in zip(described, wanted, rows_of, strict=True):
        if not rows:
            call = free.only_call(want)
            rows = call.rows if call is not None else ()  # noqa: PLW2901 - the fallback's rows
            used.update(rows)
        facts = (*each.facts, facts_of_rows(rows, ours)) if rows else each.facts
        joined.append(replace(each, facts=facts))
    return joined, used


def _wanted(described: Described, ours: OurSide) -> Wanted:
    facts = merge_facts(described.facts)
    parties = settle_parties(facts, ours)
    ids = [each.call_id for each in described.facts] + [each.linked_id for each in described.facts]
    recording = described.recording
    return Wanted(
        names=(*(file.place.name for file in recording.files), recording.stem),
        ids=tuple(each for each in ids if each),
        started_at=facts.started_at,
        client=parties.client_number,
        extension=parties.extension,
    )


def _summary(call: CdrCall, ours: OurSide) -> CdrSummary:
    facts = facts_of_rows(call.rows, ours)
    parties = settle_parties(facts, ours)
    answers = [row.answered_at for row in call.rows if row.answered_at]
    return CdrSummary(
        call,
        call.rows[0].started_at,
        min(answers, default=None),
        parties.client_number,
        parties.extension,
    )


def _arrived(described: Described, ours: OurSide, zone: tzinfo) -> ArrivedCall:
    call = call_of_recording(described, ours, zone)
    files = described.recording.ordered(call.direction)
    return ArrivedCall(call, tuple(file.path for file in files))


def _with_own_ids(arrived: Sequence[ArrivedCall]) -> tuple[ArrivedCall, ...]:
    """Several recordings of one call keep apart: all but the first get bytes of their hash."""
    seen: Counter[str] = Counter()
    result = []
    for each in arrived:
        call = each.call
        if seen[call.call_id]:
            call = replace(call, call_id=f"{call.call_id}~{(call.sha256 or '')[:8]}")
        seen[each.call.call_id] += 1
        result.append(replace(each, call=call))
    return tuple(result)


def _unrecorded(calls: Sequence[CdrCall], used: set[CdrRow], ours: OurSide) -> tuple[Call, ...]:
    found = []
    for call in calls:
        if used.isdisjoint(call.rows):
            facts: CallFacts = facts_of_rows(call.rows, ours)
            found.append(call_of_facts(facts, call.rows[0].started_at, ours))
    return tuple(sorted(found, key=_order))


def _order(call: Call) -> tuple[float, str]:
    return call.started_at.timestamp(), call.recording or call.call_id
