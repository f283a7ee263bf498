"""What every piece of a pipeline file has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A piece of a pipeline file: keys that nobody knows are refused, and it never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
