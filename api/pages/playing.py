"""The sound of calls: only for whoever may see the call, and never without a line in the audit."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, status
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, PlainTextResponse, Response

from api.access.gate import Visitor, having
from api.pages.pages import Pages, Rendering
from api.pages.typed import RowId
from api.pages.wording import Words
from api.playback import NoSoundError, Playing, entity_tag, file_name, listening_lasts
from models.store.playing import note_listening
from models.vocabulary.access import Right
from models.vocabulary.playing import CallSound, NoSound

routes = APIRouter(include_in_schema=False)
Seeing = Annotated[Visitor, Depends(having(Right.SEE))]

_STATUS = {
    NoSound.NOT_RECORDED: status.HTTP_404_NOT_FOUND,
    NoSound.WAITING: status.HTTP_409_CONFLICT,
    NoSound.UNUSABLE: status.HTTP_422_UNPROCESSABLE_CONTENT,
    NoSound.EXPIRED: status.HTTP_410_GONE,
    NoSound.GONE: status.HTTP_410_GONE,
    NoSound.SEALED: status.HTTP_503_SERVICE_UNAVAILABLE,
    NoSound.NO_ROOM: status.HTTP_507_INSUFFICIENT_STORAGE,
}


@routes.api_route("/calls/{call}/audio", methods=["GET", "HEAD"])
async def audio(  # noqa: PLR0913, PLR0917 - what is asked for, and by whom
    call: RowId,
    request: Request,
    pages: Rendering,
    playback: Playing,
    visitor: Seeing,
    download: bool = False,
) -> Response:
    """The sound, in ranges; `download` gives it as a file whose name tells nobody's number."""
    try:
        sound = await run_in_threadpool(playback.wanted, call, visitor.reach)
        path = await playback.sound(sound) if sound is not None else None
    except NoSoundError as error:
        return _sorry(pages, request, visitor, error.why)
    if sound is None or path is None:
        return _sorry(pages, request, visitor)
    if request.method == "GET":
        await run_in_threadpool(_note, pages, visitor, sound, download=download)
    return FileResponse(
        path,
        headers={"ETag": entity_tag(path), "Vary": "Cookie"},
        media_type="audio/wav",
        filename=file_name(sound),
        content_disposition_type="attachment" if download else "inline",
    )


@routes.get("/calls/{call}/peaks.json")
async def peaks(
    call: RowId, request: Request, pages: Rendering, playback: Playing, visitor: Seeing
) -> Response:
    """How loud each side is, moment by moment; nobody hears anything by it."""
    try:
        sound = await run_in_threadpool(playback.wanted, call, visitor.reach)
        if sound is None:
            return _sorry(pages, request, visitor)
        return FileResponse(await playback.peaks(sound), media_type="application/json")
    except NoSoundError as error:
        return _sorry(pages, request, visitor, error.why)


def _note(pages: Pages, visitor: Visitor, sound: CallSound, *, download: bool) -> None:
    subject = f"call:{sound.call}"
    if download:
        visitor.note("exported", subject)
        return
    entry = visitor.entry("listened", subject)
    lasts = listening_lasts(sound)
    note_listening(pages.service.database(), entry, visitor.session, lasts)


def _sorry(
    pages: Pages, request: Request, visitor: Visitor, why: NoSound | None = None
) -> Response:
    """Why nothing is played; without a reason there is no such call within reach."""
    words = Words(pages.language(request, visitor))
    if why is None:
        return PlainTextResponse(words("errors.not_found"), status.HTTP_404_NOT_FOUND)
    return PlainTextResponse(words(f"call.sound.{why.value}"), _STATUS[why])
