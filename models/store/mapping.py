"""Turns the vocabulary's frozen words into rows and back.

A row's columns carry the names of the word's fields, so that one pair of functions
serves all of them.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, tzinfo
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Word = TypeVar("Word")


def columns_of(word: object) -> dict[str, Any]:
    """Gives a word's fields as plain values: enumerations as text, tuples as lists.

    Moments stay moments, so that a column can hold them; inside lists and mappings
    use `plain`.
    """
    if not is_dataclass(word):
        raise TypeError(f"{word!r} is no word of the vocabulary")
    return {field.name: _column(getattr(word, field.name)) for field in fields(word)}


def plain(value: object) -> Any:
    """Gives anything of the vocabulary as JSON holds it; moments as ISO 8601 with offset."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def word_of(kind: type[Word], columns: Mapping[str, Any], zone: tzinfo) -> Word:
    """Builds the word `kind` from a row's columns; moments are given in `zone`."""
    return kind(
        **{
            name: columns[name] if read is None else read(columns[name], zone)
            for name, read in _readers(cast("Hashable", kind))
        }
    )


def _column(value: object) -> Any:
    return value if isinstance(value, datetime) else plain(value)


Read = Callable[[Any, tzinfo], Any]


@cache
def _readers(kind: Hashable) -> tuple[tuple[str, Read | None], ...]:
    """How each field of a word is read from its column; ``None``: as it is."""
    return tuple((name, _reader(hint)) for name, hint in get_type_hints(kind).items())


def _reader(hint: Any) -> Read | None:
    if get_origin(hint) in (Union, types.UnionType):
        choices = [choice for choice in get_args(hint) if choice is not type(None)]
        return _unless_none(_reader(choices[0])) if len(choices) == 1 else _of_several
    if get_origin(hint) is tuple:
        return _unless_none(_tuple_reader(get_args(hint)))
    return _unless_none(_single_reader(hint)) if isinstance(hint, type) else None


def _of_several(value: Any, zone: tzinfo) -> Any:
    """A field of several plain types is what the column holds."""
    return value.astimezone(zone) if isinstance(value, datetime) else value


def _unless_none(read: Read | None) -> Read | None:
    if read is None:
        return None
    return lambda value, zone: None if value is None else read(value, zone)


def _single_reader(kind: type[Any]) -> Read | None:
    if kind is datetime:
        return _moment
    if issubclass(kind, Enum):
        return lambda value, _: kind(value)
    if is_dataclass(kind):
        return lambda value, zone: word_of(kind, {**_defaults(kind), **value}, zone)
    return None


@cache
def _defaults(kind: type[Any]) -> Mapping[str, Any]:
    """What stands for the fields that a word had not yet when it was written into a JSON column."""
    return {field.name: field.default for field in fields(kind) if field.default is not MISSING}


def _moment(value: Any, zone: tzinfo) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(zone)


def _tuple_reader(parts: tuple[Any, ...]) -> Read:
    if len(parts) == 2 and parts[1] is Ellipsis:
        read = _reader(parts[0])
        if read is None:
            return lambda value, _: tuple(value)
        return lambda value, zone: tuple(read(item, zone) for item in value)
    readers = [_reader(part) for part in parts]
    return lambda value, zone: tuple(
        item if one is None else one(item, zone) for one, item in zip(readers, value, strict=True)
    )
