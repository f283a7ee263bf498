"""Calls whose recording is still being written: their rows wait with it."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.arrival import Arrivals
from ingest.cdr_calls import id_key, name_key
from ingest.cdr_join import recording_names
from ingest.listing import is_uploading
from ingest.sources import Sources, facts_of_name
from models.vocabulary.call import CdrRow


def without_growing(
    rows: Sequence[CdrRow], arrivals: Arrivals, systems: Sources
) -> tuple[CdrRow, ...]:
    """The rows but for those of recordings that grow: such a call comes with its recording."""
    coming: set[tuple[str, str]] = set()
    for place in arrivals.unfinished:
        if is_uploading(place.name):
            continue
        named = facts_of_name(place, systems)
        keys = {name_key(place.name)}
        keys |= {id_key(named.call_id)} if named is not None and named.call_id else set()
        coming |= {(account, key) for key in keys for account in (systems.of(place).account, "")}

    def comes(row: CdrRow) -> bool:
        keys = {id_key(row.call_id), *recording_names(row)}
        return any((row.account, key) in coming for key in keys)

    return tuple(row for row in rows if not comes(row)) if coming else tuple(rows)
