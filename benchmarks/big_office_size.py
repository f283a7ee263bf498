"""How large the made-up office is, and what all of its rows share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from classify.pipeline_file import load_pipelines
from classify.verification.rules import PipelineRules

PASSWORD = "a long office password"  # noqa: S105 - of a made-up office
SOURCE, CRM = "/recordings", "/crm.json"
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
USERS, TEAMS = 60, 6
SAID = "Да, давайте в четверг в пятнадцать ноль-ноль, мне удобно"


@dataclass(frozen=True, slots=True)
class Size:
    """How large it is; a transcript is written for the newest calls only."""

    deals: int = 20_000
    calls: int = 200_000
    actions: int = 2_000_000
    transcripts: int = 2_000
    reviewers: int = 20


@cache
def rules() -> PipelineRules:
    """The rules that its deals are judged by."""
    return load_pipelines(None)["web_studio"]


@cache
def stage_keys() -> list[str]:
    """Their stages in order."""
    return [stage.key for stage in rules().stages]
