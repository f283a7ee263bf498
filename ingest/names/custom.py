"""Names that a customer describes: regular expressions with named groups in the settings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from ingest.names.naming import NamedFile, direction_of
from ingest.names.when import find_moment, from_epoch, moment
from models.vocabulary.call import CallFacts, MetadataSource


def read_custom(name: NamedFile, patterns: Sequence[str]) -> CallFacts | None:
    """Facts by the first of the `patterns` that is found in the base name or in the path.

    Groups: `date` (``YYYYMMDD``, ``YYYY-MM-DD``, ``DD.MM.YYYY``, ``YYMMDD``), `time`
    (``HHMMSS``, ``HH-MM-SS``, ``HHMM``), `epoch`, `from`, `to`, `other`, `extension`,
    `direction`, `call_id`, `agent`, `deal_id`; each may be missing.
    """
    for pattern in patterns:
        match = re.search(pattern, name.path.name) or re.search(pattern, str(name.path))
        if match is not None:
            return _facts({key: value or None for key, value in match.groupdict().items()}, name)
    return None


def _facts(groups: dict[str, str | None], name: NamedFile) -> CallFacts:
    return CallFacts(
        MetadataSource.FILENAME,
        call_id=groups.get("call_id"),
        started_at=_start(groups, name),
        direction=direction_of(groups.get("direction") or ""),
        from_number=groups.get("from"),
        to_number=groups.get("to"),
        other_number=groups.get("other"),
        extension=groups.get("extension"),
        agent_name=groups.get("agent"),
        deal_id=groups.get("deal_id"),
    )


def _start(groups: dict[str, str | None], name: NamedFile) -> datetime | None:
    if groups.get("epoch"):
        return from_epoch(groups["epoch"] or "", name.zone)
    day, clock = groups.get("date"), groups.get("time")
    if day and not clock:
        found = find_moment(day, name.zone)
        return found.at if found else None
    if not (day and clock):
        return None
    digits = re.sub(r"\D", "", clock)
    day_first = re.fullmatch(r"(\d\d)\D(\d\d)\D(\d{4})", day)
    ordered = "".join(day_first.group(3, 2, 1)) if day_first else re.sub(r"\D", "", day)
    return moment(ordered + digits.ljust(6, "0"), name.zone)
