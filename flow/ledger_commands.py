"""`stagecheck ledger`: call records go in, the account of calls and recordings comes out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flow import options
from flow.telling import told

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from core.settings import Settings
    from models.vocabulary.reconciliation import Selection

ledger = typer.Typer(
    help="The telephone system's list of calls: take it in, hold it against the recordings.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Files = Annotated[list[Path], typer.Argument(help="Call records: Master.csv or an export.")]
SourceName = Annotated[
    str, typer.Option("--source", help="The telephone system they are of ([sources.NAME]).")
]
Day = Annotated[str | None, typer.Option(help="One day only: YYYY-MM-DD.")]
Since = Annotated[str | None, typer.Option(help="From this day on: YYYY-MM-DD.")]
Number = Annotated[str | None, typer.Option(help="The calls with one client only.")]


@ledger.command(name="import")
def take_in(
    files: Files,
    source: SourceName = "",
    db: options.Db = None,
    state: options.State = Path(".stagecheck"),
    verbose: options.Verbose = False,
) -> None:
    """Take call records into the ledger; what is there already is recognised.

    Exit status: 0 all taken; 1 some lines are no call records; 2 the input was wrong.
    """
    with told(verbose=verbose):
        from core.settings import load_settings
        from flow.ledger import import_cdr_file

        settings = load_settings()
        bad = 0
        with _opened(db, state) as database:
            for file in files:
                came = import_cdr_file(database, settings, file, account=source)
                counts = f"{came.new} new, {came.repeated} there already, {came.replaced} renewed"
                typer.echo(f"{file}: {counts}, {len(came.bad)} lines left out")
                for line, sentence in came.bad:
                    typer.echo(f"{file}, line {line}: {sentence}", err=True)
                bad += len(came.bad)
        raise typer.Exit(1 if bad else 0)


@ledger.command()
def show(  # noqa: PLR0913, PLR0917 - one parameter per option
    day: Day = None,
    since: Since = None,
    number: Number = None,
    json: options.Json = None,
    db: options.Db = None,
    state: options.State = Path(".stagecheck"),
    verbose: options.Verbose = False,
) -> None:
    """Show how many calls the PBX had, how many were recorded and heard, and what is missing."""
    with told(verbose=verbose):
        from core.clock import now
        from core.settings import load_settings
        from flow.ledger import account_of
        from flow.ledger_page import account_json, account_lines
        from flow.output import check_writable, write_files
        from flow.result import as_json

        settings = load_settings()
        selection = _selection(settings, day, since, number)
        if json is not None:
            check_writable(json)
        with _opened(db, state) as database:
            account = account_of(database, settings, now(), selection)
        for line in account_lines(account):
            typer.echo(line)
        if json is not None:
            write_files({json: as_json(account_json(account))})


@contextmanager
def _opened(db: str | None, state: Path) -> Iterator[Engine]:
    from models.places import open_state
    from models.session import open_database

    database = open_database(db) if db else open_state(state)
    try:
        yield database
    finally:
        database.dispose()


def _selection(
    settings: Settings, day: str | None, since: str | None, number: str | None
) -> Selection:
    """The part that the options ask for.

    Raises:
        InvalidInputError: a day or the number is none.
    """
    from models.vocabulary.errors import InvalidInputError
    from models.vocabulary.phone import normalise_phone
    from models.vocabulary.reconciliation import Selection

    if day is not None and since is not None:
        raise InvalidInputError("--day and --since", "do not go together", "Give one of them.")
    e164 = None
    if number is not None:
        phone = normalise_phone(number, region=settings.pbx.region)
        e164 = phone.e164 if phone is not None else None
        if e164 is None:
            raise InvalidInputError(
                "--number", "is no telephone number", "Write it like +79161234567."
            )
    if day is not None:
        return Selection(_day("--day", day), _day("--day", day), e164)
    return Selection(_day("--since", since) if since is not None else None, None, e164)


def _day(option: str, text: str) -> date:
    from models.vocabulary.errors import InvalidInputError

    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(
            f"{option} {text}", "is no day", "Write it like 2026-11-20."
        ) from error
