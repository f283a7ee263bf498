"""How asking the judge can fail; the engine's hearing stands each time."""

from __future__ import annotations

from enum import StrEnum


class Failure(StrEnum):
    """What went wrong, in the words of the warning."""

    TIMEOUT = "no answer in time"
    UNREACHABLE = "not reached"
    RATE_LIMITED = "too many requests"
    SERVER_ERROR = "the service failed"
    REFUSED = "the service refused"
    NO_ANSWER = "no chat completion came"
    CUT_OFF = "the answer was cut off"
    UNREADABLE = "the answer is unusable"
    INVENTED = "more was invented than said"
    TOO_LONG = "the call is too long"
    UNEXPECTED = "unexpected"


PASSING = frozenset(
    {Failure.TIMEOUT, Failure.UNREACHABLE, Failure.RATE_LIMITED, Failure.SERVER_ERROR}
)


class JudgeError(Exception):
    """One call got no answer.

    `wait_s` is the pause that the service asked for; `final` means that no other call will
    fare better (a wrong key, an unknown model).
    """

    def __init__(
        self, failure: Failure, detail: str, *, wait_s: float | None = None, final: bool = False
    ) -> None:
        self.failure = failure
        self.detail = detail
        self.wait_s = wait_s
        self.final = final
        super().__init__(f"{failure.value} ({detail})")
