"""What the model makes up where nobody speaks, recognised by its words and by its rhythm."""

from __future__ import annotations

import json
import re
import zlib
from functools import cache
from pathlib import Path

_LIST = Path(__file__).with_name("inventions.json")
_REPETITIVE = 2.4


def is_invention(text: str) -> bool:
    """Tells whether a whole utterance is a known invention (`inventions.json`) or no words."""
    whole, beginning = _known()
    plain = _plain(text)
    return not plain or plain in whole or plain.startswith(beginning)


def is_repetitive(text: str) -> bool:
    """Tells whether the model ran in circles: text that compresses 2.4 times (Whisper's rule)."""
    data = text.encode("utf-8")
    return len(data) > 40 and len(data) / len(zlib.compress(data)) > _REPETITIVE


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower().replace("ё", "е")))


@cache
def _known() -> tuple[frozenset[str], tuple[str, ...]]:
    data = json.loads(_LIST.read_text(encoding="utf-8"))
    return frozenset(data["whole"]), tuple(data["beginning"])
