"""`stagecheck retention`, `hold` and `forget`: what is kept, what must be, and who is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flow import options
from flow.telling import told

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from core.settings import Settings
    from flow.forgetting import Grounds
    from flow.keeping import Retention
    from models.store.forgetting import Person
    from models.store.holds import HoldKind

app = typer.Typer()
holds = typer.Typer(
    help="What neither time nor a request may remove.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(holds, name="hold")
_STATE = Path(".stagecheck")

Phone = Annotated[str | None, typer.Option(help="A telephone number, however written.")]
Deal = Annotated[str | None, typer.Option(help="A deal's id.")]
CallId = Annotated[str | None, typer.Option("--call", help="A call's id.")]
Reason = Annotated[str, typer.Option(help="Why it must be kept.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what would be removed.")]
HoldId = Annotated[int, typer.Argument(help="The hold's number in `hold list`.")]
ContactId = Annotated[str | None, typer.Option("--contact", help="A contact's id in the CRM.")]
Snapshot = Annotated[Path | None, typer.Option("--crm", help="The CRM snapshot of the contact.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
ForGood = Annotated[
    bool, typer.Option("--for-good", help="Refuse what the person says later, too.")
]
More = Annotated[
    list[Path] | None,
    typer.Option("--in", help="A further folder or CSV file to clean; may be repeated."),
]
Out = Annotated[Path | None, typer.Option("--json", help="Write the certificate to this file.")]


@app.command()
def retention(
    dry_run: DryRun = False,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Remove what the settings (`keeping.*`) no longer keep.

    Exit status: 0 done; 1 some files could not be removed; 2 the command was wrong.
    """
    with told(verbose=verbose):
        from core.clock import now
        from core.settings import load_settings
        from flow.keeping import retain
        from ingest.sftp.plan import inbox_of
        from models.places import PLAYED
        from models.store.lock import alone

        settings = load_settings()
        with _database(db, state) as engine, alone(engine):
            inbox = inbox_of(state, settings.sftp)
            played = state / PLAYED
            done = retain(engine, settings.keeping, inbox, played, at=now(), dry_run=dry_run)
        for line in retention_lines(done, settings, dry_run=dry_run):
            typer.echo(line)
        for problem in done.problems:
            typer.echo(f"stagecheck: {problem}; tried again next time", err=True)
        raise typer.Exit(1 if done.problems else 0)


def retention_lines(done: Retention, settings: Settings, *, dry_run: bool) -> Iterator[str]:
    """What a look at the keeping came to, one line per kind."""
    keeping, verb = settings.keeping, "would be removed" if dry_run else "removed"
    heard = f", {done.unheard} not heard yet stay" if done.unheard else ""
    sound = f"{done.recordings} recordings ({done.files} files) {verb}"
    words = f"{done.transcripts} transcripts and {done.answers} answers of the judge {verb}"
    kinds = (
        ("Sound", keeping.audio_days, f"{sound}, {done.recordings_held} held{heard}"),
        ("Words", keeping.transcript_days, f"{words}, {done.transcripts_held} held"),
        ("Quotes", keeping.quotes_days, f"{done.quotes} places {verb}"),
        ("Verdicts", keeping.verdicts_days, f"{done.verdicts} verdicts, flags and runs {verb}"),
    )
    for kind, days, sentence in kinds:
        if days is None:
            yield f"{kind}: kept for ever"
        else:
            yield f"{kind} older than {days} days: {sentence}"


