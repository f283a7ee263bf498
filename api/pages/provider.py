"""Logging in and out at the identity provider."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, status
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.arrival import Arrival, arrival_of
from api.access.errand import LIVES, Errand, new_errand
from api.access.gate import address_of
from api.access.log_in import TooManyTriesError, check_address
from api.access.provider import BACK, Provider, ProviderGoneError, ProviderRefusedError
from api.access.provider_log_in import NotLetInError, log_in_by_provider, refuse
from api.pages.failing import failed
from api.pages.log_in import gate_of, log_in_page, safe_path, waiting_page
from api.pages.pages import Pages, Rendering
from core.clock import now
from models.session import transaction
from models.store.sign_ins import spend_errand

routes = APIRouter(include_in_schema=False)
_GONE = status.HTTP_503_SERVICE_UNAVAILABLE


def _provider(request: Request) -> Provider | None:
    provider: Provider | None = request.app.state.provider
    return provider


Asked = Annotated[Provider | None, Depends(_provider)]


@routes.get("/login/provider")
async def go(request: Request, pages: Rendering, provider: Asked, back: str = "/") -> Response:
    """Sends the browser to the provider."""
    if provider is None:
        return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
    errand = new_errand(safe_path(back), now())
    try:
        address = await provider.way_in(errand)
    except ProviderGoneError:
        return await _told(request, pages, "gone", _GONE, errand)
    response = RedirectResponse(address, status.HTTP_303_SEE_OTHER)
    gate_of(request).send_off(response, errand)
    return response


@routes.get(BACK)
async def come_back(request: Request, pages: Rendering, provider: Asked) -> Response:
    """Lets in whoever the provider says it is."""
    if provider is None:
        return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
    errand, answer = gate_of(request).errand(request), dict(request.query_params)
    if errand is None or errand.is_over(now()) or not errand.fits(answer.get("state", "")):
        response = await _told(request, pages, "stale", status.HTTP_400_BAD_REQUEST, errand)
    else:
        response = await _answered(request, pages, provider, errand, answer)
    gate_of(request).end_errand(response)
    return response


@routes.get("/login/provider/out")
async def leave(request: Request, pages: Rendering, provider: Asked) -> Response:
    """Sends a browser whose log-in here has ended on to the provider, to end it there as well.

    A page leads there, since browsers follow no redirect from a form of ours to elsewhere.
    """
    try:
        address = await provider.way_out("/login") if provider is not None else None
    except ProviderGoneError:
        address = None
    if address is None:
        return RedirectResponse("/login", status.HTTP_303_SEE_OTHER)
    return await run_in_threadpool(pages.page, request, "logged_out.html.j2", None, address=address)


async def _answered(
    request: Request, pages: Pages, provider: Provider, errand: Errand, answer: dict[str, str]
) -> Response:
    """What comes of an answer that belongs to the browser that brings it."""
    try:
        fresh = await run_in_threadpool(_spent, request, pages, errand)
        if not fresh:
            return await _told(request, pages, "stale", status.HTTP_400_BAD_REQUEST, errand)
        claims = await provider.claims(errand, answer, now())
    except TooManyTriesError as error:
        return await run_in_threadpool(waiting_page, request, pages, error)
    except ProviderGoneError:
        return await _told(request, pages, "gone", _GONE, errand)
    except ProviderRefusedError as error:
        await run_in_threadpool(_refuse, request, pages, error.code)
        why = "denied" if error.code == "access_denied" else "unproved"
        return await _told(request, pages, why, status.HTTP_403_FORBIDDEN, errand)
    arrival = arrival_of(claims, provider.issuer, provider.settings)
    try:
        token = await run_in_threadpool(_let_in, request, pages, arrival)
    except NotLetInError as error:
        return await _told(request, pages, error.code, status.HTTP_403_FORBIDDEN, errand, arrival)
    response = RedirectResponse(safe_path(errand.back), status.HTTP_303_SEE_OTHER)
    gate_of(request).let_in(response, token)
    return response


def _spent(request: Request, pages: Pages, errand: Errand) -> bool:
    """Takes an errand as done; false where it was before."""
    service, at = pages.service, now()
    check_address(service.database(), service.settings.access, address_of(request), at)
    with transaction(service.database()) as session:
        return spend_errand(session, errand.state, at, LIVES)


def _refuse(request: Request, pages: Pages, code: str) -> None:
    refuse(pages.service.database(), None, code, address=address_of(request), now=now())


def _let_in(request: Request, pages: Pages, arrival: Arrival) -> str:
    return log_in_by_provider(
        pages.service.database(),
        pages.service.settings.access,
        arrival,
        language=pages.language(request, None),
        address=address_of(request),
        now=now(),
    )


async def _told(  # noqa: PLR0913, PLR0917 - what the page is to say
    request: Request,
    pages: Pages,
    why: str,
    code: int,
    errand: Errand | None,
    arrival: Arrival | None = None,
) -> Response:
    """The log-in with what went wrong; passwords still work there."""
    values: dict[str, object] = {}
    if arrival is not None:
        values = {"login": arrival.login, "subject": arrival.identity.subject}
    return await run_in_threadpool(
        log_in_page,
        request,
        pages,
        back=errand.back if errand is not None else "/",
        status=code,
        problem=(f"login.refused.{why}", values),
        ask_password=False,
    )
