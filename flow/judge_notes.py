"""What a run has to say about its judge: sentences for the warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from classify.judge import Refusal
from flow.judge_errors import Failure, JudgeError

_NAMED = 3


@dataclass(slots=True)
class Notes:
    """Counts what became of the calls that went to the judge; `stopped` says why no more go."""

    endpoint: str
    sent: int = 0
    unasked: int = 0
    stopped: str | None = None
    refused: Counter[Refusal] = field(default_factory=Counter)
    failures: Counter[Failure] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def failed(self, error: JudgeError, call: datetime) -> None:
        """Counts a call that keeps the engine's hearing."""
        self.failures[error.failure] += 1
        if len(self.examples) < _NAMED:
            self.examples.append(f"call of {call:%Y-%m-%d %H:%M}: {error}")

    def dropped(self, refused: Mapping[Refusal, int]) -> None:
        """Counts what the judge said and what did not hold."""
        self.refused.update(refused)

    def sentences(self) -> tuple[str, ...]:
        """One sentence for each thing that a user should know; none where all went well at home."""
        told = [self._sent_away(), self._failed(), self._stopped(), self._dropped()]
        return tuple(sentence for sentence in told if sentence)

    def _sent_away(self) -> str | None:
        address = urlsplit(self.endpoint)
        host = address.hostname or ""
        if not self.sent or _at_home(host):
            return None
        openly = ", unencrypted (use https)" if address.scheme == "http" else ""
        return f"judge: the words of {_calls(self.sent)} were sent to {host}{openly}."

    def _failed(self) -> str | None:
        if not self.failures:
            return None
        kinds = ", ".join(f"{n} {kind.value}" for kind, n in sorted(self.failures.items()))
        named = "; ".join(self.examples)
        number = sum(self.failures.values())
        return f"judge: {_calls(number)} kept the engine's hearing: {kinds} ({named})."

    def _stopped(self) -> str | None:
        if self.stopped is None:
            return None
        return (
            f"judge: asked no more, {self.stopped}; {_calls(self.unasked)} more "
            "kept the engine's hearing."
        )

    def _dropped(self) -> str | None:
        if not self.refused:
            return None
        kinds = ", ".join(f"{n} {reason.value}" for reason, n in sorted(self.refused.items()))
        return f"judge: some of what it said does not count: {kinds}."


def _at_home(host: str) -> bool:
    """Whether a host is this machine or one of the same private network."""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".local", ".localhost"))
    return address.is_private or address.is_loopback or address.is_link_local


def _calls(number: int) -> str:
    return f"{number} call{'' if number == 1 else 's'}"
