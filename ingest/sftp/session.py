"""What a client that is logged in may do, answered from its box."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

import asyncssh
from asyncssh import (
    FXF_APPEND,
    FXF_CREAT,
    FXF_EXCL,
    FXF_READ,
    FXF_TRUNC,
    FXF_WRITE,
    SFTPAttrs,
    SFTPFileAlreadyExists,
    SFTPInvalidFilename,
    SFTPNoSpaceOnFilesystem,
    SFTPOpUnsupported,
    SFTPPermissionDenied,
    SFTPQuotaExceeded,
)
from asyncssh.sftp import SFTPName, SFTPVFSAttrs

from ingest.sftp.box import Box, FullError, Seen, Stage
from ingest.sftp.names import BadNameError, as_bytes, is_allowed, is_temporary, place_of

if TYPE_CHECKING:
    from asyncssh import SSHServerChannel

GAP = 16 << 20  # bytes that a write may lie past the end; clients write several blocks at once
CHECK_EVERY = 64 << 20  # bytes after which the disk is looked at again
FILE_MODE, FOLDER_MODE = 0o100600, 0o040700
Tell = Callable[..., None]


@dataclass(slots=True)
class Upload:
    """A file being written through one handle.

    Without `stream` it was received before, and the first block tells what the client wants: one
    from the beginning makes a new file (scp), a later one continues (`reput` of lftp).
    """

    place: PurePosixPath
    stream: BinaryIO | None
    append: bool
    size: int
    unchecked: int = 0
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is logged in, and to which box; `tell` writes to the audit."""

    account: str
    address: str
    box: Box
    suffixes: frozenset[str]
    tell: Tell
    busy: set[PurePosixPath] = field(default_factory=set)


