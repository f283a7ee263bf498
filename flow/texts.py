"""Reads the texts that `stagecheck classify` gets (docs/formats.md, section 4)."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError

from core.documents import DocumentError, parse_document, read_document
from core.shown import shorten
from models.vocabulary.call import Direction
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.transcript import Segment, Speaker

_REMEDY = "Correct the file; docs/formats.md, section 4 shows its form."
_STDIN = "-"
_YEARS = range(1900, 2200)
_LONGEST_S = 7 * 24 * 3600
_MOST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class TextCall:
    """A call that came as text: `started_at` is in the call's own time zone."""

    call_id: str
    started_at: datetime
    direction: Direction | None
    segments: tuple[Segment, ...]


def read_texts(path: Path) -> list[TextCall]:
    """Reads one call or a list of calls; ``-`` is the standard input.

    Raises:
        InvalidInputError: the file cannot be read or has not the contract's form; names the
            place in it and what was expected.
    """
    document = _load(path)
    several = isinstance(document, list)
    calls = document if isinstance(document, list) else [document]
    texts = []
    for place, call in enumerate(calls):
        where = f"[{place}]" if several else ""
        texts.append(_text_call(call, f"{_name(path)}: {where}"))
    return texts


class _SegmentIn(BaseModel):
    text: str
    speaker: Annotated[Speaker, BeforeValidator(lambda value: value or Speaker.UNKNOWN)] = (
        Speaker.UNKNOWN
    )
    start: Annotated[float, Field(ge=0, le=_LONGEST_S, allow_inf_nan=False)] | None = None
    end: Annotated[float, Field(ge=0, le=_LONGEST_S, allow_inf_nan=False)] | None = None


def _id(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _zone(value: object) -> object:
    if value is None:
        return None
    try:
        return ZoneInfo(value) if isinstance(value, str) else value
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("expected an IANA time zone such as Europe/Moscow") from error


def _moment(value: object) -> object:
    """Takes ISO 8601 only: a bare number would be read as seconds since 1970."""
    if not isinstance(value, str):
        raise ValueError("expected an ISO 8601 time such as 2026-11-09T10:12:40+03:00")  # noqa: TRY004 - only a ValueError gets its place from Pydantic
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError as error:
        raise ValueError("expected an ISO 8601 time such as 2026-11-09T10:12:40+03:00") from error
    if moment.year not in _YEARS:
        raise ValueError(f"expected a year from {_YEARS[0]} to {_YEARS[-1]}")
    return moment


class _CallIn(BaseModel):
    model_config = {"arbitrary_types_allowed": True}

    call_id: Annotated[str, BeforeValidator(_id)]
    started_at: Annotated[datetime, BeforeValidator(_moment)]
    segments: list[_SegmentIn]
    timezone: Annotated[ZoneInfo | None, BeforeValidator(_zone)] = None
    direction: Direction | None = None


_CALL = TypeAdapter(_CallIn)


def _load(path: Path) -> Any:
    try:
        if str(path) == _STDIN:
            return parse_document(sys.stdin.buffer.read(_MOST_BYTES + 1), _MOST_BYTES)
        return read_document(path, _MOST_BYTES)
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error})"
        raise InvalidInputError(_name(path), problem, "Name an existing file.") from error
    except DocumentError as error:
        remedy = f"{error.remedy} docs/formats.md, section 4 shows its form."
        raise InvalidInputError(_name(path), error.problem, remedy) from error


def _text_call(document: object, place: str) -> TextCall:
    try:
        call = _CALL.validate_python(document)
    except ValidationError as error:
        raise _invalid(error, place) from error
    if call.timezone is None and call.started_at.tzinfo is None:
        problem = "no offset in `started_at` and no `timezone`: one of them is needed"
        raise InvalidInputError(place.rstrip(": "), problem, _REMEDY)
    return TextCall(
        call_id=call.call_id,
        started_at=_in_zone(call.started_at, call.timezone),
        direction=call.direction,
        segments=_segments(call.segments),
    )


def _in_zone(moment: datetime, zone: ZoneInfo | None) -> datetime:
    if zone is None:
        return moment
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _segments(segments: Sequence[_SegmentIn]) -> tuple[Segment, ...]:
    return tuple(
        Segment(speaker=one.speaker, text=one.text, start=one.start, end=one.end)
        for one in segments
    )


def _invalid(error: ValidationError, place: str) -> InvalidInputError:
    first = error.errors()[0]
    path = place.endswith("]")
    steps = ""
    for part in first["loc"]:
        dot = "." if steps or path else ""
        steps += f"[{part}]" if isinstance(part, int) else f"{dot}{part}"
    if first["type"] == "missing":
        problem = "is missing"
    else:
        found = json.dumps(first["input"], ensure_ascii=False, default=str)
        said = first["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
        problem = f"{said}, found {shorten(found, 60)}"
    return InvalidInputError((place + steps).rstrip(": "), problem, _REMEDY)


def _name(path: Path) -> str:
    return "standard input" if str(path) == _STDIN else str(path)
