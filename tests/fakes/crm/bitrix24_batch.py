"""The commands of a batch as PHP reads them, and ``$result[...]`` filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

MOST = 50
_REFERENCE = re.compile(r"\$result((?:\[[^\]]*\])+)")


def parsed(command: str) -> tuple[str, dict[str, Any]]:
    """A command's method and parameters."""
    method, _, query = command.partition("?")
    return method.strip(), php_nested(parse_qsl(query, keep_blank_values=True))


def php_nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """``a[b][0]=c`` as PHP's `parse_str` reads it."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        path = key.replace("]", "").split("[")
        place = found
        for part in path[:-1]:
            place = place.setdefault(part, {})
        place[path[-1] or str(len(place))] = value
    return {key: _listed(value) for key, value in found.items()}


def filled(value: Any, results: Mapping[str, Any]) -> Any:
    """Parameters with the answers of earlier commands; what is not there becomes nothing."""
    if isinstance(value, Mapping):
        return {key: filled(one, results) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, results) for one in value]
    if isinstance(value, str):
        return _REFERENCE.sub(lambda found: _told(found.group(1), results), value)
    return value


def _told(path: str, results: Mapping[str, Any]) -> str:
    place: Any = results
    for part in re.findall(r"\[([^\]]*)\]", path):
        if isinstance(place, Mapping):
            place = place.get(part)
        elif isinstance(place, list) and part.isdecimal() and int(part) < len(place):
            place = place[int(part)]
        else:
            return ""
    return "" if place is None or isinstance(place, Mapping | list) else str(place)


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(one) for key, one in value.items()}
    in_order = list(inner) == [str(at) for at in range(len(inner))]
    return list(inner.values()) if inner and in_order else inner
