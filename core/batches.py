"""Long lists in parts, since a database limits the parameters of one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
ROWS = 500  # of one statement


def batched(items: Sequence[Item], size: int = ROWS) -> Iterator[Sequence[Item]]:
    """Gives the items in parts of at most `size`."""
    for at in range(0, len(items), size):
        yield items[at : at + size]


def in_parts(items: Iterable[Item], size: int = ROWS) -> Iterator[tuple[Item, ...]]:
    """The same of what is not all there at once."""
    left = iter(items)
    while part := tuple(islice(left, size)):
        yield part
