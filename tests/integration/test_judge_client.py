"""Asking over a real socket: what the service does wrong, and what is done about it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from classify.judge import pose
from core.judge_settings import JudgeSettings
from flow.judge_budget import Budget, BudgetSpentError
from flow.judge_client import ChatClient
from flow.judge_errors import Failure, JudgeError
from tests.fakes.judge_service import (
    Behaviour,
    JudgeService,
    drips,
    hangs,
    hangs_up,
    judge_service,
    refuses,
    replies,
    says,
)
from tests.fakes.judged_call import CONTEXT, TALK

QUESTION = pose(TALK, CONTEXT)
KEY = "sk-very-secret"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[JudgeService]:
    monkeypatch.setenv("NO_PROXY", "*")
    with judge_service() as running:
        yield running


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def client(service: JudgeService, pauses: list[float]) -> Iterator[Callable[..., ChatClient]]:
    """Makes clients of the service that only note how long they would have paused."""
    with ExitStack() as stack:

        def make(**settings: Any) -> ChatClient:
            chosen = JudgeSettings.model_validate(
                {"endpoint": service.endpoint, "model": "small", "api_key": KEY} | settings
            )
            return stack.enter_context(ChatClient(chosen, Budget(chosen), sleep=pauses.append))

        yield make


Clients = Callable[..., ChatClient]


def failure_of(client: ChatClient) -> JudgeError:
    with pytest.raises(JudgeError) as caught:
        client.ask(QUESTION)
    assert KEY not in str(caught.value)
    return caught.value


def test_a_question_is_sent_as_the_protocol_has_it(service: JudgeService, client: Clients) -> None:
    service.usual = says("hello", usage=1234)
    reply = client(max_answer_tokens=77).ask(QUESTION)
    assert (reply.text, reply.tokens) == ("hello", 1234)
    [document] = service.documents
    assert service.paths == ["/v1/chat/completions"]
    assert service.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert document["model"] == "small"
    assert document["temperature"] == 0
    assert document["max_tokens"] == 77
    assert document["messages"] == [dict(one) for one in QUESTION.messages]
    assert document["response_format"]["type"] == "json_schema"
    assert document["response_format"]["json_schema"]["strict"] is True
    assert document["response_format"]["json_schema"]["schema"] == QUESTION.form


def test_without_a_key_none_is_sent(service: JudgeService, client: Clients) -> None:
    service.usual = says("hello")
    client(api_key=None).ask(QUESTION)
    assert "Authorization" not in service.headers[0]


def test_a_form_that_is_refused_is_given_up_for_a_simpler_one(
    service: JudgeService, client: Clients
) -> None:
    service.queue = [refuses("json_schema is not supported"), says("a"), says("b")]
    asking = client()
    assert [asking.ask(QUESTION).text, asking.ask(QUESTION).text] == ["a", "b"]
    assert service.forms == ["json_schema", "json_object", "json_object"]


def test_a_service_that_knows_no_form_is_asked_without(
    service: JudgeService, client: Clients
) -> None:
    service.queue = [refuses("what?", 422), refuses("response_format", 400), says("a")]
    assert client().ask(QUESTION).text == "a"
    assert service.forms == ["json_schema", "json_object", "text"]


def test_the_limit_goes_by_its_newer_name_where_the_older_is_refused(
    service: JudgeService, client: Clients
) -> None:
    service.queue = [refuses("Use 'max_completion_tokens' instead of 'max_tokens'"), says("a")]
    client(max_answer_tokens=88).ask(QUESTION)
    assert "max_tokens" not in service.documents[1]
    assert service.documents[1]["max_completion_tokens"] == 88
    assert service.forms == ["json_schema", "json_schema"]


def test_a_call_that_is_refused_in_every_form_spoils_nothing_for_the_next(
    service: JudgeService, client: Clients
) -> None:
    service.queue = [refuses("context is too long")] * 3
    service.usual = says("a")
    asking = client()
    error = failure_of(asking)
    assert (error.failure, error.final) == (Failure.REFUSED, False)
    assert "HTTP 400: context is too long" in error.detail
    asking.ask(QUESTION)
    assert service.forms[-1] == "json_schema"


@pytest.mark.parametrize(
    ("failing", "failure"),
    [
        (replies(500, "<html>oops</html>"), Failure.SERVER_ERROR),
        (replies(503, "{}"), Failure.SERVER_ERROR),
        (replies(504, "{}"), Failure.TIMEOUT),
        (replies(429, "{}"), Failure.RATE_LIMITED),
        (hangs_up, Failure.UNREACHABLE),
    ],
)
def test_what_may_pass_is_tried_again_with_growing_pauses(
    service: JudgeService,
    client: Clients,
    pauses: list[float],
    failing: Behaviour,
    failure: Failure,
) -> None:
    service.queue = [failing, failing, says("at last")]
    assert client(retries=2).ask(QUESTION).text == "at last"
    assert pauses == [1.0, 2.0]
    service.usual = failing
    assert failure_of(client(retries=1)).failure is failure
    assert len(service.documents) == 5


@pytest.mark.parametrize(
    ("said", "waited"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("Thu, 01 Jan 2015 00:00:00 GMT", 0.0),
        ("soon", 1.0),
        ("nan", 1.0),
    ],
)
def test_the_pause_is_the_one_that_the_service_asks_for(
    service: JudgeService, client: Clients, pauses: list[float], said: str, waited: float
) -> None:
    service.queue = [replies(429, Retry_After=said), says("a")]
    client().ask(QUESTION)
    assert pauses == [pytest.approx(waited)]


def test_a_pause_until_a_date_is_kept(
    service: JudgeService, client: Clients, pauses: list[float]
) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=10), usegmt=True)
    service.queue = [replies(503, Retry_After=soon), says("a")]
    client().ask(QUESTION)
    assert 5 < pauses[0] <= 10


def test_nobody_waits_for_an_hour(
    service: JudgeService, client: Clients, pauses: list[float]
) -> None:
    service.usual = replies(429, Retry_After="3600")
    assert failure_of(client()).failure is Failure.RATE_LIMITED
    assert pauses == []


@pytest.mark.parametrize("status", [401, 403, 404, 307])
def test_a_wrong_key_or_address_is_final(
    service: JudgeService, client: Clients, status: int
) -> None:
    service.usual = replies(
        status,
        json.dumps({"error": {"message": f"Incorrect API key: {KEY}\x1b[31m"}}),
        Location="http://example.com/",
    )
    error = failure_of(client())
    assert (error.failure, error.final) == (Failure.REFUSED, True)
    assert error.detail == f"HTTP {status}: Incorrect API key: *** [31m"
    assert len(service.documents) == 1


@pytest.mark.parametrize("behaviour", [hangs, drips])
def test_a_service_that_never_ends_is_left_in_time(
    service: JudgeService, client: Clients, behaviour: Behaviour
) -> None:
    service.usual = behaviour
    began = time.monotonic()
    error = failure_of(client(timeout_s=0.3, retries=0))
    assert error.failure is Failure.TIMEOUT
    assert time.monotonic() - began < 5


def test_a_service_that_is_not_there_is_told(client: Clients, service: JudgeService) -> None:
    error = failure_of(client(endpoint="http://127.0.0.1:9/v1", retries=1))
    assert error.failure is Failure.UNREACHABLE


@pytest.mark.parametrize(
    ("behaviour", "failure"),
    [
        (replies(200, "<html>Welcome to the proxy</html>"), Failure.NO_ANSWER),
        (replies(200, ""), Failure.NO_ANSWER),
        (replies(200, "[" * 50_000), Failure.NO_ANSWER),
        (replies(200, '{"choices": []}'), Failure.NO_ANSWER),
        (replies(200, '{"choices": [{"message": null}]}'), Failure.NO_ANSWER),
        (replies(200, '{"choices": ["hello"]}'), Failure.NO_ANSWER),
        (replies(200, "x" * 4_100_000), Failure.NO_ANSWER),
        (says(None), Failure.NO_ANSWER),
        (says("  "), Failure.NO_ANSWER),
        (says('{"outcome": "conv', finish="length"), Failure.CUT_OFF),
    ],
)
def test_what_is_no_completion_is_not_asked_for_again(
    service: JudgeService, client: Clients, behaviour: Behaviour, failure: Failure
) -> None:
    service.usual = behaviour
    assert failure_of(client()).failure is failure
    assert len(service.documents) == 1


def test_requests_end_with_the_budget(service: JudgeService, client: Clients) -> None:
    service.usual = says("a")
    asking = client(max_requests=2)
    asking.ask(QUESTION)
    asking.ask(QUESTION)
    with pytest.raises(BudgetSpentError, match=r"judge\.max_requests = 2 is spent"):
        asking.ask(QUESTION)
    assert len(service.documents) == 2


def test_further_attempts_come_out_of_the_budget_as_well(
    service: JudgeService, client: Clients
) -> None:
    service.usual = replies(500)
    assert failure_of(client(max_requests=2, retries=5)).failure is Failure.SERVER_ERROR
    assert len(service.documents) == 2


@pytest.mark.parametrize("usage", [9000, None, "many", -5])
def test_tokens_end_with_the_budget(service: JudgeService, client: Clients, usage: Any) -> None:
    service.usual = says("a", usage=usage)
    asking = client(max_tokens_per_run=12_000, max_answer_tokens=7000)
    asking.ask(QUESTION)
    with pytest.raises(BudgetSpentError, match=r"judge\.max_tokens_per_run = 12000 is spent"):
        asking.ask(QUESTION)


def test_what_was_not_used_of_a_reservation_comes_back(
    service: JudgeService, client: Clients
) -> None:
    service.usual = says("a", usage=500)
    asking = client(max_tokens_per_run=12_000, max_answer_tokens=7000)
    assert {asking.ask(QUESTION).text for _ in range(4)} == {"a"}


def test_the_key_shows_nowhere(client: Clients) -> None:
    settings = JudgeSettings(endpoint="http://127.0.0.1:1/v1", model="m", api_key=KEY)
    assert KEY not in repr(settings)
    assert KEY not in str(settings.model_dump_json())
