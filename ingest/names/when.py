"""Dates in recording names. A date that cannot be is no date, never the present moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from pathlib import PurePosixPath

_EARLIEST, _LATEST = 2000, 2100

_YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<Y>(?:19|20)\d\d)(?P<s>[-._ ]?)(?P<m>\d\d)(?P=s)(?P<d>\d\d)"
    r"(?P<gap>[T _.,-]{0,3}(?:at|в)?[ _-]?)"
    r"(?P<H>\d\d)(?P<t>[-.:_ ]?)(?P<M>\d\d)(?:(?P=t)(?P<S>\d\d))?(?P<utc>Z|\+\d\d:?\d\d)?(?!\d)"
)
_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<d>\d\d)(?P<s>[-._])(?P<m>\d\d)(?P=s)(?P<Y>(?:19|20)\d\d)(?P<gap>[T _.,-]{1,3})"
    r"(?P<H>\d\d)(?P<t>[-.:_ ]?)(?P<M>\d\d)(?:(?P=t)(?P<S>\d\d))?(?P<utc>Z)?(?!\d)"
)
_SHORT_YEAR = re.compile(
    r"(?<!\d)(?P<Y>\d\d)(?P<m>\d\d)(?P<d>\d\d)(?P<gap>[T _-])"
    r"(?P<H>\d\d)(?P<M>\d\d)(?P<S>\d\d)(?!\d)"
)
_TIME_FIRST = re.compile(
    r"(?<!\d)(?P<H>\d\d)(?P<t>[-.:_])(?P<M>\d\d)(?P=t)(?P<S>\d\d)(?P<gap>[ _,]{1,3})"
    r"(?:(?P<Y>20\d\d)(?P<s>[-.])(?P<m>\d\d)(?P=s)(?P<d>\d\d)"
    r"|(?P<d2>\d\d)(?P<s2>[-.])(?P<m2>\d\d)(?P=s2)(?P<Y2>20\d\d))(?!\d)"
)
_EPOCH = re.compile(r"(?<![\d.])(?P<epoch>1\d{9})(?:\d{3})?(?![\d.])")
_FORMS = (_YEAR_FIRST, _DAY_FIRST, _TIME_FIRST, _SHORT_YEAR, _EPOCH)

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_DATE_ALONE = re.compile(r"(?<!\d)(20\d\d)([-._]?)(\d\d)\2(\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class FoundMoment:
    """Where in a text a date with time stands; `at` is ``None`` if there is no such day."""

    start: int
    end: int
    at: datetime | None


def moment(digits: str, zone: tzinfo) -> datetime | None:
    """``YYYYMMDDHHMMSS`` or ``YYMMDDHHMMSS`` as an aware time in `zone`; ``None`` if impossible."""
    if not re.fullmatch(r"\d{12}|\d{14}", digits):
        return None
    if len(digits) == 12:
        digits = "20" + digits
    parts = [digits[:4], *(digits[at : at + 2] for at in range(4, 14, 2))]
    return _build([int(part) for part in parts], zone)


def from_epoch(seconds: str, zone: tzinfo) -> datetime | None:
    """Seconds since 1970 in UTC (a fraction is cut off) as an aware time in `zone`."""
    whole = seconds.partition(".")[0]
    if not re.fullmatch(r"\d{9,10}", whole):
        return None
    at = datetime.fromtimestamp(int(whole), UTC).astimezone(zone)
    return at if _EARLIEST <= at.year <= _LATEST else None


def find_moment(text: str, zone: tzinfo) -> FoundMoment | None:
    """The first date with time in `text`, in any usual form; a possible one before others."""
    impossible: FoundMoment | None = None
    for form in _FORMS:
        for match in form.finditer(text):
            groups = match.groupdict()
            if groups.get("t") == "" and groups.get("S") is None:
                continue  # four digits after a day are rather an extension
            at = _read(groups, zone)
            if at is not None:
                return FoundMoment(match.start(), match.end(), at)
            if form is not _EPOCH and impossible is None:
                impossible = FoundMoment(match.start(), match.end(), None)
    return impossible


def date_in_path(path: PurePosixPath) -> date | None:
    """The day that a path names in its folders (``2026/08/12``, ``2026/Aug/12``) or its name."""
    for year, month, day in _folder_dates(path):
        found = _day(year, month, day)
        if found is not None:
            return found
    for part in reversed(path.parts):
        match = _DATE_ALONE.search(part)
        if match is not None:
            return _day(int(match.group(1)), int(match.group(3)), int(match.group(4)))
    return None


def _folder_dates(path: PurePosixPath) -> Iterator[tuple[int, int, int]]:
    folders = path.parts[:-1]
    for at in range(len(folders) - 3, -1, -1):
        year, month, day = folders[at : at + 3]
        number = _MONTHS.get(month[:3].lower(), int(month) if month.isdecimal() else 0)
        if re.fullmatch(r"20\d\d", year) and re.fullmatch(r"\d{1,2}", day):
            yield int(year), number, int(day)


def _read(groups: dict[str, str | None], zone: tzinfo) -> datetime | None:
    if "epoch" in groups:
        return from_epoch(groups["epoch"] or "", zone)
    year, month, day = (groups.get(key) or groups.get(key + "2") or "" for key in "Ymd")
    year = "20" + year if len(year) == 2 else year
    numbers = [int(part) for part in (year, month, day, groups["H"] or "", groups["M"] or "")]
    numbers.append(int(groups.get("S") or 0))
    if groups.get("utc") is not None:
        return _with_offset(numbers, groups["utc"] or "", zone)
    return _build(numbers, zone)


def _with_offset(numbers: list[int], offset: str, zone: tzinfo) -> datetime | None:
    at = _build(numbers, UTC)
    if at is None or offset == "Z":
        return at.astimezone(zone) if at else None
    text = at.strftime("%Y-%m-%dT%H:%M:%S") + offset
    try:
        return datetime.fromisoformat(text).astimezone(zone)
    except ValueError:
        return None


def _build(numbers: list[int], zone: tzinfo) -> datetime | None:
    year, month, day, hour, minute, second = numbers
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
