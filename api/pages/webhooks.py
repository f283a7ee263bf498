"""`/system/webhooks`: where events are sent to, what was delivered, what nobody took."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, status
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from api.access.gate import Visitor, having
from api.pages.failing import failed
from api.pages.pages import Pages, Rendering
from api.pages.typed import RowId
from models.session import reading
from models.store.deliveries import last_deliveries
from models.store.endpoints import load_endpoint, load_endpoints, tallies
from models.vocabulary.access import Right
from models.vocabulary.event import TOLD_TYPES, DeliveryState, EventType
from models.webhook_keys import webhook_keys
from models.webhooks import Desk, NoEndpointError, WrongAddressError

routes = APIRouter(include_in_schema=False, prefix="/system/webhooks")
Operator = Annotated[Visitor, Depends(having(Right.SYSTEM))]


class Wish(BaseModel):
    """What somebody wants of an endpoint."""

    url: str = Field(default="", max_length=2000)
    types: list[EventType] = Field(default_factory=list)
    quotes: bool = False


Wished = Annotated[Wish, Form()]


@routes.get("")
def endpoints(request: Request, pages: Rendering, visitor: Operator) -> Response:
    """All endpoints, and the form for a new one."""
    return _list(request, pages, visitor)


@routes.post("")
def add(
    request: Request,
    pages: Rendering,
    visitor: Operator,
    wish: Wished,
) -> Response:
    """A new endpoint; its secret is shown on this answer and never again."""
    try:
        endpoint, secret = _desk(pages, visitor).add(
            wish.url.strip(), wish.types, quotes=wish.quotes
        )
    except WrongAddressError as error:
        return _list(request, pages, visitor, problem=error.code, wish=wish)
    return _one(request, pages, visitor, endpoint.id, secret=secret)


@routes.get("/{number}")
def endpoint(
    request: Request, pages: Rendering, visitor: Operator, number: RowId, said: str = ""
) -> Response:
    """One endpoint with its last deliveries and what nobody took."""
    known = said if said in {"changed", "tested", "shut", "opened", "replayed"} else ""
    return _one(request, pages, visitor, number, said=known)


@routes.post("/{number}")
def change(
    request: Request,
    pages: Rendering,
    visitor: Operator,
    number: RowId,
    wish: Wished,
) -> Response:
    """Another address, other events."""
    try:
        _desk(pages, visitor).change(number, wish.url.strip(), wish.types, quotes=wish.quotes)
    except WrongAddressError as error:
        return _one(request, pages, visitor, number, problem=error.code, wish=wish)
    except NoEndpointError:
        return _missing(request, pages)
    return _back(number, "changed")


@routes.post("/{number}/rotate")
def rotate(request: Request, pages: Rendering, visitor: Operator, number: RowId) -> Response:
    """A new secret, shown on this answer and never again."""
    try:
        secret = _desk(pages, visitor).rotate(number)
    except NoEndpointError:
        return _missing(request, pages)
    return _one(request, pages, visitor, number, secret=secret, rotated=True)


@routes.post("/{number}/{deed}")
def do(  # noqa: PLR0913, PLR0917 - what of which endpoint
    request: Request,
    pages: Rendering,
    visitor: Operator,
    number: RowId,
    deed: str,
    delivery: Annotated[RowId | None, Form()] = None,
) -> Response:
    """Tests, shuts, opens or removes an endpoint, or has dead deliveries sent again."""
    desk = _desk(pages, visitor)
    try:
        if deed == "test":
            desk.test(number)
            return _back(number, "tested")
        if deed == "shut":
            desk.shut(number)
            return _back(number, "shut")
        if deed == "open":
            desk.open(number)
            return _back(number, "opened")
        if deed == "replay":
            desk.replay(number, delivery)
            return _back(number, "replayed")
        if deed == "remove":
            desk.remove(number)
            return RedirectResponse("/system/webhooks", status.HTTP_303_SEE_OTHER)
    except NoEndpointError:
        pass
    return _missing(request, pages)


def _list(
    request: Request,
    pages: Pages,
    visitor: Visitor,
    problem: str | None = None,
    wish: Wish | None = None,
) -> Response:
    with reading(pages.service.database()) as session:
        found, counts = load_endpoints(session), tallies(session)
    return pages.page(
        request,
        "webhooks.html.j2",
        visitor,
        status=status.HTTP_422_UNPROCESSABLE_CONTENT if problem else status.HTTP_200_OK,
        section="system",
        endpoints=found,
        counts=counts,
        states=DeliveryState,
        types=TOLD_TYPES,
        problem=problem,
        form=wish or Wish(types=list(TOLD_TYPES)),
    )


def _one(  # noqa: PLR0913 - what is shown of it
    request: Request,
    pages: Pages,
    visitor: Visitor,
    number: int,
    *,
    secret: str | None = None,
    rotated: bool = False,
    problem: str | None = None,
    wish: Wish | None = None,
    said: str = "",
) -> Response:
    with reading(pages.service.database()) as session:
        found = load_endpoint(session, number)
        if found is None:
            return _missing(request, pages)
        deliveries = last_deliveries(session, number)
        dead = last_deliveries(session, number, DeliveryState.DEAD)
        count = tallies(session, number).get(number, {}).get(DeliveryState.DEAD, 0)
    return pages.page(
        request,
        "webhook.html.j2",
        visitor,
        status=status.HTTP_422_UNPROCESSABLE_CONTENT if problem else status.HTTP_200_OK,
        section="system",
        endpoint=found,
        form=wish or Wish(url=found.url, types=list(found.types), quotes=found.quotes),
        deliveries=deliveries,
        dead=dead,
        dead_count=count,
        types=TOLD_TYPES,
        secret=secret,
        rotated=rotated,
        problem=problem,
        said=said,
        overlap=f"{pages.service.settings.webhooks.overlap_hours:g}",
    )


def _desk(pages: Pages, visitor: Visitor) -> Desk:
    service = pages.service
    hooks = service.settings.webhooks
    entry = visitor.entry("", "")
    return Desk(service.database(), hooks, webhook_keys(service.state, hooks), entry)


def _back(number: int, said: str) -> Response:
    return RedirectResponse(f"/system/webhooks/{number}?said={said}", status.HTTP_303_SEE_OTHER)


def _missing(request: Request, pages: Pages) -> Response:
    return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
