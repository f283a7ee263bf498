"""What a recording's name says: one reader per telephone system, the customer's own first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from pathlib import PurePosixPath

from ingest.names.custom import read_custom
from ingest.names.freepbx import read_freepbx
from ingest.names.generic import read_generic
from ingest.names.naming import NamedFile, stem_of
from ingest.names.systems import (
    read_3cx,
    read_fusionpbx,
    read_grandstream,
    read_mikopbx,
    read_ringcentral,
    read_telesis,
    read_yeastar,
)
from models.vocabulary.call import CallFacts

_READERS: tuple[Callable[[NamedFile], CallFacts | None], ...] = (
    read_3cx,
    read_mikopbx,
    read_grandstream,
    read_yeastar,
    read_freepbx,
    read_ringcentral,
    read_telesis,
    read_fusionpbx,
    read_generic,
)


def facts_from_name(
    path: PurePosixPath,
    zone: tzinfo,
    patterns: Sequence[str] = (),
    longest_extension: int = 5,
) -> CallFacts | None:
    """What the name at `path` (relative to the recordings folder) says about its call.

    Dates are read in `zone`, the PBX's own. `patterns` are the customer's and go first.
    ``None`` where the name says nothing; a date that cannot be leaves `started_at` empty.
    """
    name = NamedFile(path, stem_of(path.name), zone, longest_extension)
    facts = read_custom(name, patterns)
    for read in _READERS:
        if facts is not None:
            return facts
        facts = read(name)
    return facts


__all__ = ["facts_from_name", "stem_of"]
