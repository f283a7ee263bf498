"""Single values of call detail records: times, seconds, numbers, how a call ended."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from pathlib import PurePosixPath

from models.vocabulary.call import Disposition

_DISPOSITIONS = {
    Disposition.ANSWERED: "answered answer normal_clearing success",
    Disposition.NO_ANSWER: "no_answer noanswer unanswered cancel cancelled originator_cancel "
    "no_user_response allotted_timeout missed lose_race picked_off abandoned voicemail",
    Disposition.BUSY: "busy user_busy call_rejected",
    Disposition.FAILED: "failed congestion unallocated_number no_route_destination "
    "normal_temporary_failure recovery_on_timer_expire destination_out_of_order "
    "user_not_registered subscriber_absent normal_circuit_congestion invalid_number_format "
    "incompatible_destination network_out_of_order call_failed chanunavail normal_unspecified",
}
_BY_WORD = {word: kind for kind, words in _DISPOSITIONS.items() for word in words.split()}
_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
)
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)(?:\.\d+)?", re.ASCII)
_NAMED_RECORDING = re.compile(r"(?:audio|recording|record|file)\s*[:=]\s*(.+)$", re.IGNORECASE)
_NAMED_NUMBER = re.compile(r"[^<>]*<([^<>]*)>|[^\d()]*\(([^()]*\d)\)")  # Anna <101>, Anna (101)
_MANY_DIGITS = re.compile(r"\d{5,}")
_YEARS = range(2000, 2100)
_LONGEST_CALL_S = 10_000_000.0
_SHOWN = 40


def shown_value(text: str) -> str:
    """A value as a sentence quotes it: short, and without what may be a telephone number."""
    short = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return repr(_MANY_DIGITS.sub("…", short))


def time_of(text: str, zone: tzinfo) -> datetime | None:
    """A moment; without an offset in `zone`. ``None`` where it is none that a call can have."""
    text = text.strip()
    if re.fullmatch(r"\d{9,10}(?:\.\d+)?", text, re.ASCII):
        return datetime.fromtimestamp(int(text.partition(".")[0]), UTC)
    at = written_time(text)
    if at is None or at.year not in _YEARS:
        return None
    return at if at.utcoffset() is not None else at.replace(tzinfo=zone)


def written_time(text: str) -> datetime | None:
    """A date with a time as it is written, with or without an offset."""
    with suppress(ValueError):
        return datetime.fromisoformat(text)  # what most lines have, and many times faster
    for form in _FORMATS:
        with suppress(ValueError):
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the caller's
    return None


def seconds_of(name: str, text: str) -> float:
    """Seconds, written as such or as ``0:01:03``; nothing is 0. Raises ValueError."""
    text = text.strip()
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        hours, minutes, seconds = (int(part) for part in clock.groups())
        return float(hours * 3600 + minutes * 60 + seconds)
    number = re.fullmatch(r"\d+(?:\.\d+)?|", text, re.ASCII)
    if number is None or float(text or 0) > _LONGEST_CALL_S:
        raise ValueError(f"{name}: expected seconds, found {shown_value(text)}")
    return float(text or 0)


def number_of(text: str) -> str:
    """The number in a column that may name its owner too: ``Anna <101>``, ``Ext.101``."""
    text = text.strip()
    named = _NAMED_NUMBER.fullmatch(text)
    if named is not None:
        text = (named[1] if named[1] is not None else named[2]).strip()
    return text.removeprefix("Ext.")


def disposition_of(word: str, talk_s: float) -> Disposition:
    """How a call ended, by the word that the PBX has for it. Raises ValueError."""
    key = re.sub(r"[\s-]+", "_", word.strip().casefold())
    kind = _BY_WORD.get(key)
    if kind is None and re.fullmatch(r"[a-z]+(?:_[a-z0-9]+)+|", key):  # a rarer hangup cause
        kind = Disposition.ANSWERED if talk_s else Disposition.FAILED if key else None
    if kind is None:
        expected = "disposition: expected ANSWERED, NO ANSWER, BUSY..."
        raise ValueError(f"{expected}, found {shown_value(word)}")
    unanswered = kind is Disposition.ANSWERED and key == "normal_clearing" and not talk_s
    return Disposition.NO_ANSWER if unanswered else kind


def recording_of(column: str, userfield: str | None) -> str | None:
    """The base name of the recording that a row names in its column or its user field."""
    named = _NAMED_RECORDING.search(userfield or "")
    column = column.strip()
    first = column.split("@", 1)[0] if column.endswith("@") else column  # Grandstream lists them
    text = first or (named.group(1).strip() if named else "")
    return PurePosixPath(text.replace("\\", "/")).name or None
