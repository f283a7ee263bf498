"""The sound of calls: without personal numbers, in ranges, every export in the audit."""

from __future__ import annotations

from http import HTTPMethod, HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Send
from starlette.types import Scope as Asked

from api.playback import (
    NoSoundError,
    Playback,
    Playing,
    entity_tag,
    file_name,
    listening_lasts,
)
from api.v1.describing import told_sound
from api.v1.keys import Caller, Plays
from api.v1.listing import CallId, has_it
from api.v1.problems import ProblemError
from api.v1.reading import current_rows, not_found
from models.store.playing import note_export
from models.vocabulary.access import Reach
from models.vocabulary.keys import Scope
from models.vocabulary.playing import CallSound, NoSound

routes = APIRouter(prefix="/api/v1", tags=["calls"])
_PROBLEMS = {
    NoSound.NOT_RECORDED: ("not_recorded", "this call was not recorded"),
    NoSound.WAITING: ("sound_not_ready", "nobody has looked for personal numbers in it yet"),
    NoSound.UNUSABLE: ("sound_unusable", "the recording cannot be read"),
    NoSound.EXPIRED: ("sound_removed", "the recording is no longer kept"),
    NoSound.GONE: ("sound_missing", "the recording's file is not where it was"),
    NoSound.SEALED: ("sound_sealed", "the recording is sealed for another key"),
    NoSound.NO_ROOM: ("no_room", "there is no room to make the sound ready"),
}
_RANGES = {
    HTTPStatus.BAD_REQUEST: ("bad_request", "the header `Range` cannot be read"),
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: (
        "range_not_satisfiable",
        "the sound is shorter than the range that is asked for",
    ),
}
_TOLD = told_sound(
    Scope.AUDIO,
    problems=("bad_request", "range_not_satisfiable", *(code for code, _ in _PROBLEMS.values())),
)


@routes.get("/calls/{id}/audio", response_class=Response, **_TOLD)
async def export_sound(
    request: Request,
    caller: Plays,
    playback: Playing,
    id: CallId,  # noqa: A002 - the address's word
) -> Response:
    """Gives the sound of a call as a WAV file, silent where personal numbers are said.

    `Range` gives a part of it. That it was taken is written down: each time that it is begun, and
    parts of it that are asked for later once for half an hour and the call's length.
    """
    return await _answer(request, caller, playback, id)


@routes.head("/calls/{id}/audio", response_class=Response, **_TOLD)
async def look_at_sound(
    request: Request,
    caller: Plays,
    playback: Playing,
    id: CallId,  # noqa: A002 - the address's word
) -> Response:
    """Tells how long the file is and its `ETag`; gives no sound, and nothing is written down."""
    return await _answer(request, caller, playback, id)


class Export(FileResponse):
    """A sound on its way to a program; the first byte leaves once that stands in the audit."""

    def __init__(self, caller: Caller, sound: CallSound, path: Path) -> None:
        headers = {"ETag": entity_tag(path), "Vary": "Authorization"}
        super().__init__(path, headers=headers, media_type="audio/wav", filename=file_name(sound))
        self._caller, self._sound = caller, sound

    async def __call__(self, scope: Asked, receive: Receive, send: Send) -> None:
        """Sends what is asked for.

        Raises:
            ProblemError: the range cannot be given.
            StagecheckError: it cannot be written down; then nothing is sent.
        """

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = Headers(raw=message["headers"])
                if message["status"] in _RANGES:
                    raise _refused(HTTPStatus(message["status"]), headers)
                if scope["method"] == HTTPMethod.GET:
                    await run_in_threadpool(self._note, headers.get("content-range", ""))
            await send(message)

        await super().__call__(scope, receive, send_noted)

    def _note(self, part: str) -> None:
        goes_on = bool(part) and not part.startswith("bytes 0-")
        entry = self._caller.entry("exported", f"call:{self._sound.call}")
        database, lasts = self._caller.service.database(), listening_lasts(self._sound)
        note_export(database, entry, lasts, goes_on=goes_on)


async def _answer(request: Request, caller: Caller, playback: Playback, call: int) -> Response:
    try:
        sound = await run_in_threadpool(_wanted, caller, playback, call)
        path = await playback.sound(sound)
    except NoSoundError as error:
        raise ProblemError(*_PROBLEMS[error.why]) from error
    if has_it(request.headers.get("if-none-match", ""), entity_tag(path)):
        return Response(status_code=304, headers={"ETag": entity_tag(path)})
    return Export(caller, sound, path)


def _wanted(caller: Caller, playback: Playback, call: int) -> CallSound:
    """The sound of a call that counts now, as the lists show them."""
    with current_rows(caller) as (_, current):
        source = current.source if current is not None else None
    sound = playback.wanted(call, Reach(everybody=True), source) if source is not None else None
    if sound is None:
        raise not_found("call")
    return sound


def _refused(status: HTTPStatus, headers: Headers) -> ProblemError:
    part = headers.get("content-range")
    return ProblemError(*_RANGES[status], headers={"Content-Range": part} if part else None)
