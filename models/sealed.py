"""Recordings that are kept encrypted: `call.wav` lies there as `call.wav.age`.

The one place that knows the format (https://age-encryption.org/v1) and its library. Whoever reads
recordings goes through `clear_file`; clear bytes live in memory only, while somebody reads them.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyrage

from core.disk import synced
from core.sealing_settings import SealingSettings
from models.vocabulary.errors import OutputError, StagecheckError

SUFFIX = ".age"
_SECRETS = Path("/run/secrets")  # where Docker puts secrets, readable to all inside


class SealedError(StagecheckError):
    """A sealed recording cannot be opened, or nothing sealed: the key is wrong or missing."""


class DamagedError(OSError):
    """A sealed file was cut or changed: the key fits, the bytes do not."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens sealed recordings, and for whom new ones are sealed; both empty: in clear."""

    identities: tuple[pyrage.x25519.Identity, ...] = ()
    recipients: tuple[pyrage.x25519.Recipient, ...] = ()

    @property
    def seals(self) -> bool:
        """Whether recordings are to be sealed."""
        return bool(self.recipients)


NO_KEYS = Keys()


class _Writes(Protocol):
    def write(self, data: bytes, /) -> int:
        """Takes some bytes."""


def read_keys(settings: SealingSettings) -> Keys:
    """Gives the keys that the settings name; no key file, no keys.

    Raises:
        SealedError: the file is missing, open to others or holds no key; a public key is wrong.
    """
    if settings.key_file is None:
        if settings.also_for:
            raise SealedError(
                "setting `sealing.also_for` needs `sealing.key_file` beside it: what nobody here "
                "can read cannot be transcribed. `stagecheck seal-key FILE` makes a key."
            )
        return NO_KEYS
    path = settings.key_file
    identities = tuple(_identity(line, path) for line in _key_lines(path))
    if not identities:
        raise SealedError(
            f"{path}: holds no age key (a line AGE-SECRET-KEY-1...). Make one with "
            "`stagecheck seal-key FILE`, or name the right file in `sealing.key_file`."
        )
    others = tuple(_recipient(text) for text in settings.also_for)
    return Keys(identities, (identities[0].to_public(), *others))


def make_key(path: Path) -> str:
    """Writes a new key to a file of mode 0600 and gives its public half.

    Raises:
        OutputError: there is a file of this name already, or it cannot be written.
    """
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(f"# public key: {public}\n{identity}\n")
            out.flush()
            os.fsync(out.fileno())
    except FileExistsError as error:
        raise OutputError(
            f"{path}: is there already, and a lost key loses the recordings. "
            "Name another file; to change keys put the new one above the old one."
        ) from error
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({error.strerror}). Name another file."
        ) from error
    return public


def is_sealed(path: Path) -> bool:
    """Whether a file's name says that it is sealed."""
    return path.name.endswith(SUFFIX) and len(path.name) > len(SUFFIX)


def clear_name(name: str) -> str:
    """The name that a sealed file had in clear; other names as they are."""
    return name.removesuffix(SUFFIX)


def sealed_path(path: Path) -> Path:
    """Where a clear file lies once it is sealed."""
    return path.with_name(path.name + SUFFIX)


@contextmanager
def clear_file(path: Path, keys: Keys) -> Iterator[Path]:
    """Gives a file to read from: the file itself, or the clear bytes of a sealed one.

    The latter is a file in memory under the clear name, gone afterwards. A clear file that was
    sealed since its path was noted is found under its new name.

    Raises:
        SealedError: it cannot be opened with these keys.
        OSError: it cannot be read.
    """
    if not is_sealed(path) and not path.exists() and sealed_path(path).exists():
        path = sealed_path(path)
    if not is_sealed(path):
        yield path
        return
    memory = os.memfd_create("recording")
    try:
        with os.fdopen(os.dup(memory), "wb") as out:
            open_into(path, out, keys)
        # The link carries the name, by which headerless recordings are known.
        with tempfile.TemporaryDirectory(prefix="stagecheck-") as folder:
            link = Path(folder, clear_name(path.name))
            link.symlink_to(f"/proc/{os.getpid()}/fd/{memory}")
            yield link
    finally:
        os.close(memory)


