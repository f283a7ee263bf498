"""How what we wrote into BottleCRM is told from what people wrote: by a mark in its text.

BottleCRM has no place for a key of ours on a note or task, so that a short digest of it stands in
the text. What bears a mark is found again by it, and never read as if people had said it.
"""

from __future__ import annotations

import re
from hashlib import sha256

_MARK = re.compile(r"\[stagecheck [0-9a-f]{12}\]")


def mark_of(key: str) -> str:
    """The mark of a key: short enough for a task's title."""
    return f"[stagecheck {sha256(key.encode()).hexdigest()[:12]}]"


def is_ours(text: object) -> bool:
    """Whether we wrote a text."""
    return isinstance(text, str) and _MARK.search(text) is not None


def without_ours(text: str | None) -> str | None:
    """What people wrote of a text to which we added; ``None`` where nothing is left."""
    if text is None:
        return None
    ours = _MARK.search(text)
    return (text[: ours.start()] if ours else text).strip() or None


def marked(text: str, key: str, most: int, between: str = "\n\n") -> str:
    """A text with its mark behind it, cut where it would be longer than `most`."""
    tail = between + mark_of(key)
    room = most - len(tail)
    return (text if len(text) <= room else text[: room - 1].rstrip() + "…") + tail
