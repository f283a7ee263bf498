"""Settings of the long-running service: workers, lanes, patience."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from core.section import Section


class ServiceSettings(Section):
    """Where work is queued, and how patient the service is with it."""

    broker: SecretStr | None = Field(
        default=None,
        description="Redis that workers on several machines are told of work by "
        "(`redis://:password@host:6379/0`); without it workers look into the database",
    )
    broker_file: Path | None = Field(
        default=None, description="file that holds the broker's address, as containers get secrets"
    )
    database_file: Path | None = Field(
        default=None, description="file that holds the database's address, where --db is not given"
    )
    fresh_hours: float = Field(
        default=24,
        gt=0,
        description="age up to which a call is today's; older ones wait until no such is left",
    )
    look_s: float = Field(
        default=10, gt=0, description="seconds between two looks at uploads, recordings and CRM"
    )
    beat_s: float = Field(
        default=10, gt=0, description="seconds between two signs of life of a worker at work"
    )
    stuck_s: float = Field(
        default=60, gt=0, description="seconds of silence after which its work is given to another"
    )
    tries: int = Field(
        default=3, ge=1, description="tries after which work is set aside until it is asked for"
    )
    retry_s: float = Field(
        default=30, ge=0, description="seconds until the second try; each further one doubles them"
    )
    limit_s: float = Field(
        default=600, gt=0, description="seconds that any work may take, whatever its recording"
    )
    limit_factor: float = Field(
        default=10, gt=0, description="times its length that a recording may take beyond that"
    )
    settle_s: float = Field(
        default=30,
        ge=0,
        description="least seconds between two verdicts while a backlog is worked off",
    )
    report_calls: int = Field(
        default=2000, ge=1, description="most recordings, the newest, that the page shows"
    )
    report_language: Literal["ru", "en"] = Field(
        default="ru", description="language of that page and of what is explained in a summary"
    )
    pages_port: int = Field(
        default=8788,
        ge=0,
        le=65535,
        description="port of the review pages that `stagecheck up` opens once somebody may log in",
    )
    token_file: Path | None = Field(
        default=None,
        description="file with the token that programs on other machines show to read the metrics "
        "and the status (`Authorization: Bearer ...`); without it only this machine may",
    )
    hosts: tuple[str, ...] = Field(
        default=(),
        description="names under which browsers reach `stagecheck serve` (behind a proxy); it "
        "answers to `localhost` and, where it listens on all addresses, to any while this is empty",
    )
