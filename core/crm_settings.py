"""Settings of the CRM: how its words map to ours, how it is read and what may be written."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from core.outward import Network, Rules
from core.section import Section


class CrmSettings(Section):
    """How the CRM's words map to ours, and how a live one is asked."""

    field_names: dict[str, str] = Field(
        default_factory=dict,
        description="the CRM's name of a field to ours (`UF_CRM_1` = `order_type`)",
    )
    allow_networks: tuple[Network, ...] = Field(
        default=(),
        description="networks of your own (`10.1.2.0/24`) that a CRM may stand in, also without "
        "HTTPS; all other private addresses are refused",
    )
    ports: tuple[int, ...] = Field(
        default=(443, 8443), min_length=1, description="ports at which a CRM may be asked"
    )
    key_file: Path | None = Field(
        default=None,
        description="file with the key that tokens are sealed with; by default `crm.key` in the "
        "state folder, made when it is needed",
    )
    key: SecretStr | None = Field(
        default=None,
        description="that key itself (AGE-SECRET-KEY-1...) in place of a file, for containers and "
        "secret managers: give it as `STAGECHECK_CRM__KEY`; of several the first seals, all open",
    )
    requests_per_s: float | None = Field(
        default=None,
        gt=0,
        le=50,
        description="requests a second by all processes together; where unset 5 for amoCRM "
        "(which allows 7) and 2 for Bitrix24",
    )
    poll_s: float = Field(
        default=60,
        ge=1,
        description="seconds after which what changed is asked for, with or without web-hooks",
    )
    sweep_hours: float = Field(
        default=24, gt=0, description="hours after which everything is read once more"
    )
    closed_days: int = Field(
        default=180,
        ge=0,
        description="days for which a closed deal is still judged; without limit for those with "
        "calls that are kept",
    )
    language: Literal["ru", "en"] = Field(
        default="ru", description="language of what is written into the CRM"
    )
    task_days: int = Field(
        default=1, ge=0, description="working days in which a task about a confirmed flag is due"
    )
    give_up_days: float = Field(
        default=3, gt=0, description="days for which a write is tried before it is set aside"
    )

    pages: str | None = Field(
        default=None,
        description="address under which people reach the pages (`https://calls.example.ru`), for "
        "the link that is written into a deal; where unset `oidc.pages`, and no link without both",
    )

    @field_validator("pages")
    @classmethod
    def _usable_address(cls, address: str | None) -> str | None:
        if address is None:
            return None
        try:
            parts = urlsplit(address)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable or {"@", "?", "#", " "} & set(address) or parts.path not in ("", "/"):
            raise ValueError("expected an address such as https://calls.example.ru, without a path")
        return address.rstrip("/")

    @property
    def rules(self) -> Rules:
        """Where a CRM may stand."""
        return Rules(self.ports, self.allow_networks)
