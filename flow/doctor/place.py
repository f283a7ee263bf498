"""The machine: settings, secrets, disks."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from classify.checklist import load_checklist
from classify.pipeline_file import load_pipelines
from classify.verification.worktime import WorkCalendar
from core.disk import GB, free_bytes
from core.settings import Settings
from flow.doctor.finding import Finding, Severity, found
from flow.drop_box import accounts_file
from ingest.sftp.accounts import read_accounts
from models.places import broker_address, secret_in
from models.sealed import read_keys
from models.vocabulary.errors import StagecheckError

_NOT_OURS = 0o077
_ANYBODY = 0o007


def check_settings(state: Path, settings: Settings) -> Iterator[Finding]:
    """Whether what the settings name is there and right."""
    service, rules = settings.service, settings.verification
    calendar = WorkCalendar(rules.holidays_country, ZoneInfo("UTC"), rules.working_hours)
    checks: tuple[Callable[[], object], ...] = (
        lambda: secret_in(service.database_file, "service.database_file"),
        lambda: broker_address(service),
        lambda: secret_in(service.token_file, "service.token_file"),
        lambda: secret_in(settings.oidc.client_secret_file, "oidc.client_secret_file"),
        lambda: read_keys(settings.sealing),
        lambda: load_pipelines(rules.pipelines_folder),
        lambda: load_checklist(rules.checklist),
        lambda: calendar.is_working_day(datetime(2026, 1, 12, tzinfo=calendar.zone).date()),
        lambda: read_accounts(accounts_file(state)),
    )
    for check in checks:
        try:
            check()
        except StagecheckError as error:
            yield Finding(Severity.ERROR, str(error), "See docs/settings.md.")


def check_secrets(state: Path, settings: Settings) -> Iterator[Finding]:
    """Whether others than this user can read what is secret."""
    sftp, service = state / "sftp", settings.service
    private = [sftp, *sorted(sftp.rglob("*"))] if sftp.is_dir() else []
    yield from found(
        Severity.ERROR,
        "{n} files and folders with secrets are open to other users",
        f"chmod -R go= {sftp}",
        [path for path in private if _mode(path) & _NOT_OURS],
    )
    files = (
        service.database_file,
        service.broker_file,
        service.token_file,
        settings.oidc.client_secret_file,
    )
    yield from found(
        Severity.WARNING,
        "{n} files with secrets can be read by anybody on this machine",
        "chmod o= FILE, where nothing else keeps others away (containers do).",
        [path for path in files if path is not None and _mode(path) & _ANYBODY],
    )


def _mode(path: Path) -> int:
    with suppress(OSError):
        return stat.S_IMODE(path.stat().st_mode)
    return 0


def check_disks(folders: list[Path], settings: Settings) -> Iterator[Finding]:
    """Whether the disks have room."""
    least = settings.alerts.free_gb * GB
    rooms = {folder: free_bytes(folder) for folder in folders}
    yield from found(
        Severity.ERROR,
        f"{{n}} folders lie on disks with less than {settings.alerts.free_gb:g} GB of room",
        "Free some space; at sftp.free_mb uploads are refused.",
        [folder for folder, room in rooms.items() if room is not None and room < least],
    )
