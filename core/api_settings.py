"""Settings of the API: how much a program may ask, and what it may send."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from core.section import Section


class ApiSettings(Section):
    """Limits of programs that use `/api/v1`."""

    requests_per_minute: int = Field(
        default=600, ge=1, description="requests of one key in a minute; more wait for the next"
    )
    refusals_per_minute: int = Field(
        default=60,
        ge=1,
        description="requests without a right key from one address in a minute; more are not "
        "looked at",
    )
    recording_mb: int = Field(default=512, ge=1, description="largest recording by HTTP")
    recordings_account: str = Field(
        default="api",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$",
        description="folder among the recordings for those that are sent by HTTP and name no "
        "telephone system",
    )
    idempotency_days: int = Field(
        default=7, ge=1, description="days in which an upload that is sent again is recognised"
    )
    snapshot_file: Path | None = Field(
        default=None,
        description="the CRM snapshot that the service was started with (--crm), where programs "
        "may replace it; nobody may while it is unset",
    )
    snapshot_mb: int = Field(
        default=256,
        ge=1,
        description="largest CRM snapshot by HTTP; reading it takes fifteen times as much memory, "
        "one at a time",
    )
