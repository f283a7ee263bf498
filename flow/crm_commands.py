"""The commands about live CRMs: `crm connect`, `status`, `stages`, `write`, `undo`..."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flow import crm_options, options
from flow.telling import told

if TYPE_CHECKING:
    from flow.crms.place import Place

crm = typer.Typer(help="Connect CRMs, read them and write into them.", no_args_is_help=True)
_STATE = Path(".stagecheck")


@crm.command("connect")
def connect(  # noqa: PLR0913, PLR0917 - one parameter per option
    kind: crm_options.Kind,
    name: crm_options.NewName = None,
    address: crm_options.Address = None,
    token_file: crm_options.TokenFile = None,
    oauth: crm_options.OAuth = False,
    yes: crm_options.Yes = False,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Connect a CRM: asks what is missing, shows what it found; writes nothing unasked.

    A connected one (--name) is given a new token.
    """
    with told(verbose=verbose), _place(db, state, yes=yes) as place:
        from flow.crms.connecting import Wishes
        from flow.crms.connecting import connect as connect_crm

        connect_crm(place, Wishes(kind, name, address, token_file, oauth))


@crm.command("status")
def status(
    name: crm_options.Named = None,
    now: crm_options.Now = False,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Say how far each CRM was read, what waits, what went wrong.

    Exit status: 0 all well; 1 a CRM does not let us in, or writes are dead.
    """
    with told(verbose=verbose), _place(db, state) as place:
        from flow.crms.status import is_well, status_lines

        found = [place.named(name)] if name else place.all()
        if not found:
            typer.echo("No CRM is connected: `stagecheck crm connect amocrm` connects one.")
        for one in found:
            for line in status_lines(place, one, ask_crm=now):
                typer.echo(line)
        raise typer.Exit(0 if all(is_well(place, one) for one in found) else 1)


@crm.command("stages")
def stages(
    name: crm_options.Named = None,
    yes: crm_options.Yes = False,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Say which rules judge each pipeline and which stage each column is; fields as well."""
    with told(verbose=verbose), _place(db, state, yes=yes) as place:
        from flow.crms.connecting import map_all

        map_all(place, place.named(name))


@crm.command("preview")
def show_preview(
    name: crm_options.Named = None,
    deal: crm_options.Deals = None,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Show what would be written into deals; writes nothing."""
    with told(verbose=verbose), _place(db, state) as place:
        from flow.crms import writing

        writing.show_preview(place, place.named(name), deal or ())


@crm.command("write")
def write(  # noqa: PLR0913, PLR0917 - one parameter per option
    onoff: Annotated[
        crm_options.OnOff, typer.Argument(metavar="on|off", help="Switch writing on or off.")
    ],
    name: crm_options.Named = None,
    fields: crm_options.Fields = None,
    notes: crm_options.Notes = None,
    tasks: crm_options.Tasks = None,
    tag: crm_options.Tag = None,
    transcripts: crm_options.Transcripts = None,
    yes: crm_options.Yes = False,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Switch writing into the CRM on or off, and choose what is written. The stage never is."""
    with told(verbose=verbose), _place(db, state, yes=yes) as place:
        from flow.crms.writing import switch_off, switch_on

        connection = place.named(name)
        if onoff is crm_options.OnOff.OFF:
            switch_off(place, connection)
            return
        wishes = {
            "fields": fields,
            "notes": notes,
            "tasks": tasks,
            "tag": tag,
            "transcripts": transcripts,
        }
        switch_on(place, connection, wishes)


@crm.command("undo")
def undo(  # noqa: PLR0913, PLR0917 - one parameter per option
    name: crm_options.Named = None,
    deal: crm_options.OneDeal = None,
    since: crm_options.Since = None,
    kind: crm_options.Kinds = None,
    yes: crm_options.Yes = False,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Take back what was written; what people changed since stays.

    Exit status: 0 all of it is gone; 1 something stays.
    """
    with told(verbose=verbose), _place(db, state, yes=yes) as place:
        from flow.crms.writing import take_back

        moment = options.moment_of(since)
        connection = place.named(name)
        gone = take_back(place, connection, deal=deal, kind=kind, since=moment)
        raise typer.Exit(0 if gone else 1)


@crm.command("retry")
def retry(
    name: crm_options.Named = None,
    write: crm_options.Write = None,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Have dead writes sent again."""
    with told(verbose=verbose), _place(db, state) as place:
        from flow.crms.writing import try_again

        try_again(place, place.named(name), write)


@crm.command("hook")
def hook(  # noqa: PLR0913, PLR0917 - one parameter per option
    name: crm_options.Named = None,
    new: crm_options.New = False,
    remove: crm_options.Drop = False,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Show, make, replace or remove the address that the CRM's web-hooks come to."""
    with told(verbose=verbose), _place(db, state) as place:
        from flow.crms.hooks import drop_hook, new_hook, show_hook

        connection = place.named(name)
        do = new_hook if new else drop_hook if remove else show_hook
        do(place, connection)


@crm.command("draft")
def draft(
    out: crm_options.Out,
    name: crm_options.Named = None,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Make drafts of rules from what the CRM itself demands on its stages."""
    with told(verbose=verbose), _place(db, state) as place:
        from flow.crms.drafts import write_drafts

        write_drafts(place, place.named(name), out)


@crm.command("pause")
def pause(
    name: crm_options.Named = None,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Neither read nor write until `crm resume`."""
    with told(verbose=verbose), _place(db, state) as place:
        connection = place.named(name)
        place.desk.pause(connection.id)
        typer.echo(f"{connection.name}: paused; `stagecheck crm resume {connection.name}` goes on.")


@crm.command("resume")
def resume(
    name: crm_options.Named = None,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Read (and write) again, also after the CRM refused us."""
    with told(verbose=verbose), _place(db, state) as place:
        connection = place.named(name)
        place.desk.resume(connection.id)
        typer.echo(f"{connection.name}: goes on.")


@crm.command("disconnect")
def disconnect(
    name: crm_options.Named = None,
    yes: crm_options.Yes = False,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Remove a connection with its tokens; what was written and read goes or stays by choice.

    With --yes what was written and what was read stay.
    """
    with told(verbose=verbose), _place(db, state, yes=yes) as place:
        from flow.crms.leaving import disconnect as leave

        leave(place, place.named(name))


@contextmanager
def _place(db: str | None, state: Path, *, yes: bool = False) -> Iterator[Place]:
    from core.settings import load_settings
    from flow.crms.asking import Asking
    from flow.crms.place import Place
    from models.connections import NoConnectionError
    from models.places import using_database
    from models.vocabulary.errors import InvalidInputError

    settings = load_settings()
    with using_database(db, state, settings.service) as database:
        try:
            yield Place(database, state, settings, Asking(takes_usual=yes))
        except NoConnectionError as error:
            raise InvalidInputError(
                "the CRM", "was disconnected meanwhile", "`stagecheck crm status` shows what is."
            ) from error
