"""Sounds to be played: made in threads of their own, one call once, few at a time."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated
from weakref import WeakValueDictionary

from anyio import CapacityLimiter, Lock, to_thread
from fastapi import Depends, Request

from api.service import Service
from core.clock import now
from core.logs import get_logger
from models.places import PLAYED
from models.sealed import read_keys
from models.session import reading
from models.store.playing import playable, sound_of
from models.vocabulary.access import Reach
from models.vocabulary.errors import OutputError, StagecheckError, UnusableRecordingError
from models.vocabulary.playing import CallSound, NoSound

AT_ONCE = 2  # decoding takes a core for each
SWEEP_EVERY_S = 60.0
_log = get_logger("api.playback")


class NoSoundError(Exception):
    """There is nothing to be played of a call; `why` says what hinders."""

    def __init__(self, why: NoSound) -> None:
        self.why = why
        super().__init__(why.value)


class Playback:
    """Gives the files that are played."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._limiter: CapacityLimiter | None = None
        self._locks: WeakValueDictionary[str, Lock] = WeakValueDictionary()

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self._service.state / PLAYED

    def wanted(self, call: int, reach: Reach, source: str | None = None) -> CallSound | None:
        """What there is to be played of a call; ``None`` where there is none within reach.

        `source`: only if the call came from there.

        Raises:
            NoSoundError: the call has no sound (any more, or not yet).
            StagecheckError: the database cannot be used.
        """
        with reading(self._service.database()) as session:
            sound = sound_of(session, call, reach, source)
        if sound is not None and sound.missing is not None:
            raise NoSoundError(sound.missing)
        return sound

    async def sound(self, sound: CallSound) -> Path:
        """The WAV file of a call without personal numbers.

        Raises:
            NoSoundError: the recording is gone, cannot be decoded or is sealed for another key,
                or there is no room for the file.
        """
        return await self._made(sound, peaks=False)

    async def peaks(self, sound: CallSound) -> Path:
        """The waveform of the same file, as JSON.

        Raises:
            NoSoundError: as above.
        """
        return await self._made(sound, peaks=True)

    def sweep(self) -> int:
        """Removes what is too old, and what no call in the database is played by (any more).

        So a forgetting on any machine reaches what lies on this one, as do numbers that were
        found later. Gives how many files went.

        Raises:
            StagecheckError: the database cannot be used.
        """
        if not self.folder.is_dir():
            return 0
        from transcribe.silenced import (
            PLAYED_FOR,
            forget_silenced_before,
            forget_silenced_but,
            kept_sounds,
            silenced_name,
        )

        removed = forget_silenced_before(self.folder, (now() - PLAYED_FOR).timestamp())
        kept = kept_sounds(self.folder)
        if not kept:
            return removed
        with reading(self._service.database()) as session:
            right = {
                silenced_name(one.sha256, one.hidden, one.agent_side)
                for one in playable(session, kept)
            }
        return removed + forget_silenced_but(kept, right)

    async def keep_swept(self) -> None:
        """Sweeps at once and every minute, until it is cancelled."""
        while True:
            try:
                removed = await to_thread.run_sync(self.sweep)
            except (StagecheckError, OSError) as error:
                _log.warning("sounds cannot be looked through now", error=type(error).__name__)
            else:
                if removed:
                    _log.info("sounds removed", files=removed)
            await asyncio.sleep(SWEEP_EVERY_S)

    async def _made(self, sound: CallSound, *, peaks: bool) -> Path:
        lock = self._locks.get(sound.sha256)
        if lock is None:
            lock = self._locks[sound.sha256] = Lock()
        if self._limiter is None:
            self._limiter = CapacityLimiter(AT_ONCE)
        make = partial(self._make, sound, peaks=peaks)
        try:
            async with lock:
                return await to_thread.run_sync(make, limiter=self._limiter)
        except (UnusableRecordingError, OSError) as error:
            gone = getattr(error, "error", "") == "gone"
            raise NoSoundError(NoSound.GONE if gone else NoSound.UNUSABLE) from error
        except OutputError as error:
            raise NoSoundError(NoSound.NO_ROOM) from error
        except StagecheckError as error:
            raise NoSoundError(NoSound.SEALED) from error

    def _make(self, sound: CallSound, *, peaks: bool) -> Path:
        from transcribe.peaks import peaks_file
        from transcribe.silenced import write_silenced

        path = write_silenced(
            [Path(file) for file in sound.files],
            sound.hidden,
            self.folder,
            sha256=sound.sha256,
            agent_side=sound.agent_side,
            keys=read_keys(self._service.settings.sealing),
        )
        return peaks_file(path) if peaks else path


def playback_of(request: Request) -> Playback:
    """A dependency: what makes the sounds of this app."""
    playback: Playback = request.app.state.playback
    return playback


Playing = Annotated[Playback, Depends(playback_of)]


def listening_lasts(sound: CallSound) -> timedelta:
    """How long what is asked for of a call belongs to one listening."""
    return timedelta(minutes=30, seconds=sound.duration_s or 0)


def file_name(sound: CallSound) -> str:
    """What the sound is called where it is kept elsewhere: nobody's name or number."""
    return f"call-{sound.call}-{sound.started_at.astimezone(UTC):%Y-%m-%d}.wav"


def entity_tag(path: Path) -> str:
    """Tells sounds apart: another recording, or other seconds that are silent."""
    return f'"{hashlib.sha256(path.name.encode()).hexdigest()[:32]}"'
