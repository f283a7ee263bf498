"""Reads the CRM snapshot file (docs/formats.md, section 2) into our own words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from core.crm_settings import CrmSettings
from core.documents import DocumentError, read_document
from core.shown import shorten
from crm.build import build_snapshot
from crm.checks import Problem, find_dangling, find_problem
from crm.naming import rename_fields
from crm.records import SnapshotRecord
from crm.values import without_empty
from models.vocabulary.deal import CrmSnapshot
from models.vocabulary.errors import InvalidInputError

_REMEDY = "Correct the file or export it again; docs/formats.md, section 2 shows its form."
_MOST_BYTES = 512 << 20
_MOST_WARNINGS = 100
_LONGEST_QUOTE, _LONGEST_PROBLEM = 60, 500
_ZONE_EXAMPLE = "an IANA time zone such as Europe/Moscow"


@dataclass(frozen=True, slots=True)
class SnapshotRead:
    """A snapshot and what is odd about it; `warnings` are sentences that name their place."""

    snapshot: CrmSnapshot
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """The CRM as a file; fulfils `crm.port.CrmReader`."""

    path: Path
    settings: CrmSettings

    def snapshot(self) -> CrmSnapshot:
        """Everything the file says; the warnings of `read_snapshot` are left out."""
        return read_snapshot(self.path, self.settings).snapshot


def read_snapshot(path: Path, settings: CrmSettings) -> SnapshotRead:
    """Reads a snapshot; every time in it is aware, every id a text.

    Times without an offset are in the snapshot's `timezone`. Null, blank and missing say the
    same. A deal in an unknown pipeline or stage is an error; people, companies and deals
    that are referred to but missing (a partial export) are warnings.

    Raises:
        InvalidInputError: the file cannot be read or breaks docs/formats.md, section 2.
    """
    document = rename_fields(_read_object(path), settings.field_names)
    timezone, warnings = _timezone(document, path)
    try:
        record = SnapshotRecord.model_validate(document, context={"timezone": ZoneInfo(timezone)})
    except ValidationError as error:
        raise _invalid(path, _first_problem(error)) from error
    problem = find_problem(record)
    if problem is not None:
        raise _invalid(path, problem)
    built = build_snapshot(record, timezone)
    found = (*warnings, *find_dangling(record), *built.warnings)
    told = [shorten(warning, _LONGEST_PROBLEM) for warning in found[:_MOST_WARNINGS]]
    if len(found) > len(told):
        told.append(f"{len(found) - len(told)} more warnings of this kind")
    return SnapshotRead(built.snapshot, tuple(f"{path}: {warning}" for warning in told))


def _read_object(path: Path) -> dict[str, object]:
    try:
        document = without_empty(read_document(path, _MOST_BYTES))
    except DocumentError as error:
        remedy = f"{error.remedy} docs/formats.md, section 2 shows its form."
        raise InvalidInputError(str(path), error.problem, remedy) from error
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error})"
        raise InvalidInputError(str(path), problem, "Name an existing snapshot file.") from error
    if not isinstance(document, dict):
        problem = f"is {_in_words(document)}, expected a JSON object"
        raise InvalidInputError(str(path), problem, _REMEDY)
    return document


def _timezone(document: dict[str, object], path: Path) -> tuple[str, list[str]]:
    """The name of the snapshot's zone; where none is named, that of `as_of`'s offset."""
    if "timezone" not in document:
        return _zone_of_offset(document.get("as_of"), path)
    name = document["timezone"]
    try:
        if isinstance(name, str):
            return ZoneInfo(name.strip()).key, []
    except (KeyError, ValueError, OSError):  # what zoneinfo raises for unknown and odd names
        pass
    raise _invalid(path, Problem("timezone", f"expected {_ZONE_EXAMPLE}, found {name!r}"))


def _zone_of_offset(as_of: object, path: Path) -> tuple[str, list[str]]:
    try:
        offset = datetime.fromisoformat(str(as_of)).utcoffset()
    except ValueError:
        offset = None
    whole = offset is not None and not offset % timedelta(hours=1)
    if offset is None or not whole or abs(offset) > timedelta(hours=12):
        raise _invalid(path, Problem("timezone", f"is missing, expected {_ZONE_EXAMPLE}"))
    hours = offset // timedelta(hours=1)
    # POSIX counts west of Greenwich: Etc/GMT-3 is three hours east.
    name = "Europe/Moscow" if hours == 3 else f"Etc/GMT{-hours:+d}"
    return name, [f"`timezone` is missing, {name} taken from `as_of`"]


def _first_problem(error: ValidationError) -> Problem:
    first = error.errors()[0]
    where = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]
    ).lstrip(".")
    if first["type"] == "missing":
        what = "is missing or null, and is required"
    else:
        said = first["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
        what = f"{said}, found {_in_words(first['input'])}"
    others = error.error_count() - 1
    return Problem(where, f"{what} (and {others} more problems)" if others else what)


def _invalid(path: Path, problem: Problem) -> InvalidInputError:
    sentence = f"`{problem.where}` {problem.what}"
    return InvalidInputError(str(path), shorten(sentence, _LONGEST_PROBLEM), _REMEDY)


def _in_words(value: object) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False)
    return shorten(text, _LONGEST_QUOTE)
