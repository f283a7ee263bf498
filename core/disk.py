"""Disks: how much room there is, and what survives a power cut."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

GB = 1 << 30


def free_bytes(folder: Path) -> int | None:
    """The room on the disk of a folder; ``None`` where the folder is not there."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def synced(path: Path) -> None:
    """Sees to it that a file, or the names in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
