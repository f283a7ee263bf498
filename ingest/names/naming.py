"""What every reader of recording names is given, and the small decisions they share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import PurePosixPath

from ingest.kinds import AUDIO_EXTENSIONS
from models.vocabulary.call import Direction

UNIQUE_ID = r"(?:[A-Za-z][\w-]*-)?\d{9,10}\.\d+"
UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"

_COPY = re.compile(r"\s+(?:\(\d+\)|-\s+(?:копия|copy)(?:\s+\(\d+\))?)$", re.IGNORECASE)
_LONE_LEG = re.compile(rf"({UNIQUE_ID})[-_](?:in|out|rx|tx|r|t)$")
_WORDS = {
    Direction.IN: ["in", "incoming", "inbound", "вх", "вход", "входящий", "входящая", "входящие"],
    Direction.OUT: [
        "out",
        "outgoing",
        "outbound",
        "исх",
        "исход",
        "исходящий",
        "исходящая",
        "исходящие",
    ],
    Direction.INTERNAL: ["internal", "внутр", "внутренний", "внутренняя", "внутренние"],
}
DIRECTION_WORDS = {word: direction for direction, words in _WORDS.items() for word in words}


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A recording's name, ready to be read.

    `path` is relative to the recordings folder, `stem` the base name without audio
    extensions and marks of a copy, `zone` the PBX's, `longest_extension` in digits.
    """

    path: PurePosixPath
    stem: str
    zone: tzinfo
    longest_extension: int

    def is_extension(self, number: str) -> bool:
        """Whether a number is short enough to be dialled inside only."""
        return number.isdecimal() and 0 < len(number) <= self.longest_extension


def stem_of(name: str) -> str:
    """A base name without its audio extensions and without ` (1)`, ` - копия`, a leg's mark."""
    stem = name
    while True:
        rest, _, ending = stem.rpartition(".")
        bare = rest.rpartition("/")[2]
        if not bare or f".{ending.lower()}" not in AUDIO_EXTENSIONS:
            break
        stem = bare
    stem = _LONE_LEG.sub(r"\1", _COPY.sub("", stem).strip())
    return stem if stem.strip(".") else name


def direction_of(word: str) -> Direction | None:
    """The direction that a word of a name or a table means (`Inbound`, `исх`, `local`)."""
    word = word.strip().casefold()
    return Direction.INTERNAL if word == "local" else DIRECTION_WORDS.get(word)
