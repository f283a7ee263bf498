"""The settings of recordings that are kept encrypted."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from core.section import Section


class SealingSettings(Section):
    """How stored recordings are encrypted (docs/decisions/0016)."""

    key_file: Path | None = Field(
        default=None,
        description="file with age keys (`stagecheck seal-key` makes one), mode 0600, best "
        "outside the state folder; uploads are sealed with its first key and sealed recordings "
        "are read with all; recordings stay in clear where unset",
    )
    also_for: tuple[str, ...] = Field(
        default=(),
        description="further public keys (age1...) that can open what is sealed, such as the "
        "owner's, whose key lies in a safe",
    )
