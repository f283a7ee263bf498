"""The way in: a folder of recordings becomes calls, with what could not be used beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path, PurePosixPath

from core.settings import PbxSettings
from ingest.arrival import Arrivals, KnownFiles, scan_folder, shown
from ingest.cdr import read_cdr
from ingest.cdr_calls import (
    CdrCall,
    facts_of_rows,
    group_rows,
    learned_numbers,
)
from ingest.cdr_join import (
    CallsByTime,
    CdrIndex,
    Wanted,
    rows_for_recordings,
    summary_of,
)
from ingest.copies import without_copies
from ingest.describe import Sidecars, Tables, read_tables, report_bad_rows
from ingest.growing import without_growing
from ingest.legs import leave_company, pair_legs
from ingest.merging import Described, call_of_facts, call_of_recording, merge_facts
from ingest.parties import OurSide, our_side, settle_parties, with_numbers
from ingest.sources import Sources, facts_of_name, sources_of
from models.sealed import NO_KEYS, Keys
from models.vocabulary.call import (
    Call,
    CallFacts,
    CdrRow,
    Direction,
    RecordingProblem,
)
from models.vocabulary.deal import User
from models.vocabulary.files import Mark
from models.vocabulary.ledger import settled_rows


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


def gather_calls(  # noqa: PLR0913 - the sources of what is known of calls
    folder: Path,
    *,
    pbx: PbxSettings,
    timezone: str,
    users: Sequence[User],
    cdr: Path | None = None,
    sources: Mapping[str, PbxSettings] | None = None,
    known: Iterable[CdrRow] = (),
    keys: Keys = NO_KEYS,
    files: KnownFiles | None = None,
    whole: Mapping[str, Mark] | None = None,
    may_be_empty: bool = False,
) -> Gathered:
    """Reads `folder` recursively and says of each recording which call it is.

    Without `cdr` the call detail records that lie in the folder are used.

    Args:
        folder: the recordings.
        pbx: the settings of telephone systems that have none of their own.
        timezone: the CRM's; it counts where a system's settings name none.
        users: who works here, with extensions and phones.
        cdr: a call detail record that counts instead of those in the folder.
        sources: the settings of the systems whose recordings lie in a folder of their own, by
            its name; the call records of one then explain no other one's recordings.
        known: rows of the ledger that came earlier, whatever became of their files.
        keys: what opens sealed recordings.
        files: what earlier scans found in the folder's files (see `scan_folder`).
        whole: the files that are complete (see `scan_folder`); calls of others come later.
        may_be_empty: a folder without recordings is right.

    Raises:
        InvalidInputError: the folder is missing or empty, or `cdr` is no call record.
        SealedError: a recording cannot be opened with `keys`.
    """
    systems = sources_of(pbx, sources or {}, timezone)
    common = systems.common
    given = None
    if cdr is not None:
        given = read_cdr(cdr, common.cdr_zone, zone_is_set=common.cdr_zone_is_set)
    arrivals = scan_folder(folder, keys, files=files, whole=whole, may_be_empty=may_be_empty)
    leave_company(arrivals)
    if given is not None and cdr is not None:
        report_bad_rows(given, PurePosixPath(cdr.name), arrivals.problems)
    tables = read_tables(arrivals, systems, skip=cdr)
    rows = [row for one in ([given] if given else tables.cdrs) for row in one.rows]
    rows += [replace(row, account=systems.named(row.account).account) for row in known]
    settled = settled_rows(rows)
    if whole is not None:
        settled = without_growing(settled, arrivals, systems)
    described = _describe(arrivals, tables, systems)
    ours = our_sides(described, settled, systems, users)
    return _tie(described, settled, ours, systems, arrivals)


def _describe(arrivals: Arrivals, tables: Tables, systems: Sources) -> list[Described]:
    """Each recording with what its sidecars and its name say."""
    sidecars = Sidecars(arrivals, tables)
    described = []
    for recording in pair_legs(arrivals.audio):
        facts = sidecars.facts_for(recording)
        named = facts_of_name(recording.place.with_name(recording.stem), systems)
        facts += [named] if named is not None else []
        place = shown(recording.place)
        described.append(
            Described(recording, place, tuple(facts), systems.of(recording.place).account)
        )
    sidecars.report_orphans()
    return described


def our_sides(
    described: Sequence[Described],
    rows: Sequence[CdrRow],
    systems: Sources,
    users: Sequence[User],
) -> dict[str, OurSide]:
    """What is ours, by account; a number that any source shows to be ours is no client's."""
    bare = {name: our_side(one.pbx, users) for name, one in systems.by_account.items()}
    numbers: set[str] = set()
    for account, ours in bare.items():
        own = [row for row in rows if row.account == account]
        told = with_numbers(ours, learned_numbers(own, ours))
        files = [each for each in described if each.account == account]
        numbers |= with_numbers(told, _shown_ours(files)).numbers
    return {account: with_numbers(ours, numbers) for account, ours in bare.items()}


