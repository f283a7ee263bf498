"""Settings of the watch over a recordings folder that others write to."""

from __future__ import annotations

from pydantic import Field

from core.section import Section


class WatchSettings(Section):
    """When a file counts as whole, and how closely old ones are looked at."""

    still_s: float = Field(
        default=10,
        ge=0,
        description="seconds that a file's size and time stay the same before it is taken",
    )
    longest_call_hours: float = Field(
        default=4,
        ge=0,
        description="hours in which a WAV whose header was not filled in may still be recorded to",
    )
    empty_minutes: float = Field(
        default=10, ge=0, description="minutes after which a file of 0 bytes is told as empty"
    )
    all_every: int = Field(
        default=30,
        ge=1,
        description="every so many looks all files are looked at, else new and unfinished ones; "
        "one that grows after it was taken is seen then",
    )