def open_into(path: Path, out: _Writes, keys: Keys) -> None:
    """Writes the clear bytes of a sealed file, piece by piece.

    Raises:
        SealedError: it cannot be opened with these keys.
        DamagedError: some of its bytes are missing or not what was written.
        OSError: it cannot be read.
    """
    if not keys.identities:
        raise SealedError(
            f"{path}: is sealed, and no key is set. Name the key in `sealing.key_file`."
        )
    try:
        with path.open("rb") as sealed:
            pyrage.decrypt_io(sealed, out, list(keys.identities))
    except pyrage.DecryptError as error:
        raise SealedError(
            f"{path}: cannot be opened with the key in `sealing.key_file` ({error}). Name the key "
            "that it was sealed with, or move the file away if it is damaged."
        ) from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise DamagedError(errno.EIO, "the sealed file is damaged", str(path)) from error


def clear_sha256(path: Path, keys: Keys) -> str:
    """SHA-256 of a file's clear bytes, sealed or not.

    Raises:
        SealedError: it cannot be opened with these keys.
        OSError: it cannot be read.
    """
    if not is_sealed(path):
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    digest = _Digest()
    open_into(path, digest, keys)
    return digest.sha256.hexdigest()


class _Digest:
    def __init__(self) -> None:
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes, /) -> int:
        self.sha256.update(data)
        return len(data)

    def flush(self) -> None:
        """The library asks for it."""


def seal_into(source: Path, target: Path, keys: Keys) -> None:
    """Writes `target` as the sealed `source` (clear or sealed itself), whole or not at all.

    Time of change and owner's rights stay; `source` stays where it is.

    Raises:
        SealedError: `source` is sealed for another key.
        OSError: one of them cannot be read or written.
    """
    draft = target.with_name(f".{target.name}.sealing")
    info = source.stat()
    try:
        with clear_file(source, keys) as clear, clear.open("rb") as stream:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                pyrage.encrypt_io(stream, out, list(keys.recipients))
                out.flush()
                os.fsync(out.fileno())
        os.utime(draft, ns=(info.st_atime_ns, info.st_mtime_ns))
        draft.chmod(stat.S_IMODE(info.st_mode))
        draft.replace(target)
        synced(target.parent)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise


def seal_in_place(path: Path, keys: Keys) -> Path:
    """Turns `call.wav` into `call.wav.age` and gives its new path; killed in between, both stay.

    A sealed file of that name with other bytes is another recording: then the new one gets some
    letters of its hash into its name.

    Raises:
        SealedError: a sealed file of that name cannot be opened to see what it is.
        OSError: it cannot be read or written.
    """
    target = sealed_path(path)
    if target.exists():
        own = clear_sha256(path, keys)
        if clear_sha256(target, keys) != own:
            target = sealed_path(path.with_name(f"{path.stem}~{own[:16]}{path.suffix}"))
    if not target.exists():
        seal_into(path, target, keys)
    path.unlink()
    synced(path.parent)
    return target


def _key_lines(path: Path) -> list[str]:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise SealedError(
            f"{path}: the key file cannot be read ({reason}). Name the file with the age key in "
            "`sealing.key_file`."
        ) from error
    if mode & 0o077 and not path.resolve().is_relative_to(_SECRETS):
        raise SealedError(
            f"{path}: others may read the key (mode {stat.S_IMODE(mode):04o}). "
            f"Shut it with `chmod 600 {path}`."
        )
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _identity(line: str, path: Path) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(line)
    except pyrage.IdentityError as error:
        raise SealedError(
            f"{path}: a line of it is no age key (AGE-SECRET-KEY-1...). Remove the line, or make "
            "a key with `stagecheck seal-key FILE`."
        ) from error


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise SealedError(
            f"setting `sealing.also_for`: `{text}` is no public age key (age1...)."
        ) from error
