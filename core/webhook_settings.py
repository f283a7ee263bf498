"""Settings of the web-hooks: where events may be sent to, and how long that is tried."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from pydantic import Field

from core.section import Section

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class WebhookSettings(Section):
    """Telling other programs of verdicts, flags and decisions."""

    allow_networks: tuple[Network, ...] = Field(
        default=(),
        description="networks of your own (`10.1.2.0/24`) that events may be sent to, also "
        "without HTTPS; all other private addresses are refused",
    )
    ports: tuple[int, ...] = Field(
        default=(443, 8443), min_length=1, description="ports that events may be sent to"
    )
    timeout_s: float = Field(
        default=10, gt=0, le=60, description="seconds within which an endpoint has to answer"
    )
    retry_days: float = Field(
        default=3, gt=0, description="days for which a delivery is tried before it is given up"
    )
    overlap_hours: float = Field(
        default=24, ge=0, description="hours for which a replaced secret still signs as well"
    )
    key_file: Path | None = Field(
        default=None,
        description="file with the key that endpoints' secrets are sealed with; by default "
        "`webhooks.key` in the state folder, made when it is needed",
    )
    kept_days: float = Field(
        default=30, gt=0, description="days for which events and their deliveries are kept"
    )
    gap_hours: float = Field(
        default=4,
        ge=0,
        description="hours after which what is missing between ledger and "
        "verdict is told as a coverage gap",
    )
