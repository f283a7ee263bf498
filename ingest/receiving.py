"""Recordings that come otherwise than by SFTP: laid into a box as if they had been uploaded there.

A recording and its sidecar are written to a folder of their own beside the box's stages, which gets
its place among the finished uploads by one rename: both are there, or neither. From there the
intake takes them to the recordings (`ingest/sftp/collect.py`).
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from core.disk import synced
from core.shown import is_plain
from ingest.kinds import AUDIO_EXTENSIONS, HEAD_BYTES, FileKind, describe_stranger, kind_of
from ingest.listing import is_passed_over, is_uploading
from ingest.sftp.box import Box, Room, Stage

_DRAFTS = "sending"
_FOLDER = "http"
_ANY = Room(file_bytes=0, files=0, free_bytes=0)  # nothing is begun in the box itself
_LONGEST_NAME = 150  # bytes
_STALE_S = 24 * 3600


class RefusedError(Exception):
    """What came is no recording; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Received:
    """A recording whose bytes are all here, but that has no place yet."""

    name: str
    size: int
    sha256: str


class Receiving:
    """A recording on its way into a box; leaves nothing behind unless it is `put`.

    Writes block: call them where nobody waits for the loop.
    """

    def __init__(self, inbox: Path, account: str) -> None:
        """Makes ready to write, beside the box of `account`; it may be put into another.

        Raises:
            OSError: there is no place to write to.
        """
        self._inbox = inbox
        drafts = Box(inbox / account, _ANY).folder / _DRAFTS
        drafts.mkdir(mode=0o700, exist_ok=True)
        _forget_stale(drafts)
        self._draft = drafts / uuid.uuid4().hex
        self._draft.mkdir(mode=0o700)
        self._out = (self._draft / "recording").open("wb")
        self._digest, self._head, self._size = hashlib.sha256(), b"", 0

    def write(self, data: bytes) -> None:
        """Adds some bytes.

        Raises:
            OSError: there is no room.
        """
        self._out.write(data)
        self._digest.update(data)
        self._size += len(data)
        if len(self._head) < HEAD_BYTES:
            self._head += data[: HEAD_BYTES - len(self._head)]

    def whole(self, name: str) -> Received:
        """Says that all bytes came.

        Raises:
            RefusedError: its name or its bytes are no recording's.
            OSError: there is no room.
        """
        self._out.flush()
        os.fsync(self._out.fileno())
        self._out.close()
        shown = _name_of(name)
        kind = kind_of(self._head, self._size, shown)
        if kind is not FileKind.AUDIO:
            raise RefusedError(describe_stranger(self._head, kind))
        return Received(shown, self._size, self._digest.hexdigest())

    def put(
        self, received: Received, id_: str, sidecar: Mapping[str, Any], account: str
    ) -> PurePosixPath:
        """Gives it its place in a box, with its sidecar; put there again it changes nothing.

        Returns:
            Where it will lie in the account's folder of the recordings.

        Raises:
            OSError: there is no room.
        """
        place = place_of(id_, received.name)
        (self._draft / "recording").rename(self._draft / received.name)
        if sidecar:
            with (self._draft / f"{received.name}.json").open("w", encoding="utf-8") as out:
                json.dump(dict(sidecar), out, ensure_ascii=False)
                out.flush()
                os.fsync(out.fileno())
        synced(self._draft)
        target = Box(self._inbox / account, _ANY).folder / Stage.RECEIVED / place.parent
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _forget_empty(target.parent, besides=target)
        try:
            self._draft.rename(target)  # an empty folder of before is replaced
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        synced(target.parent)
        return place

    def close(self) -> None:
        """Removes what has got no place."""
        self._out.close()
        shutil.rmtree(self._draft, ignore_errors=True)


def place_of(id_: str, name: str) -> PurePosixPath:
    """Where a recording with this id lies in its account's folder."""
    return PurePosixPath(_FOLDER, id_[:2], id_, name)


def _name_of(name: str) -> str:
    """The name that a recording gets: the one that it came with, without folders.

    Raises:
        RefusedError: it is no recording's.
    """
    plain = name.replace("\\", "/").rpartition("/")[2].strip()
    if not plain or not is_plain(plain) or len(plain.encode(errors="replace")) > _LONGEST_NAME:
        raise RefusedError(
            f"a recording's name has up to {_LONGEST_NAME} bytes and no control characters"
        )
    if is_passed_over(plain) or is_uploading(plain):
        raise RefusedError("the name is one of hidden or unfinished files; give its own")
    if PurePosixPath(plain).suffix.casefold() not in AUDIO_EXTENSIONS:
        raise RefusedError("the name has no ending of a recording (.wav, .mp3, .ogg...)")
    return plain


def _forget_stale(drafts: Path) -> None:
    """Removes what processes left behind that were killed."""
    before = time.time() - _STALE_S
    for folder in drafts.iterdir():
        with suppress(FileNotFoundError):
            if folder.stat().st_mtime < before:
                shutil.rmtree(folder, ignore_errors=True)


def _forget_empty(folder: Path, besides: Path) -> None:
    """Removes folders whose recordings were taken."""
    for one in folder.iterdir():
        if one != besides:
            with suppress(OSError):  # it still holds something
                one.rmdir()
