"""What a client that is logged in may do, answered from its box."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

import asyncssh
from asyncssh import (
    FXF_READ,
    FXF_WRITE,
    SFTPAttrs,
    SFTPFileAlreadyExists,
    SFTPInvalidFilename,
    SFTPNoSpaceOnFilesystem,
    SFTPOpUnsupported,
    SFTPPermissionDenied,
)
from asyncssh.sftp import SFTPName, SFTPVFSAttrs

from ingest.sftp.box import FullError, Seen, Stage
from ingest.sftp.names import BadNameError, as_bytes, is_allowed, place_of
from ingest.sftp.uploads import Guest, Upload, Uploads, set_attributes

if TYPE_CHECKING:
    from asyncssh import SSHServerChannel

FILE_MODE, FOLDER_MODE = 0o100600, 0o040700
SEND_ONLY = "this is a drop-box: files can be sent, not read"


class DropBox(asyncssh.SFTPServer):
    """One SFTP session: uploads only (see `Uploads` for what becomes of them)."""

    def __init__(self, chan: SSHServerChannel[bytes], guest: Guest) -> None:
        super().__init__(chan)
        self._guest = guest
        self._box = guest.box
        self._uploads = Uploads(guest)
        self.over = False  # from then on files are closed by nobody's wish

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
            if pflags & FXF_READ or not pflags & FXF_WRITE:
                raise SFTPPermissionDenied(SEND_ONLY)
            self._check_kind(place)
            return self._uploads.begin(place, pflags)

    def _check_kind(self, place: PurePosixPath) -> None:
        if not is_allowed(place, self._guest.suffixes):
            self._guest.tell("refused", path=str(place), reason="kind")
            raise SFTPPermissionDenied(f"files like {place.name} are not taken here")

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Writes a block."""
        with _told():
            self._uploads.write(_upload(file_obj), offset, data)
        return len(data)

    async def close(self, file_obj: object) -> None:
        """Finishes a file, or puts it by as broken where the session is over."""
        # `self.connection` may be gone already and is never asked.
        over = self.over or self.channel.is_closing()
        await self._uploads.close(_upload(file_obj), over=over)

    def exit(self) -> None:
        """The session is over."""
        if not self.channel.is_closing():
            self.channel.exit(0)  # scp takes an end without a status for a failure

    def read(self, file_obj: object, offset: int, size: int) -> bytes:  # noqa: ARG002
        """Nothing is ever read, not even what was just written."""
        raise SFTPPermissionDenied(SEND_ONLY)

    async def fsync(self, file_obj: object) -> None:
        """Brings what was written to the disk."""
        await self._uploads.save(_upload(file_obj))

    # Attributes: times are taken, lengths checked, owners and permissions never change ---------

    def fsetstat(self, file_obj: object, attrs: SFTPAttrs) -> None:
        """Sets the length and the time of the file being written."""
        with _told():
            self._uploads.set_attributes(_upload(file_obj), attrs)

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
                set_attributes(descriptor, seen.size, attrs, self._box.room.file_bytes)
            finally:
                os.close(descriptor)

    lsetstat = setstat

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
            if self._seen(old).folder:
                raise SFTPPermissionDenied("folders cannot be renamed here")
            with self._guest.writing.both(old, new) as free:
                if not free:
                    raise SFTPPermissionDenied("this file is being written")
                self._check_kind(new)
                self._box.move(old, new)
                self._uploads.finish(new)

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
