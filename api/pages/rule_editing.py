"""Changing the rules: a draft with a lock, publishing it, and going back to an earlier edition."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, status
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.pages.rule_book import InForce
from api.pages.rule_deeds import RefusedError, done, put_in_force, try_text
from api.pages.rule_desk import WRONG, AtDesk, Desk, Notice, Shown, editor
from classify.rule_faults import LONGEST
from core.clock import now
from models.store.rules import drop_draft, load_draft, load_edition, save_draft, text_digest
from models.vocabulary.rules import RuleDraft

routes = APIRouter(include_in_schema=False)
_SHORT_NOTE, _LONG_NOTE = 3, 2000


@routes.get("/rules/{pipeline}/edit")
def edit(desk: AtDesk, done: str = "") -> Response:
    """The draft, or a copy of what is in force where nobody began one."""

    def shown(one: InForce, draft: RuleDraft | None) -> Shown:
        said = done if draft and done == "saved" else ""
        return Shown(draft.text if draft else one.text, draft.version if draft else 0, done=said)

    return editor(desk, shown)


@routes.post("/rules/{pipeline}/draft")
def keep(
    desk: AtDesk,
    text: Annotated[str, Form()] = "",
    version: Annotated[int, Form(ge=0)] = 0,
    then: Annotated[str, Form()] = "save",
) -> Response:
    """Saves the draft, right or wrong, and asks for a preview where that is wanted."""
    text = _plain(text)
    if len(text) > LONGEST:
        notice: Notice = ("rules.fault.too_long", {"most": LONGEST // 1000})
        return editor(desk, lambda *_: Shown(text, version, notice, code=WRONG))

    def save(session: Session) -> Response:
        one, account = desk.in_force(session), desk.visitor.account
        save_draft(
            session, desk.pipeline, text, version=version, base=one.version,
            account=account.id, who=account.name, now=now(),
        )  # fmt: skip
        desk.note(session, "rules draft saved", text_digest(text)[:16])
        return desk.to("/edit?done=saved")

    saved = done(desk, save, text=text)
    if then == "preview" and saved.status_code == status.HTTP_303_SEE_OTHER:
        return done(desk, lambda session: _ask_for_preview(desk, session))
    return saved


@routes.post("/rules/{pipeline}/discard")
def discard(desk: AtDesk, version: Annotated[int, Form(ge=0)] = 0) -> Response:
    """Throws the draft away, unless somebody saved it meanwhile."""

    def drop(session: Session) -> Response:
        drop_draft(session, desk.pipeline, version)
        desk.note(session, "rules draft discarded")
        return desk.to("?done=discarded")

    return done(desk, drop)


@routes.post("/rules/{pipeline}/preview")
def preview(desk: AtDesk) -> Response:
    """Asks a worker what the draft would turn over."""
    return done(desk, lambda session: _ask_for_preview(desk, session))


@routes.post("/rules/{pipeline}/publish")
def publish(
    desk: AtDesk,
    version: Annotated[int, Form(ge=0)] = 0,
    after: Annotated[int, Form(ge=0)] = 0,
    note: Annotated[str, Form()] = "",
) -> Response:
    """Puts the draft in force; `version` and `after` are the draft and the edition shown."""
    note = _plain(note).strip()[:_LONG_NOTE]

    def put(session: Session) -> Response:
        one, draft = desk.in_force(session), load_draft(session, desk.pipeline)
        text = draft.text if draft else ""
        drop_draft(session, desk.pipeline, version)
        refusal = None
        if not desk.is_sound(session, text):
            refusal = "rules.not_sound"
        elif text == one.text:
            refusal = "rules.nothing_to_publish"
        elif len(note) < _SHORT_NOTE:
            refusal = "rules.note_missing"
        if refusal is not None:
            raise RefusedError(Shown(text, version, (refusal, {}), code=WRONG, note=note))
        put_in_force(desk, session, one, text, after=after, note=note)
        return desk.to("?done=published")

    return done(desk, put, note=note)


@routes.post("/rules/{pipeline}/back")
def roll_back(
    desk: AtDesk,
    version: Annotated[int, Form(ge=1)],
    after: Annotated[int, Form(ge=0)],
) -> Response:
    """Puts an earlier edition in force again, as a new one."""

    def put(session: Session) -> Response:
        one, edition = desk.in_force(session), load_edition(session, desk.pipeline, version)
        if edition is None:
            raise LookupError(version)
        if not desk.is_sound(session, edition.text):
            raise RefusedError(Shown(edition.text, 0, ("rules.not_sound", {}), code=WRONG))
        put_in_force(desk, session, one, edition.text, after=after, restores=version)
        return desk.to("?done=rolled_back")

    return done(desk, put)


def _ask_for_preview(desk: Desk, session: Session) -> Response:
    """Writes the draft down as something to try; a wrong one is shown with what is wrong."""
    one, draft = desk.in_force(session), load_draft(session, desk.pipeline)
    if draft is None:
        raise LookupError(desk.pipeline)
    if not desk.is_sound(session, draft.text):
        return desk.to("/edit?done=saved")
    return try_text(desk, session, one, draft.text)


def _plain(text: str) -> str:
    """A text as it is kept: browsers end lines in another way, and no database takes a NUL."""
    return text.replace("\r\n", "\n").replace("\x00", "\N{REPLACEMENT CHARACTER}")
