"""Writes results so that a reader finds the old file or the new one, never half of one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from core.disk import synced
from models.vocabulary.errors import OutputError


def check_writable(path: Path) -> None:
    """Tries whether `path` can be written later, before hours of work are spent on it.

    Raises:
        OutputError: its folder is missing or closed to us, or it is a folder itself.
    """
    if path.is_dir():
        raise OutputError(f"{path}: is a folder. Name a file to write to.")
    with _named(path):
        if _is_device(path):
            os.close(os.open(path, os.O_WRONLY))
            return
        temporary = _temporary(path)
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666))
        temporary.unlink()


def write_files(texts: Mapping[Path, str]) -> None:
    """Writes each text to its file, UTF-8, on disk for good; all of them or none.

    Each goes to a file beside its target first and takes its name only when all are
    complete. Devices and pipes (``/dev/stdout``) are written straight.

    Raises:
        OutputError: the disk is full or the place cannot be written; no target was touched.
    """
    ready: list[tuple[Path, Path]] = []
    try:
        for path, text in texts.items():
            with _named(path):
                if not _is_device(path):
                    ready.append((_temporary(path), path.resolve()))
                _write(path if _is_device(path) else ready[-1][0], text)
        for temporary, target in ready:
            with _named(target):
                temporary.replace(target)
    finally:
        for temporary, _ in ready:
            with suppress(OSError):
                temporary.unlink()
    for folder in {target.parent for _, target in ready}:
        _keep(folder)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Turns an error of the file system into a sentence about `path`."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({error.strerror or error}). Check that its "
            "folder exists, that you may write there and that the disk has room."
        ) from error


def _is_device(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(mode)


def _temporary(path: Path) -> Path:
    target = path.resolve()
    return target.with_name(f".{target.name}.{os.getpid()}.part")


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write(text)
        file.flush()
        if not _is_device(path):
            os.fsync(file.fileno())


def _keep(folder: Path) -> None:
    """Asks the file system to keep the new names; some cannot, and the files are whole anyway."""
    with suppress(OSError):
        synced(folder)
