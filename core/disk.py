"""How much room a disk has."""

from __future__ import annotations

import shutil
from pathlib import Path

GB = 1 << 30


def free_bytes(folder: Path) -> int | None:
    """The room on the disk of a folder; ``None`` where the folder is not there."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
