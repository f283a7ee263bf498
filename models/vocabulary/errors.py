"""Errors that a user meets. Each names the place and what to do next."""

from __future__ import annotations


class StagecheckError(Exception):
    """The command or its input was wrong: one sentence, the place and the remedy.

    The command line prints it without a traceback and exits with status 2.
    """


class InvalidInputError(StagecheckError):
    """A file that the user gave does not say what it should."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        self.place = place
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{place}: {problem}. {remedy}")


class UnfitValueError(StagecheckError):
    """A value that no row can hold: a NUL character in a text, a number of twenty digits."""


class OutputError(StagecheckError):
    """A result could not be written (no space, no permission)."""


class UnusableRecordingError(Exception):
    """One recording cannot be used; the others go on.

    `error` is a short stable code (``not_audio``, ``empty``, ``truncated``...), `detail`
    a sentence with the remedy.
    """

    def __init__(self, error: str, detail: str) -> None:
        self.error = error
        self.detail = detail
        super().__init__(f"{error}: {detail}")
