"""The commands about live CRMs: `crm connect`, `status`, `stages`, `write`, `undo`..."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flow import options
from flow.telling import told
from models.vocabulary.crm import CrmKind, NotesWanted, WriteKind

if TYPE_CHECKING:
    from flow.crms.place import Place

crm = typer.Typer(help="Connect CRMs, read them and write into them.", no_args_is_help=True)
_STATE = Path(".stagecheck")


class OnOff(StrEnum):
    """Whether something is written."""

    ON = "on"
    OFF = "off"


Kind = Annotated[CrmKind, typer.Argument(help="Which CRM.")]
Named = Annotated[
    str | None, typer.Argument(help="The connection's name; not needed where there is one alone.")
]
NewName = Annotated[
    str | None, typer.Option("--name", help="What the connection is called; `--crm NAME` names it.")
]
Address = Annotated[
    str | None, typer.Option("--address", help="Address of the account: studio.amocrm.ru.")
]
TokenFile = Annotated[
    Path | None,
    typer.Option("--token-file", help="File with the token; else it is asked for, hidden."),
]
OAuth = Annotated[
    bool, typer.Option("--oauth", help="By an integration's id and secret, not by a token.")
]
Yes = Annotated[
    bool, typer.Option("--yes", help="Ask nothing: take what is sure, leave the rest for later.")
]
Deals = Annotated[
    list[str] | None, typer.Option("--deal", help="Only this deal, by its id; several.")
]
OneDeal = Annotated[str | None, typer.Option("--deal", help="Only of this deal, by its id.")]
Since = Annotated[
    str | None, typer.Option("--since", help="Only what was put in line since (ISO 8601).")
]
Kinds = Annotated[WriteKind | None, typer.Option("--kind", help="Only of this kind.")]
Fields = Annotated[bool | None, typer.Option("--fields/--no-fields", help="Our own fields.")]
Notes = Annotated[NotesWanted | None, typer.Option("--notes", help="Notes on a deal.")]
Tasks = Annotated[bool | None, typer.Option("--tasks/--no-tasks", help="Tasks for managers.")]
Tag = Annotated[str | None, typer.Option("--tag", help="Tag on deals that are ahead; `-`: none.")]
Transcripts = Annotated[
    bool | None, typer.Option("--transcripts/--no-transcripts", help="Words of calls.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder for the files; made where missing.")]
New = Annotated[bool, typer.Option("--new", help="Make the address anew; the old one ends.")]
Drop = Annotated[bool, typer.Option("--remove", help="Take no web-hooks any more.")]
Now = Annotated[bool, typer.Option("--now", help="Also ask the CRM whether it lets us in.")]
Write = Annotated[int | None, typer.Option("--write", help="Only this write, by its number.")]


@crm.command("connect")
def connect(  # noqa: PLR0913, PLR0917 - one parameter per option
    kind: Kind,
    name: NewName = None,
    address: Address = None,
    token_file: TokenFile = None,
    oauth: OAuth = False,
    yes: Yes = False,
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
    name: Named = None,
    now: Now = False,
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
    name: Named = None,
    yes: Yes = False,
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
    name: Named = None,
    deal: Deals = None,
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
    onoff: Annotated[OnOff, typer.Argument(metavar="on|off", help="Switch writing on or off.")],
    name: Named = None,
    fields: Fields = None,
    notes: Notes = None,
    tasks: Tasks = None,
    tag: Tag = None,
    transcripts: Transcripts = None,
    yes: Yes = False,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Switch writing into the CRM on or off, and choose what is written. The stage never is."""
    with told(verbose=verbose), _place(db, state, yes=yes) as place:
        from flow.crms.writing import switch_off, switch_on

        connection = place.named(name)
        if onoff is OnOff.OFF:
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
    name: Named = None,
    deal: OneDeal = None,
    since: Since = None,
    kind: Kinds = None,
    yes: Yes = False,
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
    name: Named = None,
    write: Write = None,
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
    name: Named = None,
    new: New = False,
    remove: Drop = False,
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
    out: Out,
    name: Named = None,
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
    name: Named = None,
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
    name: Named = None,
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
    name: Named = None,
    yes: Yes = False,
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
