"""Settings of the alerts: what is worth waking somebody for, and who is told."""

from __future__ import annotations

from pydantic import Field, SecretStr

from core.section import Section


class AlertSettings(Section):
    """From when on something is wrong with the service, and how that is told."""

    every_s: float = Field(default=60, gt=0, description="seconds between two looks for alerts")
    silent_hours: int = Field(
        default=4,
        ge=0,
        description="working hours without a file from a telephone system that sent some before; "
        "0: never",
    )
    lag_minutes: float = Field(
        default=30, gt=0, description="minutes that the oldest of today's calls may wait"
    )
    backlog_lag_minutes: float = Field(
        default=2880, gt=0, description="minutes that the oldest call of the backlog may wait"
    )
    set_aside_per_hour: int = Field(
        default=10, ge=0, description="recordings and jobs that may be set aside within an hour"
    )
    free_gb: float = Field(
        default=5, ge=0, description="room in GB that the disks of state and recordings need"
    )
    worker_minutes: float = Field(
        default=5, gt=0, description="minutes that work may wait while no worker is seen"
    )
    webhook: SecretStr | None = Field(
        default=None, description="URL that alerts are posted to as JSON when they begin and end"
    )
    command: tuple[str, ...] = Field(
        default=(),
        description="program with its arguments that is given each of them as JSON on its input; "
        "no shell",
    )
    timeout_s: float = Field(
        default=10, gt=0, description="seconds that the webhook or the program may take"
    )
    tries: int = Field(
        default=6, ge=1, description="tries to tell somebody, each after twice the time"
    )
