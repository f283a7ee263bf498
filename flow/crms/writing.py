"""What is written into a CRM: shown beforehand, switched on and off, tried again, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.clock import now
from flow.crms.fields import make_own_fields
from flow.crms.place import Place
from flow.live.preview import preview
from flow.live.undoing import Chosen, undo
from models.session import reading, transaction
from models.store.connection_figures import figures_of
from models.store.crm_writes import retry_writes
from models.store.mapping import plain
from models.vocabulary.crm import Connection
from models.vocabulary.crm_write import (
    NotesWanted,
    WriteKind,
    WriteOptions,
    WriteState,
    write_options,
)
from models.vocabulary.errors import InvalidInputError

_TAG_OFF = "-"


def options_of(connection: Connection) -> WriteOptions:
    """What is written into a CRM once writing is on."""
    return write_options(connection.options.get("write"))


def chosen_options(before: WriteOptions, wishes: dict[str, Any]) -> WriteOptions:
    """What is to be written, with what the command's options say; ``None``: as before.

    A tag `-` is none.
    """
    given = {name: value for name, value in wishes.items() if value is not None}
    if "notes" in given:
        given["notes"] = NotesWanted(given["notes"])
    if "tag" in given:
        tag = str(given["tag"]).strip()
        given["tag"] = None if tag in ("", _TAG_OFF) else tag
    return replace(before, **given)


def switch_on(place: Place, connection: Connection, wishes: dict[str, Any] | None = None) -> None:
    """Switches writing on; our own fields are made first where they are wanted and agreed to.

    Raises:
        CrmError: the CRM does not make the fields.
        StagecheckError: nobody answers, or the database cannot be used.
    """
    options = chosen_options(options_of(connection), wishes or {})
    if options.fields and not connection.own_fields:
        with place.asking(connection) as adapter:
            made = make_own_fields(place, connection, adapter)
        if not made:
            place.ask.say("Without them nothing is written into fields; the rest is.")
            options = replace(options, fields=False)
    place.desk.switch_writing(connection.id, plain(options), on=True)
    place.ask.say(f"{connection.name}: writing is on: {told(options)}. The deal's stage never is.")


def switch_off(place: Place, connection: Connection) -> None:
    """Switches writing off; what was written stays, what waits is not sent.

    Raises:
        StagecheckError: the database cannot be used.
    """
    place.desk.switch_writing(connection.id, None, on=False)
    place.ask.say(
        f"{connection.name}: writing is off. What was written stays; `stagecheck crm undo` takes "
        "it back."
    )


def told(options: WriteOptions) -> str:
    """What is written, in words."""
    notes = {
        NotesWanted.CONFIRMED: "notes on confirmed findings",
        NotesWanted.VERDICTS: "notes on confirmed findings and cards that are ahead",
        NotesWanted.OFF: None,
    }[options.notes]
    parts = [
        "our fields" if options.fields else None,
        notes,
        "tasks" if options.tasks else None,
        f"the tag `{options.tag}`" if options.tag else None,
        "transcripts of calls" if options.transcripts else None,
    ]
    return ", ".join(part for part in parts if part) or "nothing"


def show_preview(place: Place, connection: Connection, deals: Sequence[str]) -> None:
    """Says what would be written into some deals; where none was judged yet, that.

    Raises:
        InvalidInputError: named deals are not known.
        StagecheckError: the database cannot be used.
    """
    with reading(place.database) as session:
        known = figures_of(session, connection).deals
    if not known:
        place.ask.say("Nothing was read of it yet: `stagecheck crm preview` shows it later.")
        return
    try:
        shown = preview(
            place.database,
            connection.id,
            place.settings,
            deals=deals,
            options=options_of(connection),
            now=now(),
        )
    except InvalidInputError as error:
        if deals:
            raise
        place.ask.say(f"No preview yet: {error}")
        return
    for line in shown.lines:
        place.ask.say(line)
    place.ask.say("Nothing of this was written.")


def try_again(place: Place, connection: Connection, write: int | None) -> None:
    """Has dead writes sent again, one or all.

    Raises:
        StagecheckError: the database cannot be used.
    """
    with transaction(place.database) as session:
        again = retry_writes(session, connection.id, write, now())
    place.desk.note(connection, "crm writes retried", f"{again} writes")
    if connection.refused:
        place.desk.resume(connection.id)
    place.ask.say(f"{connection.name}: {again} write{'s' * (again != 1)} to be tried again")


def take_back(  # noqa: PLR0913 - which writes
    place: Place,
    connection: Connection,
    *,
    deal: str | None = None,
    kind: WriteKind | None = None,
    since: datetime | None = None,
    agreed: bool = False,
) -> bool:
    """Takes back what was written, after asking unless `agreed`; gives whether all of it is gone.

    Raises:
        InvalidInputError: nobody agrees.
        CrmError: the CRM cannot be asked.
        StagecheckError: the database cannot be used.
    """
    with reading(place.database) as session:
        written = figures_of(session, connection).writes.get(WriteState.WRITTEN, 0)
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=ZoneInfo(connection.timezone))
    which = ", ".join(
        part
        for part in (
            f"of deal {deal}" if deal else "",
            f"of kind {kind.value}" if kind else "",
            f"since {since:%Y-%m-%d %H:%M}" if since else "",
        )
        if part
    )
    chosen = which or f"({written} writes)"
    question = f"Take back what was written into {connection.name} {chosen}?"
    if not agreed and not place.ask.agrees(question, usual=place.ask.takes_usual):
        place.ask.say("Nothing was taken back.")
        return False
    if connection.writes:
        place.ask.say("Writing stays on: what is still wanted is written again. Off: `write off`.")
    place.desk.note(connection, "crm undo", which)
    ended = undo(
        place.database,
        connection.id,
        lambda: place.open(connection),
        Chosen(deal=deal, kind=kind, since=since),
    )
    for one in ended:
        state = "taken back" if one.done else "stays"
        line = f"  {one.kind.value} of deal {one.deal_id}: {state}. {one.told or ''}"
        place.ask.say(line.rstrip())
    gone = sum(one.done for one in ended)
    place.ask.say(f"{gone} of {len(ended)} taken back")
    return gone == len(ended)
