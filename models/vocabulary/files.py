"""Files as they are known again: what tells a changed one from one that was left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Mark(NamedTuple):
    """What a file system says of a file; times in nanoseconds since 1970.

    A tuple for its speed: a folder's are compared by the hundred thousand.
    """

    size: int
    mtime_ns: int
    inode: int
    ctime_ns: int

    @property
    def content(self) -> tuple[int, int, int]:
        """All but the time of the last change, which a mere link or new owner sets, too."""
        return self[:3]


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What was found in a file with this mark.

    `sha256` of a recording; `error` and `detail` of what is no use; neither of a table or sidecar.
    Of a sealed recording `sha256` and `clear_size` (bytes) are those of its clear bytes.
    """

    mark: Mark
    sha256: str | None = None
    error: str | None = None
    detail: str | None = None
    clear_size: int | None = None
