"""Bitrix24's errors in our words, and how commands of a batch are written."""

from __future__ import annotations

from typing import Any

import pytest

from crm.bitrix24.encoding import command
from crm.bitrix24.errors import (
    ApplicationOnlyError,
    BlockedMethodError,
    MissingMethodError,
    MissingScopeError,
    UnknownTokenError,
    judge,
)
from crm.errors import (
    CrmAnswerError,
    CrmAwayError,
    CrmBusyError,
    CrmExpiredError,
    CrmGoneError,
    CrmRefusedError,
    CrmShutError,
)
from crm.http import _NO_JSON
from tests.fakes.crm.bitrix24_batch import filled, parsed


@pytest.mark.parametrize(
    ("status", "code", "text", "kind"),
    [
        (503, "QUERY_LIMIT_EXCEEDED", "Too many requests", CrmBusyError),
        (429, "OPERATION_TIME_LIMIT", "", BlockedMethodError),
        (401, "expired_token", "", CrmExpiredError),
        (401, "NO_AUTH_FOUND", "", UnknownTokenError),
        (403, "INVALID_CREDENTIALS", "", CrmShutError),
        (403, "insufficient_scope", "", MissingScopeError),
        (403, "ACCESS_DENIED", "", CrmShutError),
        (403, "user_access_error", "", CrmShutError),
        (403, "WRONG_AUTH_TYPE", "", ApplicationOnlyError),
        (400, "", "Application context required", ApplicationOnlyError),
        (503, "OVERLOAD_LIMIT", "REST API is blocked due to overload", CrmShutError),
        (500, "PORTAL_DELETED", "", CrmShutError),
        (400, "INVALID_REQUEST", "Https required", CrmShutError),
        (402, "PAYMENT_REQUIRED", "Payment required", CrmShutError),
        (404, "ERROR_METHOD_NOT_FOUND", "Method not found!", MissingMethodError),
        (400, "", "Not found", CrmGoneError),
        (400, "ERROR_CORE", "Call 1 is not found. Is it finished?", CrmGoneError),
        (400, "NOT_FOUND", "Элемент не найден", CrmGoneError),
        (400, "ERROR_CORE", "MESSAGES should be an array", CrmRefusedError),
        (400, "", "", CrmRefusedError),
        (500, "INTERNAL_SERVER_ERROR", "", CrmAnswerError),
        (500, "ERROR_UNEXPECTED_ANSWER", "", CrmAnswerError),
        (200, "ERROR_CORE", "odd", CrmRefusedError),
    ],
)
def test_an_error_is_told_by_its_code(
    status: int, code: str, text: str, kind: type[Exception]
) -> None:
    found = judge("Портал", status, {"error": code, "error_description": text})
    assert type(found) is kind
    assert str(found).startswith("Портал: ")


def test_what_an_error_quotes_names_no_number_and_no_address() -> None:
    said = {
        "error": "ERROR_CORE",
        "error_description": "Bad 79161234567 of a@b.ru\x1b[31m" + "x" * 900,
    }
    told = str(judge("Портал", 400, said))
    assert "7916" not in told
    assert "a@b.ru" not in told
    assert "\x1b" not in told
    assert len(told) < 260


@pytest.mark.parametrize(
    ("times", "wait_s"),
    [
        ({"finish": 1000.5, "operating_reset_at": 1200}, 199.5),
        ({"finish": 1000, "operating_reset_at": 900}, 1.0),
        ({"finish": 1000, "operating_reset_at": 999999}, 600.0),
        ({"operating_reset_at": "x"}, 60.0),
        ([], 60.0),
        (None, 60.0),
    ],
)
def test_a_blocked_method_says_until_when_where_it_does(times: Any, wait_s: float) -> None:
    said = {"error": "OPERATION_TIME_LIMIT", "error_description": "", "time": times}
    found = judge("Портал", 429, said)
    assert isinstance(found, BlockedMethodError)
    assert found.wait_s == wait_s


def test_pages_are_no_answers() -> None:
    assert isinstance(judge("Портал", 302, _NO_JSON), CrmShutError)
    assert isinstance(judge("Портал", 404, _NO_JSON), CrmAwayError)
    assert judge("Портал", 502, _NO_JSON) is None  # told by the status
    assert isinstance(judge("Портал", 200, []), CrmAnswerError)
    assert isinstance(judge("Портал", 200, {"time": {}}), CrmAnswerError)
    assert judge("Портал", 200, {"result": []}) is None
    assert judge("Портал", 200, {"result": None}) is None


def test_a_command_is_read_back_as_it_was_meant() -> None:
    params = {
        "filter": {">ID": "$result[p0][items][49][id]", "@x": ["а & б", 7], "!y": "50%=1"},
        "select": ["*", "UF_*"],
        "start": -1,
        "flag": True,
        "nothing": None,
    }
    told = command("crm.deal.list", params)
    method, read = parsed(told)
    assert method == "crm.deal.list"
    assert read == {
        "filter": {">ID": "$result[p0][items][49][id]", "@x": ["а & б", "7"], "!y": "50%=1"},
        "select": ["*", "UF_*"],
        "start": "-1",
        "flag": "Y",
    }
    results = {"p0": {"items": [{"id": own} for own in range(1, 51)]}}
    assert filled(read, results)["filter"][">ID"] == "50"
    assert filled(read, {"p0": {"items": []}})["filter"][">ID"] == ""
    assert command("scope", {}) == "scope"
