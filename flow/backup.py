"""`stagecheck backup`: a copy of the database as it was at one moment, proved to be readable."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import make_url

from core.clock import now
from core.disk import synced
from core.settings import Settings
from models import crm_keys, webhook_keys
from models.places import DATABASE, database_url
from models.vocabulary.errors import InvalidInputError, OutputError

_SECRETS = ("accounts.yaml", "keys")
_KEYS = (webhook_keys.KEY_FILE, crm_keys.KEY_FILE)


@dataclass(frozen=True, slots=True)
class Backup:
    """What was kept, and where."""

    folder: Path
    calls: int
    transcripts: int


def back_up(db: str | None, state: Path, settings: Settings, to: Path, *, secrets: bool) -> Backup:
    """Copies the database, and secrets where asked, to a folder that is new.

    Secrets are those of the drop-box, and the keys that those of endpoints and of CRMs are sealed
    with.

    The folder is there whole or not at all; only this user can read it.

    Raises:
        InvalidInputError: the database is no SQLite file, or `to` exists.
        OutputError: the copy cannot be written, or is not sound.
    """
    source = _sqlite_file(database_url(db, state, settings.service))
    if to.exists():
        raise InvalidInputError(str(to), "is there already", "Name a new folder for each backup.")
    draft = to.with_name(f".{to.name}.{os.getpid()}.part")
    try:
        draft.mkdir(mode=0o700, parents=True)
        calls, transcripts, form = _copied(source, draft / DATABASE)
        if secrets:
            _copy_secrets(state / "sftp", draft / "sftp")
            for name in _KEYS:
                if (state / name).exists():
                    shutil.copy2(state / name, draft / name)
        _write_manifest(draft, form)
        for path in draft.rglob("*"):
            synced(path)
        synced(draft)
        draft.rename(to)
        synced(to.parent)
    except (OSError, sqlite3.Error) as error:
        raise OutputError(f"{to}: the backup cannot be written ({error}).") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Backup(to, calls, transcripts)


def _sqlite_file(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise InvalidInputError(
            parsed.render_as_string(hide_password=True),
            "is backed up by PostgreSQL's own tools",
            "Run: pg_dump --format=custom --file=stagecheck.dump DATABASE (docs/operations.md).",
        )
    file = Path(parsed.database or "")
    if not file.is_file():
        raise InvalidInputError(str(file), "there is no database", "Name its folder with --state.")
    return file


def _copied(source: Path, target: Path) -> tuple[int, int, str]:
    """Copies in one step, which sees one moment whatever others write; then reads the copy."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with (
        closing(sqlite3.connect(f"file:{_quoted(source)}?mode=ro", uri=True)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        original.backup(copy)
        # One file, which can be moved about: nothing of it stays beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        [said] = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if said != "ok":
            raise OutputError(
                f"{source}: the database is damaged ({said}). Restore an earlier backup."
            )
        [calls] = copy.execute("SELECT count(*) FROM calls").fetchone()
        [transcripts] = copy.execute("SELECT count(*) FROM transcripts").fetchone()
        [form] = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    return calls, transcripts, form


def _quoted(path: Path) -> str:
    return path.resolve().as_uri().removeprefix("file:")


def _copy_secrets(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700)
    for name in _SECRETS:
        path = source / name
        if path.is_dir():
            shutil.copytree(path, target / name)
            (target / name).chmod(0o700)
        elif path.exists():
            shutil.copy2(path, target / name)


def _write_manifest(folder: Path, form: str) -> None:
    with (folder / DATABASE).open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    manifest = {
        "made_at": now().isoformat(timespec="seconds"),
        "version": version("stagecheck"),
        "form": form,
        "sha256": {DATABASE: digest},
    }
    file = folder / "manifest.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
