"""What one run may spend on the judge."""

from __future__ import annotations

from dataclasses import dataclass

from core.judge_settings import JudgeSettings


class BudgetSpentError(Exception):
    """Nothing more may be asked in this run; the sentence names the setting."""


@dataclass(slots=True)
class Budget:
    """Requests and tokens that are left of a run's allowance."""

    settings: JudgeSettings
    requests: int = 0
    tokens: int = 0

    def allows(self, tokens: int) -> bool:
        """Whether one more request of about so many tokens fits."""
        return self._spent(tokens) is None

    def reserve(self, tokens: int) -> None:
        """Takes one request of about so many tokens out of the budget before it is sent.

        Raises:
            BudgetSpentError: it no longer fits.
        """
        spent = self._spent(tokens)
        if spent is not None:
            raise BudgetSpentError(spent)
        self.requests += 1
        self.tokens += tokens

    def settle(self, reserved: int, used: int) -> None:
        """Puts what a request really took in the place of what was reserved for it."""
        self.tokens += used - reserved

    def _spent(self, tokens: int) -> str | None:
        allowed = self.settings
        if self.requests + 1 > allowed.max_requests:
            return f"judge.max_requests = {allowed.max_requests} is spent"
        if self.tokens + tokens > allowed.max_tokens_per_run:
            return f"judge.max_tokens_per_run = {allowed.max_tokens_per_run} is spent"
        return None
