"""Recordings come in by HTTP, each once, however often it is sent."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from api.v1 import examples
from api.v1.bodies import MB, check_kind, pieces
from api.v1.describing import shape_of, told
from api.v1.keys import Caller, Writes
from api.v1.multipart import Form, FormError
from api.v1.problems import ProblemError
from api.v1.work_shapes import Metadata, Upload
from core.clock import now
from core.disk import free_bytes
from core.documents import DocumentError, parse_document
from ingest.receiving import Received, Receiving, RefusedError, place_of
from ingest.sftp.accounts import read_accounts
from ingest.sftp.plan import inbox_of
from ingest.sidecar import FIELDS, sidecar_from_fields
from models.session import reading, transaction
from models.store import uploads
from models.store.audit import add_to_audit
from models.vocabulary.keys import Scope

routes = APIRouter(prefix="/api/v1", tags=["intake"])
_KIND = "multipart/form-data"
_PARTS = ("recording", "metadata", "account")
_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["recording"],
    "properties": {
        "recording": {
            "type": "string",
            "format": "binary",
            "description": "the file, under the name that the telephone system gave it",
        },
        "metadata": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": shape_of(Metadata),
            "description": "JSON: what a sidecar would say; all of it is optional",
        },
        "account": {
            "type": "string",
            "maxLength": 32,
            "description": "telephone system that it is of, where several are set up",
        },
    },
}
_EXAMPLE = {
    "recording": "(the bytes of call.wav)",
    "metadata": json.dumps(examples.METADATA),
    "account": "office",
}
_TOLD = told(
    Scope.WRITE,
    Upload,
    examples.UPLOAD,
    status=201,
    problems=(
        *("bad_request", "too_large", "unsupported_media_type", "invalid_metadata"),
        *("invalid_recording", "unknown_account", "idempotency_key_reused", "no_room"),
    ),
    etag=False,
)
_TOLD["openapi_extra"]["requestBody"] = {
    "required": True,
    "content": {_KIND: {"schema": _FORM, "example": _EXAMPLE}},
}
_TOLD["responses"][200] = {
    "model": Upload,
    "description": "It was sent before; this is what was answered then.",
    "content": {"application/json": {"example": examples.UPLOAD}},
}
IdempotencyKey = Annotated[
    str | None,
    Header(
        pattern=r"^[\x21-\x7e]{1,128}$",
        description="the same for each try of the same recording; without it the recording and "
        "its metadata are recognised by their bytes",
        examples=["call-1794208360.18"],
    ),
]


@dataclass(frozen=True, slots=True)
class _Sent:
    """All that was said about a recording."""

    account: str
    metadata: Mapping[str, Any]
    received: Received

    @property
    def fingerprint(self) -> str:
        """Tells two of them apart."""
        words = [self.account, self.received.name, self.received.sha256, dict(self.metadata)]
        return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()


@routes.post("/recordings", **_TOLD)
async def send_recording(
    request: Request, caller: Writes, idempotency_key: IdempotencyKey = None
) -> JSONResponse:
    """Takes a recording with what is known about its call: whole, or not at all.

    It lands among the recordings of its telephone system as if it had been uploaded by SFTP, with
    the metadata as its sidecar; the next look finds it.
    """
    settings = caller.service.settings
    kind = check_kind(request, [_KIND])
    inbox = inbox_of(caller.service.state, settings.sftp)
    free = free_bytes(caller.service.state)
    if free is not None and free < settings.sftp.free_mb * MB:
        raise ProblemError("no_room", "the disk of the service is full")
    # Whose box it goes to is only known at its end: it is written beside that of the API.
    receiving = await run_in_threadpool(_at_disk, Receiving, inbox, settings.api.recordings_account)
    try:
        boundary = str(kind.get_param("boundary", "")).encode("latin-1", "replace")
        form = _form(boundary, receiving)
        async for piece in pieces(request, settings.api.recording_mb):
            await run_in_threadpool(_at_disk, _fed, form, piece)
        return await run_in_threadpool(_at_disk, _taken, caller, receiving, form, idempotency_key)
    finally:
        await run_in_threadpool(receiving.close)


def _form(boundary: bytes, receiving: Receiving) -> Form:
    try:
        return Form(boundary, "recording", receiving.write)
    except FormError as error:
        raise ProblemError("bad_request", str(error)) from error


def _fed(form: Form, piece: bytes) -> None:
    try:
        form.write(piece)
    except FormError as error:
        raise ProblemError("bad_request", str(error)) from error


def _at_disk(do: Any, *words: Any) -> Any:
    """Does something with the disk; what the disk refuses is told."""
    try:
        return do(*words)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ProblemError("no_room", "the disk of the service is full") from error
        raise ProblemError("unavailable", "the disk cannot be used now") from error


def _taken(caller: Caller, receiving: Receiving, form: Form, named: str | None) -> JSONResponse:
    sent = _sent(caller, receiving, form)
    owner, fingerprint = caller.key.prefix, sent.fingerprint
    key = named or fingerprint
    database = caller.service.database()
    with reading(database) as session:
        before = uploads.find_upload(session, owner, key)
    if before is not None:
        return _again(before, fingerprint)
    at = now()
    id_ = hashlib.sha256(f"{owner} {key} {fingerprint}".encode()).hexdigest()[:16]
    answer = {
        "id": id_,
        "account": sent.account,
        "recording": f"{sent.account}/{place_of(id_, sent.received.name)}",
        "sha256": sent.received.sha256,
        "size": sent.received.size,
        "received_at": at.isoformat(timespec="seconds"),
    }
    # Killed in between, the next try finds it in its place and only writes that down.
    receiving.put(sent.received, id_, sent.metadata, sent.account)
    upload = uploads.Upload(owner, key, fingerprint, answer)
    with transaction(database) as session:
        uploads.forget_uploads(
            session, at - timedelta(days=caller.service.settings.api.idempotency_days)
        )
        added = uploads.add_upload(session, upload, at)
        if added:
            add_to_audit(session, caller.entry("recording sent", f"upload:{id_}", sent.account))
    if not added:
        with reading(database) as session:
            faster = uploads.find_upload(session, owner, key)
        return _again(faster or upload, fingerprint)
    return JSONResponse(answer, 201)


def _again(before: uploads.Upload, fingerprint: str) -> JSONResponse:
    """What was answered when the same was sent before.

    Source: draft-ietf-httpapi-idempotency-key-header.
    """
    if before.fingerprint != fingerprint:
        raise ProblemError(
            "idempotency_key_reused", "another recording, or other metadata, came under this key"
        )
    return JSONResponse(before.answer, 200)


def _sent(caller: Caller, receiving: Receiving, form: Form) -> _Sent:
    if not form.is_whole or form.file_name is None:
        problem = "there is no part `recording`" if form.is_whole else "the form breaks off"
        raise ProblemError("bad_request", problem)
    unknown = sorted(set(form.texts) - set(_PARTS))
    if unknown:
        raise ProblemError("bad_request", f"the form has a part `{unknown[0][:60]}`")
    account = _account(caller, form.texts.get("account", "").strip())
    metadata = _metadata(form.texts.get("metadata", ""))
    try:
        received = receiving.whole(form.file_name)
    except RefusedError as error:
        raise ProblemError("invalid_recording", str(error)) from error
    return _Sent(account, metadata, received)


def _account(caller: Caller, name: str) -> str:
    service = caller.service
    if not name:
        return service.settings.api.recordings_account
    boxes = read_accounts(service.state / "sftp" / "accounts.yaml")
    if name not in {*boxes, *service.settings.sources}:
        raise ProblemError("unknown_account", f"`{name[:32]}` is no telephone system of ours")
    return name


def _metadata(text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        document = parse_document(text.encode("utf-8", "replace"), MB)
    except DocumentError as error:
        raise _wrong([("metadata", f"it {error.problem}")]) from error
    if not isinstance(document, dict):
        raise _wrong([("metadata", "a JSON object is expected")])
    unknown = [
        (f"metadata.{name[:60]}", "unknown field") for name in document if name not in FIELDS
    ]
    if unknown:
        raise _wrong(unknown)
    found = sidecar_from_fields(document, "metadata")
    if found.problems:
        told_at = [problem.partition("; ")[0] for problem in found.problems]
        raise _wrong([(one.partition(": ")[2].partition(":")[0], one) for one in told_at])
    return {name: value for name, value in document.items() if value is not None}


def _wrong(problems: list[tuple[str, str]]) -> ProblemError:
    errors = [{"where": where, "problem": problem} for where, problem in problems]
    return ProblemError("invalid_metadata", f"{problems[0][0]}: {problems[0][1]}", errors=errors)
