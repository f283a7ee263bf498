"""Names of no known system: a date, numbers and words in whatever order they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from ingest.names.naming import DIRECTION_WORDS, UNIQUE_ID, UUID, NamedFile
from ingest.names.when import find_moment, from_epoch
from models.vocabulary.call import CallFacts, Direction, MetadataSource
from models.vocabulary.phone import is_hidden_number

_EDGE_BEFORE, _EDGE_AFTER = r"(?<![0-9A-Za-zА-Яа-яЁё.])", r"(?![0-9A-Za-zА-Яа-яЁё])"
_ID = re.compile(rf"{_EDGE_BEFORE}(?P<id>{UNIQUE_ID}|{UUID}){_EDGE_AFTER}")
_FORMATTED = r"(?:\+?\d{1,3}[ .-]?)?\(?\d{3}\)?[ .-]?\d{3}[ .-]\d{2}[ .-]?\d{2}"
_NUMBER = re.compile(
    rf"(?<!\d)(?:{_FORMATTED}|\+?\d{{7,15}})(?!\d)|{_EDGE_BEFORE}\d{{2,6}}{_EDGE_AFTER}"
)
_WORD = re.compile(r"[^\W\d_]+(?:[.'’-][^\W\d_]+)*\.?")
_SEGMENT = re.compile(r"__+|[;,\[\]()]|(?<=\d)[_-]|[_-](?=\d)|\s-\s")
_NOISE = frozenset(
    [
        "call",
        "calls",
        "rec",
        "record",
        "recording",
        "recorded",
        "auto",
        "audio",
        "voice",
        "file",
        "mono",
        "stereo",
        "left",
        "right",
        "mix",
        "звонок",
        "запись",
        "разговор",
        "вызов",
        "от",
        "на",
        "до",
        "с",
        "в",
        "from",
        "to",
        "at",
        "и",
    ]
)


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is left of a name once ids and dates are cut out."""

    text: str
    direction: Direction | None
    outside: list[str]
    inside: list[str]
    numbers: list[str]


def read_generic(name: NamedFile) -> CallFacts | None:
    """Facts in a name of unknown form; ``None`` where it has no date, id or outside number.

    Two numbers are caller and callee in this order, unless a word for the direction and
    the length of the numbers say the opposite. One number is the other side's.
    """
    ids = _ID.search(name.stem)
    text = _cut(name.stem, ids.start(), ids.end()) if ids else name.stem
    found = find_moment(text, name.zone)
    text = _cut(text, found.start, found.end) if found else text
    rest = _rest(text, name)
    if not (ids or found or rest.outside):
        return None
    caller, callee, other = _sides(rest)
    return CallFacts(
        MetadataSource.FILENAME,
        call_id=ids["id"] if ids else None,
        started_at=(found.at if found else None) or _id_time(ids, name),
        direction=rest.direction,
        from_number=caller,
        to_number=callee,
        other_number=other,
        extension=rest.inside[0] if rest.inside else None,
        agent_name=_person(rest.text),
    )


def _id_time(ids: re.Match[str] | None, name: NamedFile) -> datetime | None:
    """The second that an Asterisk unique id holds, for names without a date."""
    return from_epoch(ids["id"].rpartition("-")[2], name.zone) if ids and "." in ids["id"] else None


def _cut(text: str, start: int, end: int) -> str:
    return f"{text[:start]}__{text[end:]}"


def _rest(text: str, name: NamedFile) -> _Rest:
    found = [*_NUMBER.finditer(text)]
    found += [word for word in _WORD.finditer(text) if is_hidden_number(word.group())][:1]
    numbers = [match.group() for match in sorted(found, key=re.Match.start)]
    inside = [number for number in numbers if name.is_extension(number)]
    outside = [
        number
        for number in numbers
        if is_hidden_number(number) or sum(map(str.isdecimal, number)) >= 7
    ]
    words = (word.casefold().strip(".") for word in _WORD.findall(text))
    directions = {DIRECTION_WORDS[word] for word in words if word in DIRECTION_WORDS}
    direction = directions.pop() if len(directions) == 1 else None
    return _Rest(_NUMBER.sub("__", text), direction, outside, inside, numbers)


def _sides(rest: _Rest) -> tuple[str | None, str | None, str | None]:
    """(caller, callee, other side) from what was found."""
    if len(rest.outside) >= 2:
        return rest.outside[0], rest.outside[1], None
    if not rest.outside:
        pair = ([*rest.inside, None, None])[:2] if len(rest.inside) >= 2 else [None, None]
        return pair[0], pair[1], None
    other, ours = rest.outside[0], rest.inside[0] if rest.inside else None
    if rest.direction is Direction.IN:
        return other, ours, None
    if rest.direction is Direction.OUT:
        return ours, other, None
    if ours is None:
        return None, None, other
    first = rest.numbers.index(other) < rest.numbers.index(ours)
    return (other, ours, None) if first else (ours, other, None)


def _person(text: str) -> str | None:
    """A person's name: a segment of two to four words, none of them about calls."""
    for segment in _SEGMENT.split(text):
        words = segment.replace("_", " ").split()
        letters = [word for word in words if _WORD.fullmatch(word)]
        plain = {word.casefold().strip(".") for word in letters}
        if len(letters) != len(words) or not 2 <= len(words) <= 4:
            continue
        if not plain & (_NOISE | DIRECTION_WORDS.keys()):
            return " ".join(words)
    return None
