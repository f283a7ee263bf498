"""Going back to a pipeline's rule file: what that would change, trying it, and doing it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.pages.rule_book import InForce, difference
from api.pages.rule_deeds import RefusedError, done, put_in_force, try_text
from api.pages.rule_desk import WRONG, AtDesk, Desk, Shown
from api.pages.rules import not_found, unreadable
from models.session import reading
from models.store.rule_previews import newest_preview
from models.store.rules import text_digest
from models.vocabulary.errors import InvalidInputError

routes = APIRouter(include_in_schema=False)


@routes.get("/rules/{pipeline}/file")
def file_page(desk: AtDesk) -> Response:
    """The rule file beside the edition in force: what going back to it would change."""
    try:
        with reading(desk.pages.service.database()) as session:
            one, text = _beside_file(desk, session)
            tried = newest_preview(session, one.pipeline, text_digest(text))
            sound = desk.is_sound(session, text)
    except LookupError:
        return not_found(desk.request, desk.pages)
    except InvalidInputError as error:
        return unreadable(desk.request, desk.pages, desk.visitor, error)
    lines, more = difference(one.text, text)
    return desk.pages.page(
        desk.request,
        "rule_file.html.j2",
        desk.visitor,
        section="rules",
        one=one,
        sound=sound,
        tried=tried if tried and tried.follows_file else None,
        lines=lines,
        more=more,
    )


@routes.post("/rules/{pipeline}/file/preview")
def preview_file(desk: AtDesk) -> Response:
    """Asks a worker what going back to the file would turn over."""

    def ask(session: Session) -> Response:
        one, text = _beside_file(desk, session)
        return try_text(desk, session, one, text, follows_file=True)

    return done(desk, ask)


@routes.post("/rules/{pipeline}/file")
def follow_file(desk: AtDesk, after: Annotated[int, Form(ge=1)]) -> Response:
    """Gives the pipeline back to its rule file, as an edition that says so."""

    def put(session: Session) -> Response:
        one, text = _beside_file(desk, session)
        if not desk.is_sound(session, text):
            raise RefusedError(Shown(text, 0, ("rules.not_sound", {}), code=WRONG))
        put_in_force(desk, session, one, text, after=after, follows_file=True)
        return desk.to("?done=follows_file")

    return done(desk, put)


def _beside_file(desk: Desk, session: Session) -> tuple[InForce, str]:
    """What is in force and what the file says.

    Raises:
        LookupError: the file is in force already, or there is none.
    """
    one = desk.in_force(session)
    if one.follows_file or one.file is None:
        raise LookupError(desk.pipeline)
    return one, one.file