def _shown_ours(described: Sequence[Described]) -> list[str | None]:
    """Numbers that file names and sidecars show to be ours."""
    found = []
    for each in described:
        for facts in each.facts:
            if facts.direction is Direction.IN and facts.from_number:
                found.append(facts.to_number)
            elif facts.direction is Direction.OUT and facts.to_number:
                found.append(facts.from_number)
    return found


def _tie(
    described: Sequence[Described],
    rows: Sequence[CdrRow],
    ours: Mapping[str, OurSide],
    systems: Sources,
    arrivals: Arrivals,
) -> Gathered:
    calls = {name: group_rows(row for row in rows if row.account == name) for name in ours}
    joined, used = _join(described, calls, ours)
    kept, duplicates = without_copies(joined)
    zones = {name: one.zone for name, one in systems.by_account.items()}
    found = [_arrived(each, ours[each.account], zones[each.account]) for each in kept]
    arrived = _with_own_ids(sorted(found, key=lambda each: _order(each.call)))
    unrecorded = [
        call for name, group in calls.items() for call in _unrecorded(group, used, ours[name], name)
    ]
    return Gathered(
        arrived=arrived,
        cdr=tuple(rows),
        unrecorded=_apart(sorted(unrecorded, key=_order), arrived),
        problems=tuple(sorted(arrivals.problems, key=lambda p: (p.recording, p.detail))),
        duplicates=tuple(duplicates),
    )


def _join(
    described: Sequence[Described],
    calls: Mapping[str, Sequence[CdrCall]],
    ours: Mapping[str, OurSide],
) -> tuple[list[Described], set[CdrRow]]:
    """Adds to each recording the facts of its rows; also gives all rows that have one.

    A system's own rows go first; then those of no system in particular.
    """
    used: set[CdrRow] = set()
    joined: list[Described] = []
    for account, side in ours.items():
        own = [each for each in described if each.account == account]
        told = _explained(own, calls[account], side, used)
        if account and calls[""]:
            left = [one for one, before in zip(told, own, strict=True) if one is before]
            late = dict(zip(map(id, left), _explained(left, calls[""], side, used), strict=True))
            told = [late.get(id(one), one) for one in told]
        joined += told
    return sorted(joined, key=lambda each: str(each.recording.place)), used


def _explained(
    described: Sequence[Described], calls: Sequence[CdrCall], ours: OurSide, used: set[CdrRow]
) -> list[Described]:
    """Each recording with the facts of its rows, itself where there are none; fills `used`."""
    index = CdrIndex(calls)
    wanted = [_wanted(each, ours) for each in described]
    rows_of = rows_for_recordings(index, wanted)
    used.update(row for rows in rows_of for row in rows)
    free = CallsByTime(summary_of(call, ours) for call in calls if used.isdisjoint(call.rows))
    joined = []
    for each, want, rows in zip(described, wanted, rows_of, strict=True):
        if not rows:
            call = free.only_call(want)
            rows = call.rows if call is not None else ()  # noqa: PLW2901 - the fallback's rows
            used.update(rows)
        told = replace(each, facts=(*each.facts, facts_of_rows(rows, ours))) if rows else each
        joined.append(told)
    return joined


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


def _unrecorded(
    calls: Sequence[CdrCall], used: set[CdrRow], ours: OurSide, account: str
) -> Iterator[Call]:
    for call in calls:
        if used.isdisjoint(call.rows):
            facts: CallFacts = facts_of_rows(call.rows, ours)
            yield call_of_facts(facts, call.rows[0].started_at, ours, account)


def _apart(calls: Sequence[Call], arrived: Sequence[ArrivedCall]) -> tuple[Call, ...]:
    """Unrecorded calls; one that bears the id of another system's call tells its own."""
    taken = {each.call.call_id: each.call.account for each in arrived}
    apart = []
    for call in calls:
        other = taken.setdefault(call.call_id, call.account)
        own = call.call_id if other == call.account else f"{call.call_id}@{call.account}"
        apart.append(replace(call, call_id=own))
    return tuple(apart)


def _order(call: Call) -> tuple[float, str]:
    return call.started_at.timestamp(), call.recording or call.call_id
