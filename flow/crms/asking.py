"""Asks the person at the command line; from a pipe each line is an answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import click
import typer

from models.vocabulary.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks and says; with `takes_usual` nothing is asked that has a usual answer."""

    say: Callable[[str], None] = typer.echo
    takes_usual: bool = False

    def text(self, question: str, usual: str | None = None) -> str:
        """A line of text.

        Raises:
            InvalidInputError: nobody answers.
        """
        if self.takes_usual and usual is not None:
            return usual
        with _answered(question):
            answer: str = typer.prompt(question, default=usual, err=True)
        return answer.strip()

    def secret(self, question: str) -> str:
        """A line that is not shown.

        Raises:
            InvalidInputError: nobody answers.
        """
        with _answered(question):
            if not sys.stdin.isatty():
                line = sys.stdin.readline()
                if not line:
                    raise click.Abort
                return line.strip()
            answer: str = typer.prompt(question, hide_input=True, err=True)
        return answer.strip()

    def agrees(self, question: str, *, usual: bool) -> bool:
        """Yes or no.

        Raises:
            InvalidInputError: nobody answers.
        """
        if self.takes_usual:
            return usual
        with _answered(question):
            return typer.confirm(question, default=usual, err=True)

    def one_of(self, question: str, choices: Sequence[str], usual: str) -> str:
        """One of some words.

        Raises:
            InvalidInputError: nobody answers.
        """
        if self.takes_usual:
            return usual
        while True:
            answer = self.text(f"{question} ({', '.join(choices)})", usual)
            if answer in choices:
                return answer
            self.say(f"`{answer}` is none of them.")


@contextmanager
def _answered(question: str) -> Iterator[None]:
    try:
        yield
    except click.Abort as error:
        raise InvalidInputError(
            f"`{question}`",
            "was not answered",
            "Answer it, or give the options that `--help` lists (--yes takes what is sure).",
        ) from error
