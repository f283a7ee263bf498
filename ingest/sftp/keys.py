"""The server's own keys, by which its clients know it again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh

from ingest.sftp.private import write_private
from models.vocabulary.errors import OutputError, StagecheckError

if TYPE_CHECKING:
    from asyncssh import SSHKey

HOST_KEYS = ("ssh_host_ed25519_key", "ssh_host_rsa_key")


def host_keys(folder: Path) -> list[SSHKey]:
    """The server's own keys, made at the first start and kept.

    Raises:
        OutputError: they cannot be kept there.
        StagecheckError: one of them is no key.
    """
    kept = []
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in HOST_KEYS:
            path = folder / name
            if not path.exists():
                _make_key(path)
            kept.append(asyncssh.read_private_key(str(path)))
    except OSError as error:
        raise OutputError(f"{folder}: host keys cannot be kept here ({error.strerror}).") from error
    except asyncssh.KeyImportError as error:
        raise StagecheckError(
            f"{path}: is no private key ({error}). Restore it, or remove it for a new one."
        ) from error
    return kept


def _make_key(path: Path) -> None:
    kind, size = ("ssh-ed25519", {}) if "ed25519" in path.name else ("ssh-rsa", {"key_size": 3072})
    key = asyncssh.generate_private_key(kind, comment="stagecheck drop-box", **size)
    write_private(path, key.export_private_key())
