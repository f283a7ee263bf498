"""What a drop-box is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.sftp_settings import SftpSettings
from ingest.sftp.box import Room
from ingest.sftp.throttle import Patience


@dataclass(frozen=True, slots=True)
class DropBoxPlan:
    """Where the drop-box listens and keeps things, and what it allows."""

    folder: Path
    accounts: Path
    keys: Path
    audit: Path
    host: str
    port: int
    room: Room
    suffixes: frozenset[str]
    patience: Patience
    most_connections: int
    processes: int


def inbox_of(state: Path, settings: SftpSettings) -> Path:
    """The folder of the boxes."""
    return settings.folder or state / "inbox"
