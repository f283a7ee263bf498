"""The figures that Prometheus reads, each time from the rows as they are.

Labels name lanes, reasons, accounts of the drop-box and kinds of processes: never people, numbers
or files. Without a database what the disk and the audit tell is still told.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from importlib.metadata import version

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from api.service import Service
from core.clock import now
from core.disk import free_bytes
from ingest.sftp.accounts import read_accounts
from ingest.sftp.alive import alive_folder, drop_boxes
from models.session import reading
from models.store.alerts import open_alerts
from models.store.measures import judged_at, quarantined_by_reason, received_by_account
from models.store.processes import SCHEDULER, WORKER, processes_seen
from models.store.standing import Standing, read_standing, times_real_time
from models.store.tallies import failures_by_reason
from models.vocabulary.alert import AlertKind
from models.vocabulary.errors import StagecheckError
from models.vocabulary.work import JobKind, Lane

Family = GaugeMetricFamily | CounterMetricFamily
_PREFIX = "stagecheck_"
_UPLOADS = ("received", "refused", "broken off", "failed")
_LOG_INS = ("logged in", "log-in refused", "turned away")


class Metrics(Collector):
    """Gathers all figures at each asking."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def describe(self) -> Iterator[Family]:
        """Nothing: what there is to tell is only known when it is asked for."""
        return iter(())

    def collect(self) -> Iterator[Family]:
        """Gives the figures."""
        yield _gauge(
            "build_info", "The version that answers.", {version("stagecheck"): 1}, "version"
        )
        yield from self._of_machine()
        yield from _of_audit(self._service.audit.counted())
        try:
            queued = self._service.queued_if_reached()
            with reading(self._service.database()) as session:
                families = list(self._of_rows(session, queued))
        except StagecheckError:
            yield _figure("database_up", "1 while the database can be used.", 0)
            return
        yield _figure("database_up", "1 while the database can be used.", 1)
        yield from families

    def _of_machine(self) -> Iterator[Family]:
        service = self._service
        places = {"state": service.state, "inbox": service.settings.sftp.folder}
        free = {name: free_bytes(path) for name, path in places.items() if path is not None}
        known = {name: room for name, room in free.items() if room is not None}
        yield _gauge("disk_free_bytes", "Room on the disk of a folder.", known, "folder")
        boxes = drop_boxes(alive_folder(service.state), time.time())
        yield _figure("drop_boxes", "Drop-box processes that live on this state folder.", boxes)

    def _of_rows(self, session: Session, queued: Mapping[Lane, int] | None) -> Iterator[Family]:
        at = now()
        yield from _of_work(read_standing(session, queued, at))
        yield _gauge(
            "unusable_recordings",
            "Recordings that cannot be used, by the reason.",
            failures_by_reason(session),
            "reason",
        )
        yield _gauge(
            "quarantined_jobs",
            "Jobs that nobody tries any more, by the reason.",
            quarantined_by_reason(session),
            "reason",
        )
        yield from self._of_accounts(session, at)
        yield from self._of_processes(session, at)
        judged = judged_at(session)
        if judged is not None:
            age_s = (at - judged).total_seconds()
            yield _figure("verdicts_age_seconds", "Age of the newest verdicts.", age_s)
        alerts = {kind.value: 0 for kind in AlertKind}
        for alert in open_alerts(session):
            alerts[alert.kind.value] += 1
        yield _gauge("alerts", "Alerts that are open, by kind.", alerts, "kind")

    def _of_accounts(self, session: Session, at: datetime) -> Iterator[Family]:
        received = received_by_account(session, _accounts(self._service))
        files = {name: one.files for name, one in received.items()}
        ages = {name: (at - one.last_at).total_seconds() for name, one in received.items()}
        yield _gauge(
            "received_files",
            "Recordings that came, by the drop-box's account; without a name: by other ways.",
            files,
            "account",
        )
        yield _gauge(
            "last_file_age_seconds", "Time since the last recording came.", ages, "account"
        )

    def _of_processes(self, session: Session, at: datetime) -> Iterator[Family]:
        settings = self._service.settings.service
        since = at - timedelta(seconds=max(settings.stuck_s, 3 * settings.beat_s))
        seen = {SCHEDULER: 0, WORKER: 0}
        for process, _ in processes_seen(session, since):
            seen[process.name] = seen.get(process.name, 0) + 1
        yield _gauge("processes", "Processes of the service seen lately.", seen, "name")


def _of_work(standing: Standing) -> Iterator[Family]:
    calls = {lane.value: standing.waiting(lane, JobKind.CALL) for lane in Lane}
    lags = {lane.value: standing.lag_s(lane) for lane in Lane}
    yield _gauge("waiting_calls", "Calls that wait to be heard.", calls, "lane")
    yield _gauge("lane_lag_seconds", "How long the oldest work has waited.", lags, "lane")
    if standing.queued is not None:
        queued = {lane.value: number for lane, number in standing.queued.items()}
        yield _gauge("queued_messages", "Messages in the broker's queues.", queued, "lane")
    yield _figure("running_jobs", "Jobs in hand.", standing.running())
    pace = standing.pace
    yield _figure("hour_calls", "Calls transcribed in the last hour.", pace.calls)
    yield _figure("hour_audio_seconds", "Their sound.", pace.audio_s)
    yield _figure("hour_work_seconds", "The time that they took.", pace.took_s)
    speed = times_real_time(pace)
    if speed is not None:
        yield _figure("hour_times_real_time", "Sound per time of work in the last hour.", speed)
    yield _gauge("recordings", "Recordings by state.", standing.recordings, "state")


def _of_audit(counted: Mapping[tuple[str, str], int]) -> Iterator[Family]:
    uploads = CounterMetricFamily(
        f"{_PREFIX}uploads", "Uploads to the drop-box by their end.", labels=("account", "result")
    )
    log_ins = CounterMetricFamily(
        f"{_PREFIX}log_ins", "Log-ins to the drop-box by their end.", labels=("result",)
    )
    for (event, account), number in sorted(counted.items()):
        if event in _UPLOADS:
            uploads.add_metric((account, event.replace(" ", "_")), number)
    for event in _LOG_INS:
        log_ins.add_metric((event.replace(" ", "_"),), counted.get((event, ""), 0))
    yield uploads
    yield log_ins


def _accounts(service: Service) -> set[str]:
    try:
        return set(read_accounts(service.state / "sftp" / "accounts.yaml"))
    except StagecheckError:
        return set()


def _gauge(name: str, says: str, values: Mapping[str, float], label: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{_PREFIX}{name}", says, labels=(label,))
    for of, value in sorted(values.items()):
        family.add_metric((of,), value)
    return family


def _figure(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{_PREFIX}{name}", says, value=value)
