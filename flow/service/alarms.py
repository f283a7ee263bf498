"""What is wrong with the service, by rule: the figures are read here and judged in `alerts_of`."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from classify.verification.worktime import WorkCalendar
from core.alert_settings import AlertSettings
from core.clock import now
from core.disk import GB, free_bytes
from core.logs import get_logger
from core.settings import Settings
from flow.drop_box import accounts_file
from flow.service.background import again_and_again
from flow.service.telling_alerts import channels_of, tell_due
from ingest.sftp.accounts import read_accounts
from models.session import reading, transaction
from models.store.alerts import forget_alerts, keep_alerts
from models.store.measures import (
    Received,
    crm_zone,
    received_by_account,
    set_aside_since,
    sources,
)
from models.store.processes import SCHEDULER, WORKER, processes_seen
from models.store.standing import HOUR, Standing, read_standing
from models.vocabulary.alert import Alert, AlertKind
from models.vocabulary.work import Lane

_KEPT = timedelta(days=90)
_log = get_logger("service.alerts")


@dataclass(frozen=True, slots=True)
class Figures:
    """What alerts are judged by.

    `received` is by account, `free` the room in bytes by folder, `processes` when each kind was
    seen last.
    """

    standing: Standing
    received: Mapping[str, Received]
    set_aside: int
    free: Mapping[str, int]
    processes: Mapping[str, datetime]


def alerts_of(
    figures: Figures, settings: AlertSettings, calendar: WorkCalendar, silent_s: float
) -> list[Alert]:
    """Judges the figures. `silent_s`: after how long a process counts as gone."""
    return [
        *_silent(figures, settings, calendar),
        *_lags(figures, settings),
        *_set_aside(figures, settings),
        *_disks(figures, settings),
        *_processes(figures, settings, silent_s),
    ]


def _silent(figures: Figures, settings: AlertSettings, calendar: WorkCalendar) -> Iterator[Alert]:
    if not settings.silent_hours:
        return
    named = {name: one for name, one in figures.received.items() if name}
    for name, one in (named or figures.received).items():
        if calendar.add_working_hours(one.last_at, settings.silent_hours) <= figures.standing.at:
            last = one.last_at.astimezone(calendar.zone).isoformat(timespec="minutes")
            yield Alert(
                AlertKind.SILENT,
                name or "recordings",
                f"no file for {settings.silent_hours} working hours; the last came at {last}",
            )


def _lags(figures: Figures, settings: AlertSettings) -> Iterator[Alert]:
    most = {Lane.FRESH: settings.lag_minutes, Lane.BACKLOG: settings.backlog_lag_minutes}
    for lane, minutes in most.items():
        lag = figures.standing.lag_s(lane) / 60
        if lag > minutes:
            waiting = figures.standing.waiting(lane)
            yield Alert(
                AlertKind.LAG,
                lane.value,
                f"{waiting} jobs wait, the oldest for {lag:.0f} minutes ({minutes:g} are allowed)",
            )


def _set_aside(figures: Figures, settings: AlertSettings) -> Iterator[Alert]:
    if figures.set_aside > settings.set_aside_per_hour:
        yield Alert(
            AlertKind.SET_ASIDE,
            "work",
            f"{figures.set_aside} recordings and jobs were set aside within an hour "
            f"({settings.set_aside_per_hour} are allowed)",
        )


def _disks(figures: Figures, settings: AlertSettings) -> Iterator[Alert]:
    for folder, free in figures.free.items():
        if free < settings.free_gb * GB:
            yield Alert(
                AlertKind.DISK,
                folder,
                f"{free / GB:.1f} GB are free on its disk ({settings.free_gb:g} are needed)",
            )


def _processes(figures: Figures, settings: AlertSettings, silent_s: float) -> Iterator[Alert]:
    at = figures.standing.at
    gone_before = at - timedelta(seconds=silent_s)
    seen = {name for name, beat_at in figures.processes.items() if beat_at >= gone_before}
    lag_s = max(figures.standing.lag_s(lane) for lane in Lane)
    if WORKER not in seen and lag_s > settings.worker_minutes * 60:
        yield Alert(
            AlertKind.NO_WORKER,
            "workers",
            f"no worker is seen, and work has waited for {lag_s / 60:.0f} minutes",
        )
    if SCHEDULER not in seen:
        yield Alert(AlertKind.NO_SCHEDULER, "scheduler", "no scheduler is seen")


def current_alerts(database: Engine, state: Path, settings: Settings) -> list[Alert]:
    """What is wrong now.

    Raises:
        StagecheckError: the database cannot be used, or the accounts or the calendar are wrong.
    """
    service, rules = settings.service, settings.verification
    silent_s = max(service.stuck_s, 3 * service.beat_s)
    accounts = set(read_accounts(accounts_file(state)))
    with reading(database) as session:
        figures = Figures(
            read_standing(session, None, now()),
            received_by_account(session, accounts),
            set_aside_since(session, now() - HOUR),
            _free(state, settings, [Path(source) for source in sources(session)]),
            {
                process.name: beat_at
                for process, beat_at in sorted(
                    processes_seen(session, now() - timedelta(days=1)), key=lambda seen: seen[1]
                )
            },
        )
        zone = ZoneInfo(settings.pbx.timezone or crm_zone(session) or "UTC")
    calendar = WorkCalendar(rules.holidays_country, zone, rules.working_hours)
    return alerts_of(figures, settings.alerts, calendar, silent_s)


def _free(state: Path, settings: Settings, recordings: list[Path]) -> dict[str, int]:
    folders = {"state": state, "inbox": settings.sftp.folder}
    free = {name: free_bytes(folder) for name, folder in folders.items() if folder is not None}
    rooms = [room for room in map(free_bytes, recordings) if room is not None]
    free["recordings"] = min(rooms, default=None)
    return {name: room for name, room in free.items() if room is not None}


@contextmanager
def watched(database: Engine, state: Path, settings: Settings) -> Iterator[None]:
    """Looks again and again for what is wrong, and has it told when it begins and when it ends."""

    def look(ended: threading.Event) -> None:
        keep_watch(database, state, settings)
        tell_due(database, settings.alerts, ended)

    with again_and_again("alerts", settings.alerts.every_s, look):
        yield


def keep_watch(database: Engine, state: Path, settings: Settings) -> None:
    """Looks once, and writes down what is to be told.

    Raises:
        StagecheckError: the database cannot be used, or the accounts or the calendar are wrong.
    """
    found = current_alerts(database, state, settings)
    alerts = [one for one in found if one.kind is not AlertKind.NO_SCHEDULER]  # that is who looks
    with transaction(database) as session:
        forget_alerts(session, now() - _KEPT)
        raised, ended = keep_alerts(session, alerts, channels_of(settings.alerts), now())
    for one in raised:
        _log.warning("alert", kind=one.kind.value, subject=one.subject, detail=one.detail)
    for one in ended:
        _log.warning("alert is over", kind=one.kind.value, subject=one.subject)
