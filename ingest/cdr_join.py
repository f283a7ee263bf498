"""Which rows of the call detail record belong to which recording."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from ingest.cdr_calls import CdrCall, facts_of_rows, id_key, name_key
from ingest.parties import OurSide, settle_parties
from models.vocabulary.call import CdrRow

SAME_START_S = 60
"""Names may carry the second of the answer, or a clock of their own, so starts may differ."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of a recording before the CDR is asked, best first.

    `names` are base names, `ids` unique or linked ids, `client` E.164.
    """

    names: tuple[str, ...]
    ids: tuple[str, ...]
    started_at: datetime | None = None
    client: str | None = None
    extension: str | None = None


@dataclass(frozen=True, slots=True)
class CdrSummary:
    """One call of the CDR as far as it takes to recognise it by time and numbers."""

    call: CdrCall
    started_at: datetime
    answered_at: datetime | None
    client: str | None
    extension: str | None


def recording_names(row: CdrRow) -> set[str]:
    """The names of recordings that a row tells, as `name_key` gives them."""
    told = {row.recording, PurePosixPath(row.userfield or "").name}
    return {name_key(name) for name in told if name}


class CdrIndex:
    """Finds rows by recording name and by id."""

    def __init__(self, calls: Sequence[CdrCall]) -> None:
        self._by_name: dict[str, list[CdrRow]] = defaultdict(list)
        self._by_id: dict[str, list[CdrRow]] = defaultdict(list)
        self._by_linked: dict[str, list[CdrRow]] = defaultdict(list)
        self._call_of: dict[CdrRow, CdrCall] = {}
        for call in calls:
            for row in call.rows:
                self._add(row, call)

    def _add(self, row: CdrRow, call: CdrCall) -> None:
        self._call_of[row] = call
        for name in recording_names(row):
            self._by_name[name].append(row)
        self._by_id[id_key(row.call_id)].append(row)
        if row.linked_id:
            self._by_linked[id_key(row.linked_id)].append(row)

    def own_rows(self, wanted: Wanted) -> list[CdrRow]:
        """The rows that name the recording or carry its id, best evidence first."""
        names = [name_key(name) for name in wanted.names]
        ids = [id_key(call_id) for call_id in wanted.ids]
        for index, keys in (
            (self._by_name, names),
            (self._by_id, ids + names),
            (self._by_linked, ids),
        ):
            for key in keys:
                if key in index:
                    return list(index[key])
        return []

    def call_of(self, row: CdrRow) -> CdrCall:
        """The call that a row belongs to."""
        return self._call_of[row]


def summary_of(call: CdrCall, ours: OurSide) -> CdrSummary:
    """What it takes to recognise a call by time and numbers."""
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


def rows_for_recordings(index: CdrIndex, wanted: Sequence[Wanted]) -> list[tuple[CdrRow, ...]]:
    """For each recording its own rows and those rows of its call that no other one claims."""
    own = [index.own_rows(each) for each in wanted]
    claimed = {row for rows in own for row in rows}
    joined = []
    for rows in own:
        mine = dict.fromkeys(rows)
        for row in rows:
            others = index.call_of(row).rows
            mine |= dict.fromkeys(other for other in others if other not in claimed)
        joined.append(tuple(sorted(mine, key=lambda row: row.started_at)))
    return joined


class CallsByTime:
    """Finds calls by when they began and who took part."""

    def __init__(self, calls: Iterable[CdrSummary]) -> None:
        self._calls: dict[int, list[CdrSummary]] = defaultdict(list)
        for call in calls:
            slots = {_slot(at) for at in (call.started_at, call.answered_at) if at is not None}
            for slot in slots:
                self._calls[slot].append(call)

    def only_call(self, wanted: Wanted) -> CdrCall | None:
        """The only call with the recording's client (or extension) that began when it did."""
        if wanted.started_at is None or not (wanted.client or wanted.extension):
            return None
        slot = _slot(wanted.started_at)
        near = {
            id(call): call
            for each in (slot - 1, slot, slot + 1)
            for call in self._calls.get(each, ())
            if _same_parties(wanted, call) and _same_time(wanted, call)
        }
        return next(iter(near.values())).call if len(near) == 1 else None


def _slot(at: datetime) -> int:
    """A stretch of time; moments that count as the same lie in the same or in neighbouring ones."""
    return int(at.timestamp() // SAME_START_S)


def _same_parties(wanted: Wanted, call: CdrSummary) -> bool:
    if wanted.client and call.client:
        return wanted.client == call.client
    return wanted.extension is not None and wanted.extension == call.extension


def _same_time(wanted: Wanted, call: CdrSummary) -> bool:
    times = [at for at in (call.started_at, call.answered_at) if at is not None]
    at = wanted.started_at
    return at is not None and any(
        abs((at - time).total_seconds()) <= SAME_START_S for time in times
    )
