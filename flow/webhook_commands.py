"""The commands about web-hooks: `webhook add`, `list`, `rotate`, `remove`, `test`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flow import options
from flow.telling import told

if TYPE_CHECKING:
    from flow.webhooks import Counter

webhook = typer.Typer(help="Keep the endpoints that events are sent to.", no_args_is_help=True)
_STATE = Path(".stagecheck")

Url = Annotated[str, typer.Argument(help="Where events are posted to: https://HOST/PATH.")]
Number = Annotated[int, typer.Argument(help="The endpoint's number, as `webhook list` shows it.")]
Types = Annotated[
    list[str] | None,
    typer.Option("--event", help="Event type to send; may be given several times. All by default."),
]
Quotes = Annotated[
    bool, typer.Option("--quotes", help="Send the words that a flag rests on as well.")
]


@webhook.command("add")
def add(  # noqa: PLR0913, PLR0917 - one parameter per option
    url: Url,
    event: Types = None,
    quotes: Quotes = False,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Add an endpoint and show its secret, once."""
    _say(db, state, verbose, lambda counter: counter.add(url, event or [], quotes=quotes))


@webhook.command("list")
def list_all(
    db: options.Db = None, state: options.State = _STATE, verbose: options.Verbose = False
) -> None:
    """List the endpoints and how it stands with their deliveries."""
    _say(db, state, verbose, lambda counter: counter.lines())


@webhook.command("rotate")
def rotate(
    number: Number,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Give an endpoint a new secret; the old one signs beside it for a day."""
    _say(db, state, verbose, lambda counter: counter.rotate(number))


@webhook.command("remove")
def remove(
    number: Number,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Remove an endpoint with what was delivered to it."""
    _say(db, state, verbose, lambda counter: counter.remove(number))


@webhook.command("test")
def send_test(
    number: Number,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Send an event that tells nothing. Exit status: 0 it was taken; 1 it was not."""
    with told(verbose=verbose), _opened(db, state) as counter:
        line, taken = counter.test(number)
        typer.echo(line)
        raise typer.Exit(0 if taken else 1)


def _say(
    db: str | None, state: Path, verbose: bool, do: Callable[[Counter], Iterator[str]]
) -> None:
    """Does something with endpoints and says what came of it."""
    with told(verbose=verbose), _opened(db, state) as counter:
        for line in do(counter):
            typer.echo(line)


@contextmanager
def _opened(db: str | None, state: Path) -> Iterator[Counter]:
    from core.settings import load_settings
    from flow.webhooks import Counter
    from models.places import using_database

    settings = load_settings()
    with using_database(db, state, settings.service) as database:
        yield Counter(database, state, settings)
