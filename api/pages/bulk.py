"""Deciding about several findings at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Form, status
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from api.access.gate import Visitor, having
from api.pages.finding import kind_of, reason_of
from api.pages.inbox_filters import NAMES
from api.pages.pages import Rendering
from api.pages.typed import LARGEST_ID, Text
from api.reviewing import Asked, NoSuchFindingError, RefusedError, decide_finding
from classify.deciding import flaw
from core.clock import now
from core.settings import Settings
from models.session import transaction
from models.store.decisions import DecidedMeanwhileError
from models.vocabulary.access import Right
from models.vocabulary.review import DecisionKind

MOST = 200  # findings at once
_LONGEST_STAMP = 100
_ALLOWED = (DecisionKind.CONFIRM, DecisionKind.DISMISS)
routes = APIRouter(include_in_schema=False)
Deciding = Annotated[Visitor, Depends(having(Right.DECIDE))]


@routes.post("/inbox/decide")
def decide_chosen(  # noqa: PLR0913 - the fields of a form
    pages: Rendering,
    visitor: Deciding,
    *,
    finding: Annotated[list[str], Form()] = [],  # noqa: B006 - only read
    kind: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    note: Text = "",
    query: Annotated[str, Form()] = "",
) -> Response:
    """Decides about all chosen findings; those that changed meanwhile are left as they are."""
    chosen, why = kind_of(kind), reason_of(reason)
    stamps = [stamp for stamp in map(stamp_of, dict.fromkeys(finding)) if stamp is not None]
    if chosen is None or chosen not in _ALLOWED or not stamps or len(stamps) > MOST:
        return _back(query, {"problem": "too_many" if len(stamps) > MOST else "nothing"})
    lack = flaw(chosen, why, note)
    if lack is not None:
        return _back(query, {"problem": lack.value})
    with transaction(pages.service.database()) as session:
        done = _decide_each(
            session,
            pages.service.settings,
            visitor,
            [Asked(id_, chosen, version, digest, why, note) for id_, version, digest in stamps],
        )
    return _back(query, {"decided": str(done), "left": str(len(stamps) - done)})


def stamp_of(text: str) -> tuple[int, int, str] | None:
    """A finding's id, version and digest, as its card shows them."""
    if len(text) > _LONGEST_STAMP:
        return None
    id_, _, rest = text.partition(":")
    version, _, digest = rest.partition(":")
    if not (id_.isascii() and id_.isdigit() and version.isascii() and version.isdigit()):
        return None
    return (int(id_), int(version), digest) if int(id_) <= LARGEST_ID else None


def _decide_each(
    session: Session, settings: Settings, visitor: Visitor, asked: Iterable[Asked]
) -> int:
    done = 0
    for one in asked:
        try:
            decide_finding(session, settings, visitor, one, now())
        except (NoSuchFindingError, DecidedMeanwhileError, RefusedError):
            continue  # told as one that was left
        done += 1
    return done


def _back(query: str, told: dict[str, str]) -> Response:
    """To the list as it was filtered, with what came of it."""
    kept = [(name, value) for name, value in parse_qsl(query) if name in NAMES]
    return RedirectResponse(f"/?{urlencode([*kept, *told.items()])}", status.HTTP_303_SEE_OTHER)
