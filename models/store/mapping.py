"""Turns the vocabulary's frozen words into rows and back.

A row's columns carry the names of the word's fields, so that one pair of functions
serves all of them.
"""

from __future__ import annotations

import types
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import fields, is_dataclass
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
    hints = _hints(cast("Hashable", kind))
    values = {name: _value(hint, columns[name], zone) for name, hint in hints.items()}
    return kind(**values)


@cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return get_type_hints(kind)


def _column(value: object) -> Any:
    return value if isinstance(value, datetime) else plain(value)


def _value(hint: Any, value: Any, zone: tzinfo) -> Any:
    if value is None:
        return None
    if get_origin(hint) in (Union, types.UnionType):
        return _value(_only_choice(hint, value), value, zone)
    if get_origin(hint) is tuple:
        return _tuple(get_args(hint), value, zone)
    return _single(hint, value, zone) if isinstance(hint, type) else value


def _single(kind: type[Any], value: Any, zone: tzinfo) -> Any:
    if kind is datetime:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment.astimezone(zone)
    if issubclass(kind, Enum):
        return kind(value)
    return word_of(kind, value, zone) if is_dataclass(kind) else value


def _only_choice(hint: Any, value: Any) -> Any:
    """Picks from ``X | None`` the X; from several plain types that of the value."""
    choices = [choice for choice in get_args(hint) if choice is not type(None)]
    return choices[0] if len(choices) == 1 else type(value)


def _tuple(parts: tuple[Any, ...], value: Sequence[Any], zone: tzinfo) -> tuple[Any, ...]:
    if len(parts) == 2 and parts[1] is Ellipsis:
        return tuple(_value(parts[0], item, zone) for item in value)
    return tuple(_value(part, item, zone) for part, item in zip(parts, value, strict=True))
