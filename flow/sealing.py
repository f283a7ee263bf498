"""`stagecheck seal` and `unseal`: recordings that lie in clear are sealed, one is opened again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.sealing_settings import SealingSettings
from ingest.kinds import AUDIO_EXTENSIONS
from ingest.listing import is_uploading
from models.sealed import (
    DamagedError,
    Keys,
    SealedError,
    is_sealed,
    open_into,
    read_keys,
    seal_in_place,
    seal_into,
)
from models.vocabulary.errors import InvalidInputError, OutputError


@dataclass(frozen=True, slots=True)
class Sealed:
    """A recording after its sealing: where it lies, or why it stayed as it was."""

    path: Path
    problem: str | None = None


def sealing_keys(settings: SealingSettings, recordings: Path) -> Keys:
    """Gives the keys to seal a folder for.

    Raises:
        SealedError: none is set, it is wrong, or it lies beside what it is to protect.
        InvalidInputError: there is no such folder.
    """
    if not recordings.is_dir():
        raise InvalidInputError(
            str(recordings), "is no folder", "Give the folder that the PBX's recordings lie in."
        )
    keys = read_keys(settings)
    if settings.key_file is None:
        raise SealedError(
            "no key is set, so nothing can be sealed. Make one with `stagecheck seal-key FILE` "
            "and name it in `sealing.key_file`."
        )
    if settings.key_file.resolve().is_relative_to(recordings.resolve()):
        raise SealedError(
            f"{settings.key_file}: the key lies among the recordings that it is to seal, and would "
            "be copied with them. Move it elsewhere."
        )
    return keys


def seal_folder(recordings: Path, keys: Keys, *, again: bool = False) -> Iterator[Sealed]:
    """Seals every recording of a folder that lies in clear; whoever was killed begins again.

    Sidecars, tables and unfinished uploads stay. One that cannot be sealed stops no other.

    Args:
        recordings: the folder, taken with all below it.
        keys: for whom; the first opens what was sealed before.
        again: also seals anew what is sealed already, for a changed key.
    """
    for here, folders, names in os.walk(recordings):
        folders.sort()
        for name in sorted(names):
            path = Path(here, name)
            wanted = _is_clear_audio(path) or (again and is_sealed(path))
            if wanted and not path.is_symlink():
                yield _tried(path, keys)


def unseal(path: Path, out: Path, keys: Keys) -> None:
    """Writes the clear bytes of a sealed recording to a new file of mode 0600.

    Raises:
        InvalidInputError: the file is not there or not sealed.
        SealedError: the key is wrong or missing.
        OutputError: the new file is there already or cannot be written.
    """
    if not path.is_file() or not is_sealed(path):
        raise InvalidInputError(
            str(path), "is no sealed recording", "Name a file that ends with .age."
        )
    if out.exists():
        raise OutputError(f"{out}: is there already. Name another file.")
    draft = out.with_name(f".{out.name}.new")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            open_into(path, stream, keys)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(out)
    except DamagedError as error:
        raise InvalidInputError(
            str(path), "is damaged", "Take it from a backup; nothing was written."
        ) from error
    except OSError as error:
        raise OutputError(
            f"{out}: cannot be written ({error.strerror or error}). Name another place."
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def _is_clear_audio(path: Path) -> bool:
    return path.suffix.casefold() in AUDIO_EXTENSIONS and not is_uploading(path.name)


def _tried(path: Path, keys: Keys) -> Sealed:
    try:
        if not is_sealed(path):
            return Sealed(seal_in_place(path, keys))
        seal_into(path, path, keys)
    except SealedError as error:
        return Sealed(path, str(error))
    except OSError as error:
        return Sealed(path, f"{path}: cannot be sealed ({error.strerror or error})")
    return Sealed(path)
