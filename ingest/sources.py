"""The telephone systems that recordings come from, and the clocks that they go by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.settings import PbxSettings
from ingest.arrival import shown
from ingest.names import facts_from_name
from models.vocabulary.call import CallFacts
from models.vocabulary.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Source:
    """One telephone system: how its names and numbers are read, and its zones.

    `zone` is that of file names, `cdr_zone` that of the CDR; `account` is empty for whatever
    lies in no folder of a system with settings of its own.
    """

    account: str
    pbx: PbxSettings
    zone: ZoneInfo
    cdr_zone: ZoneInfo

    @property
    def cdr_zone_is_set(self) -> bool:
        """Whether the user named the zone of the CDR."""
        return self.pbx.cdr_timezone is not None


@dataclass(frozen=True, slots=True)
class Sources:
    """All telephone systems by account, the common one under the empty name."""

    by_account: Mapping[str, Source]

    @property
    def common(self) -> Source:
        """What counts outside the folders of systems with settings of their own."""
        return self.by_account[""]

    def of(self, place: PurePosixPath) -> Source:
        """The system that a file (relative to the recordings folder) is of, by its first folder."""
        first = place.parts[0] if len(place.parts) > 1 else ""
        return self.by_account.get(first, self.common)

    def named(self, account: str) -> Source:
        """The system of an account; the common one where it has no settings of its own."""
        return self.by_account.get(account, self.common)


def sources_of(pbx: PbxSettings, own: Mapping[str, PbxSettings], timezone: str) -> Sources:
    """The systems as the settings name them; `timezone` counts where a system names none.

    Raises:
        InvalidInputError: `timezone` is no IANA time zone.
    """
    return Sources({name: _source(name, one, timezone) for name, one in {"": pbx, **own}.items()})


def _source(account: str, pbx: PbxSettings, timezone: str) -> Source:
    zone = _zone(pbx.timezone or timezone)
    return Source(account, pbx, zone, _zone(pbx.cdr_timezone) if pbx.cdr_timezone else zone)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInputError(
            "timezone", f"`{name}` is no IANA time zone", "Write it like Europe/Moscow."
        ) from error


def facts_of_name(place: PurePosixPath, systems: Sources) -> CallFacts | None:
    """What the name of a recording at `place` says, as its telephone system writes names."""
    source = systems.of(place)
    return facts_from_name(
        PurePosixPath(shown(place)),
        source.zone,
        source.pbx.filename_patterns,
        source.pbx.extension_max_digits,
    )
