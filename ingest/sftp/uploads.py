"""The files that one session writes: begun, filled, and told finished from broken."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import BinaryIO, TypeVar

from asyncssh import (
    FXF_APPEND,
    FXF_CREAT,
    FXF_EXCL,
    FXF_TRUNC,
    SFTPAttrs,
    SFTPError,
    SFTPFileAlreadyExists,
    SFTPPermissionDenied,
    SFTPQuotaExceeded,
)

from ingest.sftp.box import Box, FullError, Stage
from ingest.sftp.names import is_temporary
from ingest.sftp.writing import Writing

GAP = 16 << 20  # bytes that a write may lie past the end; clients write several blocks at once
CHECK_EVERY = 64 << 20  # bytes after which the disk is looked at again
Tell = Callable[..., None]
T = TypeVar("T")


@dataclass(slots=True)
class Upload:
    """A file being written through one handle.

    Without `stream` it was received before, and the first block tells what the client wants: one
    from the beginning makes a new file (scp), a later one continues (`reput`), which is refused
    where the intake has the file.
    """

    place: PurePosixPath
    stream: BinaryIO | None
    append: bool
    size: int
    unchecked: int = 0
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Guest:
    """A log-in: its box, the files that any session of the account is writing, the audit."""

    box: Box
    suffixes: frozenset[str]
    writing: Writing
    tell: Tell


class Uploads:
    """What one session writes.

    A file is finished when its client closes it, and broken when the session ends before. The
    client is answered once a finished file lies on the disk and where the intake looks for it:
    whoever was told "closed" may delete his own, whatever happens here.
    """

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._box = guest.box

    def begin(self, place: PurePosixPath, pflags: int) -> Upload:
        """Opens a file for writing as the protocol's flags ask.

        Raises:
            SFTPError: somebody writes it already, or it may not be there and is.
            FullError: there is no room.
            OSError: it cannot be opened.
        """
        if not self._guest.writing.take(place):
            raise SFTPPermissionDenied("this file is being written by another connection")
        try:
            upload = self._begin(place, pflags)
        except BaseException:
            self._guest.writing.free(place)
            raise
        self._guest.tell("begun", path=str(place), size=upload.size)
        return upload

    def _begin(self, place: PurePosixPath, pflags: int) -> Upload:
        seen = self._box.look(place)
        if seen is not None and pflags & FXF_CREAT and pflags & FXF_EXCL:
            raise SFTPFileAlreadyExists("exists already")
        upload = Upload(place, None, bool(pflags & FXF_APPEND), seen.size if seen else 0)
        if seen is None:
            self._open(upload, anew=bool(pflags & FXF_CREAT))
        elif pflags & FXF_TRUNC or seen.stage is Stage.RECEIVING:
            self._open(upload, anew=bool(pflags & FXF_TRUNC))
        return upload

    def _open(self, upload: Upload, *, anew: bool) -> BinaryIO:
        target = self._box.begin(upload.place, anew=anew)
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | (os.O_TRUNC if anew else 0)
        upload.stream = os.fdopen(os.open(target, flags, 0o600), "wb")
        upload.size = os.fstat(upload.stream.fileno()).st_size
        return upload.stream

    def write(self, upload: Upload, offset: int, data: bytes) -> None:
        """Writes a block; a file that one could not be written of is never finished.

        Raises:
            SFTPError, FullError, OSError: it is not taken.
        """
        offset = upload.size if upload.append else offset
        end = offset + len(data)
        try:
            self._check(upload, offset, end)
            stream = upload.stream or self._open(upload, anew=offset == 0)
            stream.seek(offset)
            stream.write(data)
        except (OSError, SFTPError, FullError):
            upload.failed = True
            raise
        upload.size = max(upload.size, end)

    def _check(self, upload: Upload, offset: int, end: int) -> None:
        if offset > upload.size + GAP:
            raise SFTPQuotaExceeded("a file has to be written without such gaps")
        if end > self._box.room.file_bytes:
            self._guest.tell("refused", path=str(upload.place), reason="size", size=end)
            raise SFTPQuotaExceeded(f"files may have {self._box.room.file_bytes >> 20} MB")
        upload.unchecked += end - offset
        if upload.unchecked >= CHECK_EVERY:
            self._box.check_free()
            upload.unchecked = 0

    def set_attributes(self, upload: Upload, attrs: SFTPAttrs) -> None:
        """Sets the length and the time of a file being written."""
        if upload.stream is None and attrs.size in (None, upload.size):
            return  # received before, and as it is
        stream = upload.stream or self._open(upload, anew=True)
        stream.flush()
        set_attributes(stream.fileno(), upload.size, attrs, self._box.room.file_bytes)
        if attrs.size is not None:
            upload.size = attrs.size

    async def save(self, upload: Upload) -> None:
        """Brings what was written so far to the disk.

        Raises:
            OSError: it does not get there.
        """
        if upload.stream is not None:
            await _aside(partial(_save, upload.stream))

    async def close(self, upload: Upload, *, over: bool) -> None:
        """Ends a file: finished, or broken where the session is over or something failed.

        Raises:
            OSError: the last of it could not be written. Never where the session is over: asyncssh
                would leave its other files open.
        """
        error = await _aside(partial(self._end, upload, over=over))
        if error is not None and not over:
            raise error

    def _end(self, upload: Upload, *, over: bool) -> OSError | None:
        """Ends a file; gives what went wrong. Waits for the disk, so that it is done aside."""
        error = None
        try:
            if upload.stream is not None:  # else it was opened and left as it was
                error = self._end_written(upload, upload.stream, over=over)
        finally:
            self._guest.writing.free(upload.place)
        return error

    def _end_written(self, upload: Upload, stream: BinaryIO, *, over: bool) -> OSError | None:
        error = _shut(stream)
        if error is not None:
            self._failed(upload.place, error)
        if over or upload.failed or error is not None:
            self._guest.tell("broken off", path=str(upload.place))
            return error
        try:
            self.finish(upload.place)
        except OSError as unfinished:
            return unfinished
        return None

    def finish(self, place: PurePosixPath) -> None:
        """Hands a whole file to the intake, unless its name says that it waits for another.

        Raises:
            OSError: it cannot be put where the intake looks.
        """
        if is_temporary(place):
            self._guest.tell("waits for its name", path=str(place))
            return
        try:
            path = self._box.finish(place)
            size = path.stat().st_size
        except OSError as error:
            self._failed(place, error)
            raise
        self._guest.tell("received", path=str(place), size=size)

    def _failed(self, place: PurePosixPath, error: OSError) -> None:
        self._guest.tell("failed", path=str(place), reason=error.strerror or str(error))


def set_attributes(descriptor: int, size: int, attrs: SFTPAttrs, most: int) -> None:
    """Sets the length of an open file, at most `most` and near `size`, and its time.

    Owners and permissions are passed over without an error: `lftp mirror` sets them on everything.
    """
    if attrs.size is not None:
        if attrs.size > min(size + GAP, most):
            raise SFTPQuotaExceeded("a file cannot be made longer than what was sent")
        os.truncate(descriptor, attrs.size)
    if attrs.mtime is not None:
        os.utime(descriptor, (attrs.atime or attrs.mtime, attrs.mtime))


async def _aside(work: Callable[[], T]) -> T:
    """Does in a thread what waits for the disk; it is done to its end even if nobody waits."""
    return await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, work))


def _save(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _shut(stream: BinaryIO) -> OSError | None:
    """Brings a file to the disk and closes it; gives what went wrong."""
    try:
        _save(stream)
    except OSError as error:
        return error
    finally:
        with suppress(OSError):
            stream.close()
    return None
