"""Settings of the figures: the plans they are held against, and the margin of sales."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from core.section import Section


class FiguresSettings(Section):
    """What figures need to know that neither calls nor the CRM say."""

    plans: Path | None = Field(
        default=None, description="folder with own weekly plans beside the packaged ones"
    )
    margin: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="what remains of revenue as profit (0.3 is 30 %); only revenue where unset",
    )
