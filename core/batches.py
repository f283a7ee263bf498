"""Long lists in parts, since a database limits the parameters of one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
ROWS = 500  # of one statement


def batched(items: Sequence[Item], size: int = ROWS) -> Iterator[Sequence[Item]]:
    """Gives the items in parts of at most `size`."""
    for at in range(0, len(items), size):
        yield items[at : at + size]
