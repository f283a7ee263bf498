"""`stagecheck figures report`: the weekly report as files, a new one or an issued one again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flow import options
from flow.telling import told

Week = Annotated[
    str | None, typer.Option(help="Week like 2026-W46; the last full one if not given.")
]
For = Annotated[str | None, typer.Option("--for", help="Log-in of the account whose reach counts.")]
Manager = Annotated[str | None, typer.Option(help="User of the CRM whose own report it is.")]
Out = Annotated[Path, typer.Option(help="Folder that HTML, CSV and XLSX are written to.")]
Edition = Annotated[
    int | None, typer.Option(help="Number of an issued report that is made again, exactly.")
]


def report(  # noqa: PLR0913, PLR0917 - one parameter per option
    out: Out,
    week: Week = None,
    login: For = None,
    manager: Manager = None,
    edition: Edition = None,
    language: options.ReportLanguages = None,
    as_of: options.AsOf = None,
    db: options.Db = None,
    state: options.State = Path(".stagecheck"),
    verbose: options.Verbose = False,
) -> None:
    """Write the weekly report of all, of an account's reach or of one manager."""
    with told(verbose=verbose):
        from core.settings import load_settings
        from flow.mailing.issuing import Wanted, write_report

        settings = load_settings()
        wanted = Wanted(
            week, login, manager, edition, str(language) if language else None,
            options.moment_of(as_of),
        )  # fmt: skip
        for line in write_report(wanted, settings, db, state, out):
            typer.echo(line)
