"""What a page shows when it cannot show what was asked for."""

from __future__ import annotations

from datetime import UTC
from urllib.parse import urlencode

from fastapi import FastAPI, Request, status
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from api.access.gate import ChangePasswordFirstError, ForbiddenError, LogInFirstError
from api.pages.pages import Pages
from core.logs import get_logger
from models.vocabulary.errors import StagecheckError, UnfitValueError

_REFUSED = {
    status.HTTP_400_BAD_REQUEST: "errors.unreadable",
    status.HTTP_404_NOT_FOUND: "errors.not_found",
    status.HTTP_405_METHOD_NOT_ALLOWED: "errors.not_found",  # a form's answer is loaded again
}
_log = get_logger("api.pages")


def add_failures(app: FastAPI, pages: Pages) -> None:
    """Lets the app answer to what goes wrong on pages."""
    _answer_strangers(app, pages)
    _answer_mistakes(app, pages)

    @app.exception_handler(StagecheckError)
    def unusable(request: Request, error: Exception) -> Response:
        _log.error("the database cannot be used", reason=str(error))
        return failed(pages, request, status.HTTP_503_SERVICE_UNAVAILABLE, "errors.database")


def _answer_strangers(app: FastAPI, pages: Pages) -> None:
    """Answers whoever has to log in, to change a password, or may not."""

    @app.exception_handler(LogInFirstError)
    async def log_in_first(request: Request, error: Exception) -> Response:
        back = error.back if isinstance(error, LogInFirstError) else "/"
        target = f"/login?{urlencode({'back': back})}"
        if "hx-request" in request.headers:  # a part of a page: the whole page goes there
            return Response(
                status_code=status.HTTP_401_UNAUTHORIZED, headers={"HX-Redirect": target}
            )
        return RedirectResponse(target, status.HTTP_303_SEE_OTHER)

    @app.exception_handler(ChangePasswordFirstError)
    async def change_password_first(request: Request, _error: Exception) -> Response:
        if "hx-request" in request.headers:
            return Response(status_code=status.HTTP_403_FORBIDDEN, headers={"HX-Redirect": "/me"})
        return RedirectResponse("/me", status.HTTP_303_SEE_OTHER)

    @app.exception_handler(ForbiddenError)
    def forbidden(request: Request, error: Exception) -> Response:
        why = error.why if isinstance(error, ForbiddenError) else "errors.forbidden"
        return failed(pages, request, status.HTTP_403_FORBIDDEN, why)


def _answer_mistakes(app: FastAPI, pages: Pages) -> None:
    """Answers to addresses and forms that are none of ours."""

    @app.exception_handler(UnfitValueError)
    @app.exception_handler(RequestValidationError)
    def unreadable(request: Request, error: Exception) -> Response:
        wrong = error.errors() if isinstance(error, RequestValidationError) else []
        if any(one["loc"][0] == "path" for one in wrong):
            return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
        return failed(pages, request, status.HTTP_422_UNPROCESSABLE_CONTENT, "errors.unreadable")

    @app.exception_handler(HTTPException)
    async def unknown(request: Request, error: HTTPException) -> Response:
        why = _REFUSED.get(error.status_code)
        if why is not None:
            return failed(pages, request, error.status_code, why)
        return await http_exception_handler(request, error)


def failed(pages: Pages, request: Request, code: int, why: str) -> Response:
    """A page that says what is wrong and where to go on; it asks no database."""
    return pages.page(request, "failed.html.j2", None, status=code, why=why, code=code, zone=UTC)