@holds.command(name="add")
def hold_add(  # noqa: PLR0913, PLR0917 - one parameter per option
    reason: Reason,
    phone: Phone = None,
    deal: Deal = None,
    call: CallId = None,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Keep all data of a number, a deal or a call until the hold is removed."""
    with told(verbose=verbose):
        from flow.holding import add_hold

        kind, value = _one_of(phone, deal, call)
        with _database(db, state) as engine:
            hold = add_hold(engine, kind, value, reason)
        typer.echo(f"hold {hold}: placed")


@holds.command(name="list")
def hold_list(
    db: options.Db = None, state: options.State = _STATE, verbose: options.Verbose = False
) -> None:
    """List the holds that stand."""
    with told(verbose=verbose):
        from models.session import reading
        from models.store.holds import load_holds

        with _database(db, state) as engine, reading(engine) as session:
            found = load_holds(session)
        for one in found:
            typer.echo(
                f"{one.id}: {one.kind} {one.value}, by {one.placed_by} on "
                f"{one.placed_at:%Y-%m-%d %H:%M} UTC: {one.reason}"
            )
        if not found:
            typer.echo("There is no hold.")


@holds.command(name="remove")
def hold_remove(
    hold: HoldId,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """End a hold; who placed and who removed it stays written."""
    with told(verbose=verbose):
        from flow.holding import end_hold

        with _database(db, state) as engine:
            end_hold(engine, hold, state)
        typer.echo(f"hold {hold}: removed")


def _one_of(phone: str | None, deal: str | None, call: str | None) -> tuple[HoldKind, str]:
    from core.settings import load_settings
    from flow.person import sure_number
    from models.store.holds import HoldKind
    from models.vocabulary.errors import InvalidInputError

    given = {HoldKind.PHONE: phone, HoldKind.DEAL: deal, HoldKind.CALL: call}
    named = [(kind, value.strip()) for kind, value in given.items() if value]
    if len(named) != 1:
        raise InvalidInputError(
            "hold add", "needs one thing to hold", "Give one of --phone, --deal and --call."
        )
    [(kind, value)] = named
    return kind, sure_number(value, load_settings().pbx) if kind is HoldKind.PHONE else value


@app.command()
def forget(  # noqa: PLR0913, PLR0917 - one parameter per option
    phone: Phone = None,
    contact: ContactId = None,
    crm: Snapshot = None,
    yes: Yes = False,
    for_good: ForGood = False,
    more: More = None,
    json: Out = None,
    db: options.Db = None,
    state: options.State = _STATE,
    verbose: options.Verbose = False,
) -> None:
    """Remove a person everywhere and prove it.

    Exit status: 0 nothing is found any more; 1 something is, or could not be searched; 2
    the command was wrong or a hold keeps the data.
    """
    with told(verbose=verbose):
        from core.clock import now
        from core.settings import load_settings
        from flow import forgetting
        from flow.output import check_writable, write_files
        from flow.result import as_json
        from models.session import reading
        from models.store.lock import alone

        settings = load_settings()
        if json is not None:
            check_writable(json)
        with _database(db, state) as engine, alone(engine):
            person = _person(engine, settings, phone, contact, crm)
            grounds = _grounds(engine, settings, state, more or [])
            with reading(engine) as session:
                rows = forgetting.found_of(session, person)
            if not yes:
                _confirm(len(rows.calls), rows.deals)
            certificate = forgetting.forget(engine, person, grounds, at=now(), for_good=for_good)
        if json is not None:
            write_files({json: as_json(certificate.as_json())})
        for line in certificate.lines():
            typer.echo(line)
        raise typer.Exit(0 if certificate.proved else 1)


def _confirm(calls: int, deals: Sequence[str]) -> None:
    from models.vocabulary.errors import StagecheckError

    typer.echo(f"Calls: {calls}; deals of the contact: {', '.join(deals) or 'none'}")
    try:
        sure = typer.confirm("Remove this person for ever?")
    except typer.Abort:
        sure = False
    if not sure:
        raise StagecheckError("nothing was removed: say yes, or give --yes where nobody can.")


def _person(
    engine: Engine,
    settings: Settings,
    phone: str | None,
    contact: str | None,
    crm: Path | None,
) -> Person:
    from flow.person import person_by_contact, person_by_number, sure_number
    from models.session import reading
    from models.vocabulary.errors import InvalidInputError

    if (phone is None) == (contact is None) or (contact is None) != (crm is None):
        raise InvalidInputError(
            "forget",
            "needs to know who",
            "Give --phone NUMBER, or --contact ID with --crm SNAPSHOT.",
        )
    with reading(engine) as session:
        if contact is not None and crm is not None:
            return person_by_contact(session, contact, crm, (settings.pbx, settings.crm))
        return person_by_number(session, sure_number(phone or "", settings.pbx), settings.pbx)


def _grounds(engine: Engine, settings: Settings, state: Path, more: list[Path]) -> Grounds:
    from flow.forgetting import Grounds, known_folders
    from ingest.sftp.plan import inbox_of
    from models.session import reading
    from models.vocabulary.errors import InvalidInputError

    for path in more:
        if not path.exists():
            raise InvalidInputError(f"--in {path}", "is not there", "Name a folder or a CSV file.")
    with reading(engine) as session:
        folders = tuple(known_folders(session))
    return Grounds(state, inbox_of(state, settings.sftp), folders, tuple(more))


@contextmanager
def _database(db: str | None, state: Path) -> Iterator[Engine]:
    """The database that is there; these commands make none.

    Raises:
        StagecheckError: there is none, or it cannot be used.
    """
    from models.places import open_known

    engine = open_known(db, state)
    try:
        yield engine
    finally:
        engine.dispose()
