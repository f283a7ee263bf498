"""How a command of a `batch` is written: ``method?a=1&b[x]=2``, as PHP's `parse_str` reads it.

Source: settings/how-to-call-rest-api/batch.md of bitrix-tools/b24-rest-docs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote


def command(method: str, params: Mapping[str, Any]) -> str:
    """A method with its parameters; lists and objects in PHP's brackets.

    A value that holds ``$result[...]`` is filled in by the portal from an earlier command.
    """
    told = "&".join(f"{quote(key, safe='[]')}={quote(value)}" for key, value in _flat(params))
    return f"{method}?{told}" if told else method


def _flat(params: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in params.items():
        name = f"{prefix}[{key}]" if prefix else str(key)
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        elif isinstance(value, list | tuple):
            yield from _flat({str(at): one for at, one in enumerate(value)}, name)
        elif isinstance(value, bool):
            yield name, "Y" if value else "N"
        elif value is not None:
            yield name, str(value)
