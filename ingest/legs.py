"""Two files that are the two sides of one call, as MixMonitor's r() and t() write them.

``<f>_in`` holds what came from the outside party, ``<f>_out`` what was sent to it, our side
(MikoPBX, Asterisk's Monitor). ``_rx``/``_tx`` and ``_r``/``_t`` are told from the caller's
channel, so they swap where we called.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingest.arrival import Arrivals, AudioFile
from ingest.names import stem_of
from models.vocabulary.call import Direction

LEGS_AGENT_CHANNEL = 1
"""Of two leg files the first is the outside party's, the second our agent's."""

_SUFFIX = re.compile(r"(?P<mark>_in|_out|-in|-out|_rx|_tx|-rx|-tx|_r|_t)$", re.IGNORECASE)
_PARTNER = {"in": "out", "rx": "tx", "r": "t"}


@dataclass(frozen=True, slots=True)
class Recording:
    """One call's audio: one file, or two legs (theirs, ours).

    `place` is the file that stands for the call, `stem` the name that the PBX gave it,
    without the mark of a leg. `by_caller` is true for legs told from the caller's channel.
    """

    files: tuple[AudioFile, ...]
    place: PurePosixPath
    stem: str
    by_caller: bool = False

    @property
    def sha256(self) -> str:
        """The file's SHA-256; of two legs that of both digests, one after the other."""
        if len(self.files) == 1:
            return self.files[0].sha256
        joined = "".join(file.sha256 for file in self.files)
        return hashlib.sha256(joined.encode("ascii")).hexdigest()

    def ordered(self, direction: Direction | None) -> tuple[AudioFile, ...]:
        """The files, the outside party's leg first."""
        swap = self.by_caller and direction is Direction.OUT
        return self.files[::-1] if swap else self.files


def leave_company(arrivals: Arrivals) -> None:
    """Leaves out what belongs to a file that is not complete yet: its other leg, its sidecar."""
    growing: dict[PurePosixPath, set[str]] = defaultdict(set)
    for place in arrivals.unfinished:
        growing[place.parent].add(_name_of_all(place))

    def waits(place: PurePosixPath) -> bool:
        return place.parent in growing and _name_of_all(place) in growing[place.parent]

    found, arrivals.audio = arrivals.audio, []
    for file in found:
        if waits(file.place):
            arrivals.leave(file.place, _COMPANY_DETAIL)
        else:
            arrivals.audio.append(file)
    arrivals.json_files = [(path, at) for path, at in arrivals.json_files if not waits(at)]


def _name_of_all(place: PurePosixPath) -> str:
    """The name that a recording, its legs and its sidecars share."""
    name = place.name.removesuffix(".json")
    return _SUFFIX.sub("", stem_of(name))


_COMPANY_DETAIL = (
    "a file that belongs to it, its other leg or its sidecar, is still being written; "
    "it is used once that is complete"
)


def pair_legs(files: Sequence[AudioFile]) -> list[Recording]:
    """Joins leg files that lie side by side; every other file is a recording of its own."""
    by_place = {str(file.place): file for file in files}
    taken: set[str] = set()
    recordings = []
    for file in files:
        partner = _partner(file, by_place)
        if partner is None or str(partner.place) in taken:
            continue
        match = _SUFFIX.search(file.place.stem)
        taken |= {str(file.place), str(partner.place)}
        stem = (file.place.stem[: match.start()] if match else "") or file.place.stem
        by_caller = match is not None and match["mark"][1:].lower() != "in"
        recordings.append(Recording((file, partner), file.place, stem, by_caller))
    alone = [
        Recording((file,), file.place, stem_of(file.place.name))
        for file in files
        if str(file.place) not in taken
    ]
    return sorted(recordings + alone, key=lambda recording: str(recording.place))


def _partner(file: AudioFile, by_place: dict[str, AudioFile]) -> AudioFile | None:
    """The transmitted leg that belongs to a received one, of about the same size."""
    match = _SUFFIX.search(file.place.stem)
    mark = match["mark"][1:] if match else ""
    other = _PARTNER.get(mark.lower())
    if match is None or other is None:
        return None
    other = other.upper() if mark.isupper() else other
    stem = file.place.stem[: match.start() + 1] + other
    partner = by_place.get(str(file.place.with_name(stem + file.place.suffix)))
    underscored = match["mark"].lower() == "_in"
    if partner is not None and not underscored and not _alike(file.size, partner.size):
        return None
    return partner


def _alike(first: int, second: int) -> bool:
    """Legs are kept in step, so two files of very different length are two calls."""
    return min(first, second) * 4 >= max(first, second) * 3
