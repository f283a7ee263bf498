"""What the API answers when it cannot do what was asked: problem details with stable codes.

Source: RFC 9457. The codes are part of the API: programs may rely on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import Scope

MEDIA_TYPE = "application/problem+json"
PAGE = "/api/docs/problems"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, what it means, what to do about it."""

    status: int
    title: str
    remedy: str


PROBLEMS: dict[str, Kind] = {
    "bad_request": Kind(400, "The request cannot be read.", "Send it as the page describes."),
    "no_key": Kind(
        401, "No key was shown.", "Send `Authorization: Bearer sc_...` with every request."
    ),
    "key_refused": Kind(
        401,
        "The key is unknown, revoked or out of date.",
        "Ask an administrator for a new one: `stagecheck api-key NAME --scope read`.",
    ),
    "missing_scope": Kind(
        403, "The key does not open this.", "Ask for a key with the scope that `scope` names."
    ),
    "snapshot_off": Kind(
        403,
        "CRM snapshots are not taken by HTTP here.",
        "Set `api.snapshot_file` to the file that the service was started with.",
    ),
    "not_found": Kind(
        404, "There is no such thing.", "Look at the address; ids come from the lists."
    ),
    "not_recorded": Kind(
        404,
        "The call was not recorded.",
        "There is nothing to listen to; `state` of a call says so.",
    ),
    "method_not_allowed": Kind(
        405, "This cannot be done with it.", "Use a method that the `Allow` header names."
    ),
    "sound_not_ready": Kind(
        409,
        "The recording was not worked on yet.",
        "Ask again once `state` of the call is `transcribed`.",
    ),
    "sound_removed": Kind(
        410, "The recording is no longer kept.", "What was heard in the call still counts."
    ),
    "sound_missing": Kind(
        410,
        "The recording's file is not where it was.",
        "Tell the administrator: put back, it can be listened to again.",
    ),
    "cursor_expired": Kind(
        410,
        "The list was made anew since it was begun.",
        "Ask for its first page again, without a cursor.",
    ),
    "too_large": Kind(413, "More was sent than is taken.", "Send less; `detail` names the limit."),
    "unsupported_media_type": Kind(
        415, "Nothing of this kind is taken here.", "Send the Content-Type that `detail` names."
    ),
    "range_not_satisfiable": Kind(
        416,
        "There is nothing in this range.",
        "`Content-Range` says how many bytes there are; ask for some of them.",
    ),
    "wrong_host": Kind(
        421, "This is not the host that was asked for.", "Name it in the setting `service.hosts`."
    ),
    "invalid_parameter": Kind(
        422, "A parameter is unknown or wrong.", "Correct what `errors` names."
    ),
    "invalid_cursor": Kind(
        422,
        "The cursor is none of this list, or was given for other filters.",
        "Use cursors as they were given, with the same filters; or leave it out.",
    ),
    "invalid_metadata": Kind(
        422, "What is said about the recording is wrong.", "Correct what `errors` names."
    ),
    "invalid_recording": Kind(
        422, "What was sent is no recording.", "Send the file as the telephone system wrote it."
    ),
    "sound_unusable": Kind(
        422, "The recording cannot be read.", "`error` of the call says why, as far as it is known."
    ),
    "unknown_account": Kind(
        422,
        "No such telephone system is set up.",
        "Name an account of the drop-box or a `[sources.NAME]` of the settings, or none.",
    ),
    "idempotency_key_reused": Kind(
        422,
        "Something else was sent under this Idempotency-Key.",
        "Give each recording a key of its own; repeat it only for the same one.",
    ),
    "invalid_call_records": Kind(
        422, "What was sent are no call records.", "Send what the telephone system exports."
    ),
    "invalid_snapshot": Kind(
        422,
        "The CRM snapshot is wrong and was not taken.",
        "Correct what `detail` names; docs/formats.md, section 2 shows the form.",
    ),
    "too_many_requests": Kind(
        429, "Too many requests.", "Wait as long as `Retry-After` says, then go on."
    ),
    "request_failed": Kind(
        400, "The request cannot be answered.", "`detail` says why, as far as it is known."
    ),
    "unexpected": Kind(
        500,
        "Something went wrong here.",
        "Try again; tell the administrator the `request_id`, by which the log is found.",
    ),
    "unavailable": Kind(
        503, "The database or the disk cannot be used now.", "Send the same again in a minute."
    ),
    "rules_unreadable": Kind(
        503,
        "The rules cannot be read.",
        "Tell the administrator: the page `/rules` says what is wrong.",
    ),
    "sound_sealed": Kind(
        503,
        "The recording is encrypted, and the service has no key to it.",
        "Tell the administrator: the setting `sealing.key_file` names the key.",
    ),
    "no_room": Kind(507, "There is no room for it.", "Free some space on the service's disk."),
}
BY_STATUS = {
    400: "bad_request",
    401: "no_key",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    421: "wrong_host",
    429: "too_many_requests",
    500: "unexpected",
    503: "unavailable",
}


class ProblemError(Exception):
    """A request that cannot be answered; `code` is a key of `PROBLEMS`.

    `more` are further members of the answer, `headers` go with it.
    """

    def __init__(
        self, code: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        self.code, self.detail, self.more = code, detail, more
        self.headers = dict(headers or {})
        super().__init__(f"{code}: {detail}")


def _body(
    scope: Scope, code: str, detail: str, status: int, more: Mapping[str, Any]
) -> dict[str, Any]:
    kind = PROBLEMS[code]
    return {
        "type": f"{PAGE}#{code}",
        "title": kind.title,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_id_of(scope),
        **more,
    }


def problem_answer(  # noqa: PLR0913, PLR0917 - members of an answer
    scope: Scope,
    code: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    status: int | None = None,
    more: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """The answer of a problem; `status` where it is another than the kind's own."""
    status = status or PROBLEMS[code].status
    body = _body(scope, code, detail, status, more or {})
    return JSONResponse(body, status, dict(headers or {}), MEDIA_TYPE)


def is_api(scope: Scope) -> bool:
    """Whether a request is one of the API's, which answers with problem details."""
    path: str = scope["path"]
    return path == "/api" or path.startswith("/api/")


def request_id_of(scope: Scope) -> str:
    """The id by which the log tells a request."""
    found: str = scope.get("state", {}).get("request_id", "")
    return found
