"""Sidecars: what stands beside a recording about its call, as JSON or as rows of a CSV.

A wrong field costs itself only: it is listed, and the other fields and sources go on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.documents import DocumentError, read_document
from core.shown import is_plain, shorten
from ingest.tables import split_line
from models.vocabulary.call import CallFacts, Direction, MetadataSource

MOST_BYTES = 1 << 20
FIELDS = (
    "call_id",
    "started_at",
    "direction",
    "from",
    "to",
    "extension",
    "user_id",
    "agent_channel",
    "answered",
    "talk_s",
    "deal_id",
)
_LONGEST_TEXT, _LONGEST_QUOTE = 200, 60
_LONGEST_S = 7 * 24 * 3600
_YEARS = range(2000, 2100)
_YES, _NO = frozenset({"true", "1", "yes", "да"}), frozenset({"false", "0", "no", "нет"})


@dataclass(frozen=True, slots=True)
class Sidecar:
    """Facts of one sidecar and what was wrong with it, each a full sentence.

    `facts` is ``None`` where nothing usable was said.
    """

    facts: CallFacts | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """One row of a CSV manifest: the recording that it names and what it says."""

    recording: str
    line: int
    sidecar: Sidecar


def read_sidecar(path: Path, place: str) -> Sidecar:
    """Reads a JSON sidecar; `place` is what problems call the file."""
    try:
        document = read_document(path, MOST_BYTES)
    except DocumentError as error:
        sentence = f"{place}: expected a JSON object in UTF-8, but it {error.problem}"
        return Sidecar(None, (f"{sentence}; correct it or send it again",))
    except OSError as error:
        return Sidecar(None, (f"{place}: cannot be read ({error.strerror}); send it again",))
    if not isinstance(document, dict):
        kind = type(document).__name__
        return Sidecar(None, (f"{place}: $: expected a JSON object, found a {kind}",))
    return sidecar_from_fields(document, place)


def sidecar_from_fields(fields: Mapping[str, object], place: str) -> Sidecar:
    """Facts from named values; unknown names are ignored, ``None`` and '' mean missing."""
    values: dict[str, object] = {}
    problems: list[str] = []
    for name in FIELDS:
        raw = fields.get(name)
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            continue
        try:
            values[name] = _READERS[name](raw)
        except ValueError as error:
            problems.append(
                f"{place}: $.{name}: expected {error}, found {_quoted(raw)}; field ignored"
            )
    return Sidecar(_facts(values) if values else None, tuple(problems))


def is_sidecar(document: object) -> bool:
    """Whether a parsed JSON document has a field of a sidecar at its top."""
    return isinstance(document, dict) and any(name in document for name in FIELDS)


def read_manifest(text: str, place: str, delimiter: str) -> list[ManifestRow]:
    """The rows of a CSV manifest that name a recording."""
    lines = text.splitlines()
    header = [name.strip().casefold() for name in split_line(lines[0], delimiter)]
    found = []
    for at, line in enumerate(lines[1:], 2):
        row = dict(zip(header, split_line(line, delimiter), strict=False))
        recording = (row.get("recording") or "").strip()
        if recording:
            sidecar = sidecar_from_fields(row, f"{place}, line {at}")
            found.append(ManifestRow(recording.replace("\\", "/"), at, sidecar))
    return found


def is_manifest(header: Sequence[str]) -> bool:
    """Whether a CSV with this first row is a manifest."""
    return "recording" in {name.strip().casefold() for name in header}


def _facts(values: Mapping[str, object]) -> CallFacts:
    renamed = {"from": "from_number", "to": "to_number"}
    known = {renamed.get(name, name): value for name, value in values.items()}
    return CallFacts(MetadataSource.SIDECAR, **known)  # type: ignore[arg-type] # _READERS type them


def _text(raw: object) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise ValueError("a text")  # noqa: TRY004 - the caller words every wrong value alike
    text = str(raw).strip()
    if len(text) > _LONGEST_TEXT or not is_plain(text):
        raise ValueError(f"at most {_LONGEST_TEXT} characters, none of them a control character")
    return text


def _quoted(raw: object) -> str:
    return shorten(repr(raw), _LONGEST_QUOTE)


def _time(raw: object) -> datetime:
    expected = "an ISO 8601 time with an offset (2026-08-12T10:15:30+03:00)"
    try:
        at = datetime.fromisoformat(raw.strip()) if isinstance(raw, str) else None
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        raise ValueError(expected)
    if at.year not in _YEARS:
        raise ValueError(f"a year from {_YEARS[0]} to {_YEARS[-1]}")
    return at


def _direction(raw: object) -> Direction:
    try:
        return Direction(str(raw).strip().casefold())
    except ValueError:
        raise ValueError('"in", "out" or "internal"') from None


def _channel(raw: object) -> int:
    text = str(raw).strip()
    if isinstance(raw, bool) or text not in {"0", "1"}:
        raise ValueError("0 (left) or 1 (right)")
    return int(text)


def _answered(raw: object) -> bool:
    word = str(raw).strip().casefold()
    if word not in _YES | _NO:
        raise ValueError("true or false")
    return word in _YES


def _seconds(raw: object) -> float:
    try:
        seconds = math.nan if isinstance(raw, bool) else float(str(raw).strip().replace(",", "."))
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= _LONGEST_S:
        raise ValueError("a number of seconds from 0 to those of a week")
    return seconds


_READERS: Mapping[str, Callable[[object], object]] = {
    "call_id": _text,
    "started_at": _time,
    "direction": _direction,
    "from": _text,
    "to": _text,
    "extension": _text,
    "user_id": _text,
    "agent_channel": _channel,
    "answered": _answered,
    "talk_s": _seconds,
    "deal_id": _text,
}
