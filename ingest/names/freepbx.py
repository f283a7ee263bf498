"""FreePBX and plain Asterisk recording names.

``<type>-<dst>-<from>-YYYYMMDD-HHMMSS-<epoch.seq>``, read from the right because `dst` may
hold dashes and the unique id a system name (FreePBX callrecording, functions.inc.php).
"""

from __future__ import annotations

import re
from datetime import datetime

from ingest.names.naming import UNIQUE_ID, NamedFile
from ingest.names.when import from_epoch, moment
from models.vocabulary.call import CallFacts, Direction, MetadataSource

_STAMP = rf"(?P<date>\d{{8}})-(?P<time>\d{{6}})-(?P<uid>{UNIQUE_ID})"
_TYPED = re.compile(rf"^(?P<type>[A-Za-z]+)-(?P<sides>.*)-{_STAMP}$")
_CONFERENCE = re.compile(
    rf"^(?P<a>\w+)-(?P<b>[\w+]+)-(?P<policy>always|yes|force|dontcare|never|no|ondemand)-{_STAMP}$",
    re.IGNORECASE,
)
_DATED = re.compile(
    rf"^(?P<date>\d{{8}})-(?P<time>\d{{6}})-(?P<caller>.+)-(?P<callee>[^-]*)-(?P<uid>{UNIQUE_ID})$"
)
_OLD = re.compile(rf"^(?P<type>OUT|IN|q|g)(?P<number>\d+)-{_STAMP}$", re.IGNORECASE)
_PLAIN = re.compile(rf"^(?:pickup_)?(?P<uid>{UNIQUE_ID})$")

_TALKING_CALLEE = frozenset({"external", "exten", "internal", "parked", "ondemand"})


def read_freepbx(name: NamedFile) -> CallFacts | None:
    """Facts in a name of FreePBX or of an Asterisk dialplan, ``None`` for other names."""
    for pattern, read in _FORMS:
        match = pattern.match(name.stem)
        if match is not None:
            return read(match, name)
    return None


def _typed(match: re.Match[str], name: NamedFile) -> CallFacts:
    kind = match["type"].lower()
    to_number, from_number = _split_sides(kind, match["sides"])
    direction = {"out": Direction.OUT, "in": Direction.IN, "internal": Direction.INTERNAL}.get(kind)
    if kind == "page":
        direction = Direction.INTERNAL
    extension = None
    if kind != "in" and name.is_extension(from_number):
        extension = from_number
    elif kind in _TALKING_CALLEE and name.is_extension(to_number):
        extension = to_number
    return CallFacts(
        MetadataSource.FILENAME,
        call_id=match["uid"],
        started_at=_start(match, name),
        direction=direction,
        from_number=from_number or None,
        to_number=to_number or None,
        extension=extension,
    )


def _split_sides(kind: str, sides: str) -> tuple[str, str]:
    """(dst, from): dashes belong to the dialled number of `out`, else to the caller."""
    if kind in {"out", "force", "ondemand"}:
        dst, _, source = sides.rpartition("-")
    else:
        dst, _, source = sides.partition("-")
    return dst.strip(), source.strip()


def _conference(match: re.Match[str], name: NamedFile) -> CallFacts:
    """``<room>-<room>-<policy>`` is a conference, ``<group>-<from>-<policy>`` a page."""
    page = match["a"] != match["b"]
    caller = match["b"] if page else None
    return CallFacts(
        MetadataSource.FILENAME,
        call_id=match["uid"],
        started_at=_start(match, name),
        direction=Direction.INTERNAL if page and name.is_extension(match["b"]) else None,
        from_number=caller,
        to_number=match["a"] if page else None,
        extension=caller if caller and name.is_extension(caller) else None,
    )


def _dated(match: re.Match[str], name: NamedFile) -> CallFacts:
    sides = (match["caller"], match["callee"])
    inside = [side for side in sides if name.is_extension(side)]
    return CallFacts(
        MetadataSource.FILENAME,
        call_id=match["uid"],
        started_at=_start(match, name),
        from_number=sides[0] or None,
        to_number=sides[1] or None,
        extension=inside[0] if inside else None,
    )


def _old(match: re.Match[str], name: NamedFile) -> CallFacts:
    kind, number = match["type"].lower(), match["number"]
    outgoing = kind == "out"
    return CallFacts(
        MetadataSource.FILENAME,
        call_id=match["uid"],
        started_at=_start(match, name),
        direction=Direction.OUT if outgoing else Direction.IN,
        from_number=number if outgoing else None,
        to_number=None if outgoing else number,
        extension=number if kind in {"out", "in"} and name.is_extension(number) else None,
    )


def _plain(match: re.Match[str], name: NamedFile) -> CallFacts:
    return CallFacts(
        MetadataSource.FILENAME, call_id=match["uid"], started_at=_unique_id_time(match, name)
    )


def _start(match: re.Match[str], name: NamedFile) -> datetime | None:
    """The date in the name; where that cannot be, the second in the unique id."""
    return moment(match["date"] + match["time"], name.zone) or _unique_id_time(match, name)


def _unique_id_time(match: re.Match[str], name: NamedFile) -> datetime | None:
    return from_epoch(match["uid"].rpartition("-")[2], name.zone)


_FORMS = (
    (_CONFERENCE, _conference),
    (_TYPED, _typed),
    (_DATED, _dated),
    (_OLD, _old),
    (_PLAIN, _plain),
)
