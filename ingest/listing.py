"""What a folder of recordings lists, and the names that are passed over or not complete yet."""

from __future__ import annotations

import os
import re

from models.vocabulary.files import Mark

_UPLOADING = re.compile(
    r"\.(?:part|partial|filepart|tmp|temp|crdownload|download|upload)$"
    r"|^\.in\."  # lftp, ProFTPD
    r"|^\.sftpgo-upload\."
    r"|^\..+\.\w{2,5}\.[A-Za-z0-9]{6}$"  # rsync
    r"|\.ocTransferId\d+",
    re.IGNORECASE,
)
_CLUTTER = frozenset({"thumbs.db", "desktop.ini", "__macosx", "@eadir", "#recycle", "lost+found"})
_INODES = (1 << 63) - 1
DEEPEST = 64
"""So many folders may lie in one another; what lies deeper is not looked at."""


def is_uploading(name: str) -> bool:
    """Whether a file's name is one that clients give to uploads that are not complete."""
    return bool(_UPLOADING.search(name))


def is_passed_over(name: str, *, folder: bool = False) -> bool:
    """Whether nothing of this name is a recording, or holds one: hidden things and clutter."""
    hidden = name.startswith(".") or name.casefold() in _CLUTTER
    return hidden and (folder or not is_uploading(name))


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder; links to folders are none, so that no loop is walked."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def mark_of(info: os.stat_result) -> Mark:
    """What tells a file that was written to from one that was not."""
    return Mark(info.st_size, info.st_mtime_ns, info.st_ino & _INODES, info.st_ctime_ns)
