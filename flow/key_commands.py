"""The command about programs that use the API: `api-key`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flow import options
from flow.telling import told
from models.vocabulary.keys import Scope

app = typer.Typer()

Name = Annotated[
    str | None, typer.Argument(help="What the program is called; to revoke also a prefix.")
]
Scopes = Annotated[
    list[Scope] | None,
    typer.Option("--scope", help="What the key opens; may be given several times."),
]
Expires = Annotated[
    int, typer.Option("--expires", min=1, max=3650, help="Days until the key counts no more.")
]
List = Annotated[bool, typer.Option("--list", help="List all keys.")]
Revoke = Annotated[bool, typer.Option("--revoke", help="End the key, or all of this name.")]


@app.command(name="api-key")
def api_key(  # noqa: PLR0913, PLR0917 - one parameter per option
    name: Name = None,
    scope: Scopes = None,
    expires: Expires = 365,
    list_all: List = False,
    revoke: Revoke = False,
    db: options.Db = None,
    state: options.State = Path(".stagecheck"),
    verbose: options.Verbose = False,
) -> None:
    """Make, list or revoke the keys of programs that use the API.

    A new key is shown once, on stdout; only its hash is kept.
    """
    with told(verbose=verbose):
        from core.settings import load_settings
        from flow.keys import key_lines, new_key, revoked_lines
        from models.places import opened_database

        database = opened_database(db, state, load_settings().service)
        try:
            if list_all or name is None:
                lines = key_lines(database)
            elif revoke:
                lines = revoked_lines(database, name)
            else:
                told_of, token = new_key(database, name, scope or (), days=expires)
                typer.echo(told_of, err=True)
                lines = [token]
            for line in lines:
                typer.echo(line)
        finally:
            database.dispose()
