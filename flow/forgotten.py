"""Who was forgotten: the secret of the tombstones, and the check that every way in calls."""

from __future__ import annotations

import secrets
from pathlib import Path

from sqlalchemy import Engine

from ingest.sftp.private import write_private
from models.session import reading
from models.store.tombstones import Forgotten, any_forgotten, load_forgotten
from models.vocabulary.errors import OutputError, StagecheckError

_BYTES = 32
_NOBODY = Forgotten(b"", {}, frozenset())


def secret_file(state: Path) -> Path:
    """The file with the key of the tombstones' hashes."""
    return state / "forgotten.key"


def make_secret(state: Path) -> bytes:
    """Gives the key of a state folder, which is made where there is none.

    Raises:
        StagecheckError: it cannot be written, or is none.
    """
    file = secret_file(state)
    if not file.exists():
        try:
            write_private(file, secrets.token_hex(_BYTES).encode())
        except OSError as error:
            raise OutputError(
                f"{file}: cannot be written ({error.strerror}). Name another folder with --state."
            ) from error
    return _read(file)


def who_was_forgotten(engine: Engine, state: Path) -> Forgotten:
    """Gives the check of a call or a recording that comes in: `covers`, `covers_recording`.

    Raises:
        StagecheckError: somebody was forgotten here, and the key to tell who is gone.
    """
    with reading(engine) as session:
        if not any_forgotten(session):
            return _NOBODY
        return load_forgotten(session, _read(secret_file(state)))


def _read(file: Path) -> bytes:
    try:
        secret = bytes.fromhex(file.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise StagecheckError(
            f"{file}: the key that tells who was forgotten cannot be read. Restore it from a "
            "backup: without it their old calls would be taken again."
        ) from error
    if len(secret) != _BYTES:
        raise StagecheckError(f"{file}: is no key of ours. Restore it from a backup.")
    return secret
