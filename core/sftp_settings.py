"""Settings of the drop-box that telephone systems upload to."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from core.section import Section


class SftpSettings(Section):
    """Where the drop-box listens, and what it takes from whom."""

    host: str = Field(default="0.0.0.0", description="address to listen on")  # noqa: S104
    port: int = Field(default=2222, ge=0, le=65535, description="port to listen on")
    processes: int | None = Field(
        default=None,
        ge=1,
        le=32,
        description="processes that take uploads; one for each usable core, at most 4, where unset",
    )
    folder: Path | None = Field(
        default=None, description="where uploads lie; `inbox` in the state folder where unset"
    )
    file_mb: int = Field(default=2048, ge=1, description="largest file")
    files: int = Field(
        default=200_000, ge=1, description="most files of an account that may wait to be taken"
    )
    free_mb: int = Field(default=1024, ge=0, description="room on the disk that uploads leave free")
    more_suffixes: tuple[str, ...] = Field(
        default=(),
        description="endings of files that are taken beside recordings, tables and sidecars",
    )
    connections: int = Field(default=200, ge=1, description="most connections at once")
    connections_per_address: int = Field(
        default=40, ge=1, description="most connections at once from one address"
    )
    tries: int = Field(
        default=5, ge=1, description="wrong log-ins after which an address has to wait"
    )
    tries_minutes: float = Field(
        default=10, gt=0, description="minutes within which those count together"
    )
    ban_minutes: float = Field(
        default=5, gt=0, description="minutes of the first wait; each further one is twice as long"
    )
    quiet_s: float = Field(
        default=20,
        ge=0,
        description="seconds that a finished upload lies untouched before it is taken",
    )
    receipts_days: int = Field(
        default=60,
        ge=0,
        description="days in which a client still sees the name of a file that was taken, so that "
        "it does not send it again",
    )
