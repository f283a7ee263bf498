"""What BottleCRM's answers mean: which is an error, and in what words it is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm.errors import CrmError, CrmExpiredError, CrmGoneError, CrmRefusedError, CrmShutError
from crm.rows import text_of

_LONGEST = 200


class CrmModuleOffError(CrmShutError):
    """A part of BottleCRM that its administrator switched off."""


def judge(name: str, status: int, body: Any) -> CrmError | None:
    """The error that an answer is; ``None`` where the status alone tells."""
    told = body if isinstance(body, Mapping) else {}
    if status in (401, 403):
        return _forbidden(name, status, told)
    if status in (404, 410):
        return _missing(name, told)
    if status in (400, 405, 409, 413, 415, 422):
        return CrmRefusedError(f"{name}: refuses it ({_reason(told) or status}).")
    return None


def _forbidden(name: str, status: int, told: Mapping[str, Any]) -> CrmError:
    detail = text_of(told.get("detail")) or ""
    if status == 401 or detail.startswith("Organization context"):  # so it calls a wrong token
        return CrmExpiredError(
            f"{name}: does not take the token ({status}): it is wrong, over or was revoked, or its "
            "owner may no longer log in. Make a new one in BottleCRM under Profile, API tokens."
        )
    if "not scoped" in detail:
        return CrmShutError(f"{name}: {detail[:_LONGEST]} Make a token with it in BottleCRM.")
    return CrmRefusedError(f"{name}: forbids it ({_reason(told)}).")


def _missing(name: str, told: Mapping[str, Any]) -> CrmError:
    if told.get("code") != "module_off":
        return CrmGoneError(f"{name}: has no such thing, or does not show it to this token.")
    # Nothing is gone: it is only not shown.
    module = text_of(told.get("module")) or "?"
    return CrmModuleOffError(
        f"{name}: the module `{module[:40]}` is switched off. Switch it on in BottleCRM under "
        "Settings, Modules."
    )


def _reason(told: Mapping[str, Any]) -> str:
    """The sentences of a refusal, with the names of fields and without what was sent."""
    errors = told.get("errors", told.get("detail"))
    if isinstance(errors, Mapping):
        parts = [f"{field}: {_sentence(problem)}" for field, problem in errors.items()]
        return "; ".join(parts)[:_LONGEST]
    return _sentence(errors)[:_LONGEST]


def _sentence(problem: object) -> str:
    if isinstance(problem, list):
        return " ".join(filter(None, map(_sentence, problem)))
    if isinstance(problem, Mapping):
        return _reason({"errors": problem})
    return (text_of(problem) or "").rstrip(".")
