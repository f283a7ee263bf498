"""What belongs together, by the key it has in common."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

Item = TypeVar("Item")


def grouped(pairs: Iterable[tuple[str | None, Item]]) -> dict[str, list[Item]]:
    """The second of each pair by the first, in their order; those without a key are left out."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for key, value in pairs:
        if key is not None:
            groups[key].append(value)
    return groups
