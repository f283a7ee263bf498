"""How long a call's work may take: by how long its sound can be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.service_settings import ServiceSettings

_SPARSE = {".wav": 8000, ".wav16": 8000, ".au": 8000, ".raw": 8000, ".sln": 8000}
_DENSE = 1000  # bytes of a second that no codec of telephony goes below


def limit_of(settings: ServiceSettings, files: Sequence[str]) -> float:
    """Gives the seconds that the work on a call with these files may take at most."""
    return settings.limit_s + settings.limit_factor * _longest_s(files)


def _longest_s(files: Sequence[str]) -> float:
    """How long the sound in a file can be at most; what is not there has none."""
    longest = 0.0
    for path in map(Path, files):
        try:
            size = path.stat().st_size
        except OSError:
            continue
        longest = max(longest, size / _SPARSE.get(path.suffix.casefold(), _DENSE))
    return longest
