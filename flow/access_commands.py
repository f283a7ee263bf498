"""The command about who may use the pages: `account`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flow import options
from flow.telling import told
from models.vocabulary.access import Role

app = typer.Typer()

Login = Annotated[str | None, typer.Argument(help="Log-in; without it all accounts are listed.")]
Roles = Annotated[
    list[Role] | None, typer.Option("--role", help="What they are; may be given several times.")
]
Name = Annotated[str | None, typer.Option("--name", help="What they are called on the pages.")]
CrmUser = Annotated[
    str | None, typer.Option("--crm-user", help="Who they are in the CRM (its id).")
]
Team = Annotated[
    list[str] | None, typer.Option("--team", help="CRM user whom a supervisor oversees; several.")
]
Language = Annotated[str | None, typer.Option("--language", help="`ru` or `en`.")]
Subject = Annotated[
    str | None,
    typer.Option("--subject", help="Who they are at the identity provider (`sub`); empty: nobody."),
]
Disable = Annotated[bool, typer.Option("--disable", help="They may not log in any more.")]
Enable = Annotated[bool, typer.Option("--enable", help="They may log in again.")]
NewPassword = Annotated[bool, typer.Option("--password", help="Ask for a new password.")]


@app.command()
def account(  # noqa: PLR0913, PLR0917 - one parameter per option
    login: Login = None,
    role: Roles = None,
    name: Name = None,
    crm_user: CrmUser = None,
    team: Team = None,
    language: Language = None,
    subject: Subject = None,
    password: NewPassword = False,
    disable: Disable = False,
    enable: Enable = False,
    db: options.Db = None,
    state: options.State = Path(".stagecheck"),
    verbose: options.Verbose = False,
) -> None:
    """Make, change or list the accounts of the review pages.

    A new one is asked for a password; from a pipe its first line is taken.
    """
    with told(verbose=verbose):
        from core.settings import load_settings
        from flow.accounts import at_provider, keep_account, list_accounts
        from models.places import using_database
        from models.store.account_keeping import Wishes

        settings = load_settings()
        with using_database(db, state, settings.service) as database:
            if login is None:
                for line in list_accounts(database):
                    typer.echo(line)
                return
            wishes = Wishes(
                roles=frozenset(role or ()),
                name=name,
                crm_user=crm_user,
                team=frozenset(team) if team else None,
                language=language,
                identity=at_provider(settings.oidc, subject),
                shut=True if disable else False if enable else None,
            )
            typer.echo(keep_account(database, login, wishes, new_password=password, ask=_password))


def _password() -> str:
    import sys

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    chosen: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return chosen
