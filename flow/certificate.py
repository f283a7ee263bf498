"""What a forgetting tells in the end: what was removed, and that nothing is found any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Certificate:
    """The proof of a forgetting; nothing in it names the person.

    `digests` are the keyed hashes of the numbers, `recordings` the SHA-256 of removed sound,
    `searched` says how much was looked through, `places` where something was found all the same,
    `not_searched` what could not be looked at.
    """

    at: datetime
    by: str
    digests: tuple[str, ...]
    for_good: bool
    removed: Mapping[str, int]
    recordings: tuple[str, ...]
    searched: Mapping[str, int]
    places: tuple[str, ...]
    not_searched: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def proved(self) -> bool:
        """Whether everything was looked through and nothing found."""
        return not (self.places or self.not_searched)

    def as_json(self) -> dict[str, Any]:
        """Gives the certificate as JSON holds it."""
        return {
            "certificate": 1,
            "at": self.at.isoformat(timespec="seconds"),
            "by": self.by,
            "numbers_hmac_sha256": list(self.digests),
            "for_good": self.for_good,
            "removed": dict(self.removed),
            "recordings_sha256": list(self.recordings),
            "searched": dict(self.searched),
            "found": len(self.places),
            "places": list(self.places),
            "not_searched": list(self.not_searched),
            "warnings": list(self.warnings),
        }

    def lines(self) -> Iterator[str]:
        """Gives the certificate as a person reads it."""
        yield "Removed:"
        for kind, count in self.removed.items():
            yield f"  {kind}: {count}"
        looked = ", ".join(f"{count} {kind}" for kind, count in self.searched.items())
        yield f"Searched: {looked}"
        yield f"Found: {len(self.places)}"
        for place in self.places:
            yield f"  still there: {place}"
        for place in self.not_searched:
            yield f"  not searched: {place}"
        for warning in self.warnings:
            yield f"Note: {warning}"
