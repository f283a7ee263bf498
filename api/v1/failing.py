"""Turns what goes wrong under `/api` into problem details; pages keep answers of their own."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.v1.problems import BY_STATUS, ProblemError, is_api, problem_answer
from core.logs import get_logger
from models.vocabulary.errors import StagecheckError, UnfitValueError

Answer = Callable[[Request, Exception], Response]
Handler = Callable[[Request, Any], Response | Awaitable[Response]]
_log = get_logger("api.v1")


def add_failures(app: FastAPI) -> None:
    """Lets the app answer under `/api` with problem details."""
    for kind, answer in (
        (HTTPException, _of_http),
        (RequestValidationError, _of_validation),
        (StagecheckError, _of_database),
        (UnfitValueError, _of_value),
        (ProblemError, _of_problem),
    ):
        app.add_exception_handler(kind, _under_api(answer, app.exception_handlers.get(kind)))


def _under_api(answer: Answer, otherwise: Handler | None) -> Handler:
    """Answers under `/api`; elsewhere what answered before does."""

    async def handle(request: Request, error: Exception) -> Response:
        if is_api(request.scope):
            return answer(request, error)
        if otherwise is None:
            raise error
        given = otherwise(request, error)
        return await given if inspect.isawaitable(given) else given

    return handle


def _of_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code = BY_STATUS.get(error.status_code, "request_failed")
    return problem_answer(request.scope, code, str(error.detail), error.headers, error.status_code)


def _of_validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    wrong = [
        {"where": ".".join(map(str, one["loc"])), "problem": str(one["msg"])}
        for one in error.errors()
    ]
    first = wrong[0]
    detail = f"{first['where']}: {first['problem']}"
    return problem_answer(request.scope, "invalid_parameter", detail, more={"errors": wrong})


def _of_database(request: Request, error: Exception) -> Response:
    # Its sentence names places on this machine, which are nobody's business elsewhere.
    _log.error("cannot be used", exc_info=error)
    return problem_answer(
        request.scope,
        "unavailable",
        "the database or the disk cannot be used now; the log says more",
        {"Retry-After": "60"},
    )


def _of_value(request: Request, _error: Exception) -> Response:
    return problem_answer(
        request.scope, "invalid_parameter", "a value is none that the database can hold"
    )


def _of_problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, ProblemError):
        raise error
    return problem_answer(request.scope, error.code, error.detail, error.headers, more=error.more)