class DropBox(asyncssh.SFTPServer):
    """One SFTP session: uploads only.

    A closed file is finished unless the connection died with it. asyncssh closes the handles of a
    dead connection too: then its channel is closing, or `exit` follows within the same turn of the
    loop, before what `close` had put off. (Verified for asyncssh 2.24 on clients that end well, are
    killed, are reset, or close the channel alone.)
    """

    def __init__(self, chan: SSHServerChannel[bytes], guest: Guest) -> None:
        super().__init__(chan)
        self._guest = guest
        self._box = guest.box
        self._pending: dict[PurePosixPath, asyncio.Handle] = {}

    # What is looked at -------------------------------------------------------------------

    def realpath(self, path: bytes) -> bytes:
        """The path as this server understands it."""
        with _told():
            return as_bytes(place_of(path))

    def stat(self, path: bytes) -> SFTPAttrs:
        """Size and time of a file, also of one that was taken already."""
        with _told():
            return _attrs(self._seen(place_of(path)))

    lstat = stat

    def fstat(self, file_obj: object) -> SFTPAttrs:
        """Size and time of the file being written."""
        upload = _upload(file_obj)
        return SFTPAttrs(size=upload.size, permissions=FILE_MODE, uid=0, gid=0)

    async def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:
        """The names in a folder, with sizes and times."""
        with _told():
            place = place_of(path)
            listed = self._box.names(place)
            here = self._seen(place)
        for name in (b".", b".."):
            yield SFTPName(name, attrs=_attrs(here))
        for text, seen in listed.items():
            yield SFTPName(text.encode("utf-8", "surrogateescape"), attrs=_attrs(seen))

    def statvfs(self, path: bytes) -> SFTPVFSAttrs:  # noqa: ARG002 - one disk holds all
        """How much room there is."""
        return SFTPVFSAttrs.from_local(os.statvfs(self._box.folder))

    def fstatvfs(self, file_obj: object) -> SFTPVFSAttrs:  # noqa: ARG002 - one disk holds all
        """How much room there is."""
        return self.statvfs(b"/")

    # What is written ---------------------------------------------------------------------

    def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> Upload:  # noqa: ARG002
        """Opens a file to be written; reading is refused."""
        with _told():
            place = place_of(path)
            if not pflags & FXF_WRITE:
                raise SFTPPermissionDenied("this is a drop-box: files can be sent, not read")
            if pflags & FXF_READ:
                raise SFTPPermissionDenied("open the file for writing only")
            if not is_allowed(place, self._guest.suffixes):
                self._guest.tell("refused", path=str(place), reason="kind")
                raise SFTPPermissionDenied(f"files like {place.name} are not taken here")
            if place in self._guest.busy:
                raise SFTPPermissionDenied("this file is being written by another connection")
            return self._begin(place, pflags)

    def _begin(self, place: PurePosixPath, pflags: int) -> Upload:
        seen = self._box.look(place)
        if seen is not None and pflags & FXF_CREAT and pflags & FXF_EXCL:
            raise SFTPFileAlreadyExists("exists already")
        gone = seen is None or seen.stage is Stage.RECEIPTS
        anew = bool(pflags & FXF_TRUNC) or (gone and bool(pflags & FXF_CREAT))
        append = bool(pflags & FXF_APPEND)
        self._forget_pending(place)
        upload = Upload(place, None, append, seen.size if seen is not None else 0)
        if anew or append or seen is None or seen.stage is not Stage.RECEIVED:
            self._write_to(upload, anew=anew)
        self._guest.busy.add(place)
        self._guest.tell("begun", path=str(place), size=upload.size)
        return upload

    def _write_to(self, upload: Upload, *, anew: bool) -> BinaryIO:
        target = self._box.begin(upload.place, anew=anew)
        flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | (os.O_TRUNC if anew else 0)
        upload.stream = os.fdopen(os.open(target, flags, 0o600), "wb")
        upload.size = os.fstat(upload.stream.fileno()).st_size
        return upload.stream

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Writes a block."""
        upload = _upload(file_obj)
        offset = upload.size if upload.append else offset
        end = offset + len(data)
        if offset > upload.size + GAP:
            upload.failed = True
            raise SFTPQuotaExceeded("a file has to be written without such gaps")
        if end > self._box.room.file_bytes:
            upload.failed = True
            self._guest.tell("refused", path=str(upload.place), reason="size", size=end)
            raise SFTPQuotaExceeded(f"files may have {self._box.room.file_bytes >> 20} MB")
        try:
            with _told():
                self._check_disk(upload, len(data))
                stream = upload.stream or self._write_to(upload, anew=offset == 0)
                stream.seek(offset)
                stream.write(data)
        except (OSError, asyncssh.SFTPError):
            upload.failed = True
            raise
        upload.size = max(upload.size, end)
        return len(data)

    def _check_disk(self, upload: Upload, more: int) -> None:
        upload.unchecked += more
        if upload.unchecked >= CHECK_EVERY:
            self._box.check_free()
            upload.unchecked = 0

    def close(self, file_obj: object) -> None:
        """Finishes a file, or puts it by as broken where the connection is gone."""
        upload = _upload(file_obj)
        died = self.channel.is_closing()  # `self.connection` may be gone already: never asked
        self._guest.busy.discard(upload.place)
        if upload.stream is None:
            return  # opened and left as it was
        try:
            upload.stream.flush()
            os.fsync(upload.stream.fileno())
        except OSError as error:
            upload.failed = True
            self._guest.tell("failed", path=str(upload.place), reason=error.strerror or str(error))
            raise
        finally:
            upload.stream.close()
            if died or upload.failed:
                self._broken(upload.place)
        if not (died or upload.failed):
            loop = asyncio.get_running_loop()
            self._pending[upload.place] = loop.call_soon(self._finish, upload.place)

    def exit(self) -> None:
        """The session is over: what was closed in this very moment was not closed by the client."""
        for place, handle in list(self._pending.items()):
            handle.cancel()
            self._broken(place)
        self._pending.clear()
        if not self.channel.is_closing():
            self.channel.exit(0)  # scp takes an end without a status for a failure

    def _finish(self, place: PurePosixPath) -> None:
        self._pending.pop(place, None)
        if is_temporary(place):
            self._guest.tell("waits for its name", path=str(place))
            return
        try:
            path = self._box.finish(place)
        except OSError as error:
            self._guest.tell("failed", path=str(place), reason=error.strerror or str(error))
            return
        self._guest.tell("received", path=str(place), size=path.stat().st_size)

    def _broken(self, place: PurePosixPath) -> None:
        self._guest.tell("broken off", path=str(place))

    def _forget_pending(self, place: PurePosixPath) -> None:
        """A file opened anew in the same turn is not finished yet."""
        handle = self._pending.pop(place, None)
        if handle is not None:
            handle.cancel()

    def read(self, file_obj: object, offset: int, size: int) -> bytes:  # noqa: ARG002
        """Nothing is ever read, not even what was just written."""
        raise SFTPPermissionDenied("this is a drop-box: files can be sent, not read")

    def fsync(self, file_obj: object) -> None:
        """Brings what was written to the disk."""
        stream = _upload(file_obj).stream
        if stream is not None:
            stream.flush()
            os.fsync(stream.fileno())

    # Attributes: times are taken, lengths checked, owners and permissions never change ---------

    def fsetstat(self, file_obj: object, attrs: SFTPAttrs) -> None:
        """Sets the length and the time of the file being written."""
        upload = _upload(file_obj)
        with _told():
            stream = upload.stream or self._write_to(upload, anew=False)
            stream.flush()
            self._set(stream.fileno(), upload.size, attrs)
        if attrs.size is not None:
            upload.size = attrs.size

    def setstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Sets the length of an unfinished file, and the time of any that is here."""
        with _told():
            place = place_of(path)
            seen = self._seen(place)
            if seen.folder or seen.stage is Stage.RECEIPTS:
                return
            if attrs.size is not None and seen.stage is not Stage.RECEIVING:
                if attrs.size != seen.size:
                    raise SFTPPermissionDenied("the file was received already")
                attrs = SFTPAttrs(atime=attrs.atime, mtime=attrs.mtime)
            target = self._box.path(seen.stage, place)
            descriptor = os.open(target, os.O_WRONLY | os.O_NOFOLLOW)
            try:
                self._set(descriptor, seen.size, attrs)
            finally:
                os.close(descriptor)

    lsetstat = setstat

    def _set(self, descriptor: int, size: int, attrs: SFTPAttrs) -> None:
        if attrs.size is not None:
            if attrs.size > size + GAP or attrs.size > self._box.room.file_bytes:
                raise SFTPQuotaExceeded("a file cannot be made longer than what was sent")
            os.truncate(descriptor, attrs.size)
        if attrs.mtime is not None:
            os.utime(descriptor, (attrs.atime or attrs.mtime, attrs.mtime))

    # Names -----------------------------------------------------------------------------------

    def remove(self, path: bytes) -> None:
        """Takes a file out of sight; what was received stays ours."""
        with _told():
            place = place_of(path)
            self._box.hide(place)
        self._guest.tell("removed", path=str(place))

    def mkdir(self, path: bytes, attrs: SFTPAttrs) -> None:  # noqa: ARG002 - ours are private
        """Makes a folder."""
        with _told():
            self._box.make_folder(place_of(path))

    def rmdir(self, path: bytes) -> None:
        """Removes an empty folder."""
        with _told():
            self._box.remove_folder(place_of(path))

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Gives a file its name; it is finished unless the new name is a temporary one too."""
        with _told():
            if self._box.look(place_of(newpath)) is not None:
                raise SFTPFileAlreadyExists("exists already")
        self.posix_rename(oldpath, newpath)

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """The same where something has the new name already: the earlier file is kept, unseen."""
        with _told():
            old, new = place_of(oldpath), place_of(newpath)
            seen = self._seen(old)
            if old in self._guest.busy or new in self._guest.busy:
                raise SFTPPermissionDenied("this file is being written")
            if not seen.folder and not is_allowed(new, self._guest.suffixes):
                raise SFTPPermissionDenied(f"files like {new.name} are not taken here")
            self._forget_pending(old)
            self._box.move(old, new)
        if not seen.folder:
            self._finish(new)

    def readlink(self, path: bytes) -> bytes:  # noqa: ARG002
        """There are no links."""
        raise SFTPOpUnsupported("there are no links here")

    def symlink(self, oldpath: bytes, newpath: bytes) -> None:  # noqa: ARG002
        """There are no links."""
        raise SFTPOpUnsupported("there are no links here")

    link = symlink

    def _seen(self, place: PurePosixPath) -> Seen:
        seen = self._box.look(place)
        if seen is None:
            raise FileNotFoundError(2, "No such file")
        return seen


def _upload(file_obj: object) -> Upload:
    return cast("Upload", file_obj)


def _attrs(seen: Seen) -> SFTPAttrs:
    moment = int(seen.modified)
    mode = FOLDER_MODE if seen.folder else FILE_MODE
    return SFTPAttrs(
        size=seen.size, permissions=mode, uid=0, gid=0, atime=moment, mtime=moment, nlink=1
    )


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the box in the protocol's words; an `OSError` has them from asyncssh."""
    try:
        yield
    except BadNameError as error:
        raise SFTPInvalidFilename(str(error)) from error
    except FullError as error:
        raise SFTPNoSpaceOnFilesystem(str(error)) from error
