"""The files that one session writes: begun, filled, and told finished from broken."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

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

GAP = 16 << 20  # bytes that a write may lie past the end; clients write several blocks at once
CHECK_EVERY = 64 << 20  # bytes after which the disk is looked at again
Tell = Callable[..., None]


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
    busy: set[PurePosixPath]
    tell: Tell


class Uploads:
    """What one session has open or has just closed.

    A closed file is finished unless the connection died with it. asyncssh closes the handles of a
    dead connection too: then its channel is closing, or the session's end follows within the same
    turn of the loop, before what `close` had put off (asyncssh 2.24; clients that end well, are
    killed, are reset, or close the channel alone).
    """

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._box = guest.box
        self._pending: dict[PurePosixPath, asyncio.Handle] = {}

    def begin(self, place: PurePosixPath, pflags: int) -> Upload:
        """Opens a file for writing as the protocol's flags ask.

        Raises:
            SFTPError: somebody writes it already, or it may not be there and is.
            FullError: there is no room.
            OSError: it cannot be opened.
        """
        if place in self._guest.busy:
            raise SFTPPermissionDenied("this file is being written by another connection")
        seen = self._box.look(place)
        if seen is not None and pflags & FXF_CREAT and pflags & FXF_EXCL:
            raise SFTPFileAlreadyExists("exists already")
        self.forget(place)
        upload = Upload(place, None, bool(pflags & FXF_APPEND), seen.size if seen else 0)
        if seen is None:
            self._open(upload, anew=bool(pflags & FXF_CREAT))
        elif pflags & FXF_TRUNC or seen.stage is Stage.RECEIVING:
            self._open(upload, anew=bool(pflags & FXF_TRUNC))
        self._guest.busy.add(place)
        self._guest.tell("begun", path=str(place), size=upload.size)
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

    def close(self, upload: Upload, *, died: bool) -> None:
        """Ends a file: finished soon, or broken where the connection died or something failed.

        Raises:
            OSError: the last of it could not be written. Never where the connection died: asyncssh
                would leave the other handles of it open.
        """
        self._guest.busy.discard(upload.place)
        if upload.stream is None:
            return  # opened and left as it was
        error = _shut(upload.stream)
        if error is not None:
            self._failed(upload.place, error)
        if died or upload.failed or error is not None:
            self._guest.tell("broken off", path=str(upload.place))
        else:
            loop = asyncio.get_running_loop()
            self._pending[upload.place] = loop.call_soon(self.finish, upload.place)
        if error is not None and not died:
            raise error

    def end(self) -> None:
        """The session is over: what was closed in this very moment was not closed by the client."""
        for place, handle in self._pending.items():
            handle.cancel()
            self._guest.tell("broken off", path=str(place))
        self._pending.clear()

    def finish(self, place: PurePosixPath) -> None:
        """Hands a whole file to the intake, unless its name says that it waits for another."""
        self._pending.pop(place, None)
        if is_temporary(place):
            self._guest.tell("waits for its name", path=str(place))
            return
        try:
            path = self._box.finish(place)
            size = path.stat().st_size
        except OSError as error:
            self._failed(place, error)
            return
        self._guest.tell("received", path=str(place), size=size)

    def forget(self, place: PurePosixPath) -> None:
        """A file that is opened or renamed in the turn in which it was closed is not finished."""
        handle = self._pending.pop(place, None)
        if handle is not None:
            handle.cancel()

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


def _shut(stream: BinaryIO) -> OSError | None:
    """Brings a file to the disk and closes it; gives what went wrong."""
    try:
        stream.flush()
        os.fsync(stream.fileno())
    except OSError as error:
        return error
    finally:
        with suppress(OSError):
            stream.close()
    return None
