"""Settings of how long things are kept; nothing goes by itself unless it is set here."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from core.section import Section


class KeepingSettings(Section):
    """Days, counted from the call (from the run for verdicts), after which something is removed."""

    audio_days: int | None = Field(
        default=None, ge=1, description="days after a call in which its sound is kept"
    )
    transcript_days: int | None = Field(
        default=None, ge=1, description="days after a call in which its words are kept"
    )
    quotes_days: int | None = Field(
        default=None,
        ge=1,
        description="days after a call in which what verdicts quote of it is kept; needs "
        "`transcript_days` of no more than that",
    )
    verdicts_days: int | None = Field(
        default=None, ge=1, description="days after a run in which its verdicts are kept"
    )

    @model_validator(mode="after")
    def _quotes_outlive_words(self) -> Self:
        words = self.transcript_days
        if self.quotes_days is not None and (words is None or words > self.quotes_days):
            raise ValueError(
                "keeping.quotes_days needs keeping.transcript_days of no more than that: as long "
                "as a transcript is kept, quotes are made anew from it"
            )
        return self
