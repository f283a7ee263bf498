"""Bodies of requests: of the right kind, and never longer than is taken."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from email.message import Message

from fastapi import Request
from starlette.requests import ClientDisconnect

from api.v1.problems import ProblemError

MB = 1 << 20


def check_kind(request: Request, kinds: Sequence[str]) -> Message:
    """Gives the content type of a request.

    Raises:
        ProblemError: it is none of `kinds`.
    """
    about = Message()
    about["Content-Type"] = request.headers.get("content-type", "")
    if about.get_content_type() not in kinds or "content-type" not in request.headers:
        raise ProblemError(
            "unsupported_media_type", f"send it with Content-Type: {' or '.join(kinds)}"
        )
    return about


async def pieces(request: Request, most_mb: int) -> AsyncIterator[bytes]:
    """The body, piece by piece.

    Raises:
        ProblemError: it is longer than is taken, or breaks off.
    """
    most = most_mb * MB
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > most:
        raise _too_large(most_mb)
    size = 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > most:
                raise _too_large(most_mb)
            yield piece
    except ClientDisconnect:
        raise ProblemError("bad_request", "the request broke off") from None


def _too_large(most_mb: int) -> ProblemError:
    return ProblemError("too_large", f"more than {most_mb} MB")
