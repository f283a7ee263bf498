"""Asks an OpenAI-compatible service over HTTP; the only place of the product that does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

import httpx2

from classify.judge import Question
from core.judge_settings import JudgeSettings
from flow.judge_budget import Budget
from flow.judge_errors import PASSING, Failure, JudgeError
from flow.judge_replies import error_of, read_reply, tokens_used, unspoken

_LARGEST_REPLY = 4_000_000  # bytes
_FIRST_WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a service wants to be asked: the form of the answer and the limit's name."""

    form: str = "json_schema"
    limit: str = "max_tokens"

    def without(self, refusal: str) -> Dialect | None:
        """The next thing to try after the service refused this, ``None`` where nothing is left."""
        if self.limit == "max_tokens" and "max_completion_tokens" in refusal:
            return replace(self, limit="max_completion_tokens")
        simpler = {"json_schema": "json_object", "json_object": "text"}.get(self.form)
        return replace(self, form=simpler) if simpler else None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote and what it took."""

    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: str
    tokens: int = 0


class ChatClient:
    """A connection to the judge's service, closed at the end of a run.

    It keeps the dialect that the service was found to understand. `sleep` and `clock` are the
    machine's unless a test brings its own.
    """

    def __init__(
        self,
        settings: JudgeSettings,
        budget: Budget,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._budget = budget
        self._sleep = sleep
        self._clock = clock
        self._dialect = Dialect()
        # Uncompressed, so that the limit on a reply's size is a limit on what it unpacks to.
        headers = {"Accept-Encoding": "identity"}
        if settings.api_key is not None:
            headers["Authorization"] = f"Bearer {settings.api_key.get_secret_value()}"
        self._http = httpx2.Client(
            headers=headers,
            timeout=httpx2.Timeout(settings.timeout_s, connect=settings.connect_timeout_s),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def ask(self, question: Question) -> Reply:
        """Gives the model's reply, after as many attempts as the settings allow.

        Raises:
            JudgeError: there is none.
            BudgetSpentError: the run may not ask any more.
        """
        for attempt in range(self._settings.retries):
            try:
                return self._understood(question)
            except JudgeError as error:
                wait_s = error.wait_s if error.wait_s is not None else _FIRST_WAIT_S * 2**attempt
                if error.failure not in PASSING or wait_s > self._settings.longest_wait_s:
                    raise
                if not self._budget.allows(self._reserve(question)):
                    raise
                self._sleep(wait_s)
        return self._understood(question)

    def _understood(self, question: Question) -> Reply:
        """Asks in the dialect that is known to work, in simpler ones where it is refused."""
        dialect = self._dialect
        answer = self._sent(question, dialect)
        while unspoken(answer.status):
            simpler = dialect.without(answer.body)
            if simpler is None or not self._budget.allows(self._reserve(question)):
                break
            dialect = simpler
            answer = self._sent(question, dialect)
        if answer.status != httpx2.codes.OK:
            raise error_of(answer.status, answer.headers, answer.body)
        self._dialect = dialect
        return Reply(read_reply(answer.body), answer.tokens)

    def _reserve(self, question: Question) -> int:
        return question.size() + self._settings.max_answer_tokens

    def _sent(self, question: Question, dialect: Dialect) -> _Answer:
        reserved = self._reserve(question)
        self._budget.reserve(reserved)
        try:
            answer = self._exchanged(self._document(question, dialect))
        except httpx2.TimeoutException as error:
            raise JudgeError(Failure.TIMEOUT, f"{self._settings.timeout_s:g} s") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise JudgeError(Failure.UNREACHABLE, type(error).__name__) from error
        done = answer.status == httpx2.codes.OK
        tokens = (tokens_used(answer.body) or reserved) if done else 0
        self._budget.settle(reserved, tokens)
        return replace(answer, tokens=tokens)

    def _exchanged(self, document: Mapping[str, Any]) -> _Answer:
        """Sends and reads within the time and the size allowed, however slowly bytes drip in."""
        deadline = self._clock() + self._settings.timeout_s
        address = f"{self._settings.endpoint}/chat/completions"
        with self._http.stream("POST", address, json=document) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if self._clock() > deadline:
                    raise httpx2.ReadTimeout("the reply came too slowly")
                if len(body) > _LARGEST_REPLY:
                    raise JudgeError(Failure.NO_ANSWER, f"more than {_LARGEST_REPLY} bytes")
            return _Answer(response.status_code, response.headers, self._safe(body))

    def _safe(self, body: bytearray) -> str:
        """The text of a reply without the key, which some services repeat in their errors."""
        text = body.decode("utf-8", "replace")
        key = self._settings.api_key
        return text.replace(key.get_secret_value(), "***") if key else text

    def _document(self, question: Question, dialect: Dialect) -> dict[str, Any]:
        document: dict[str, Any] = {
            "model": self._settings.model,
            "messages": [dict(message) for message in question.messages],
            "temperature": 0,
            dialect.limit: self._settings.max_answer_tokens,
        }
        if dialect.form == "json_schema":
            form = {"name": "actions", "strict": True, "schema": dict(question.form)}
            document["response_format"] = {"type": "json_schema", "json_schema": form}
        elif dialect.form == "json_object":
            document["response_format"] = {"type": "json_object"}
        return document
