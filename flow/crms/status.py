"""`stagecheck crm status`: how it stands with each connected CRM."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from crm.errors import CrmError
from crm.limits import limits_in
from flow.crms.place import Place
from flow.crms.writing import options_of, told
from models.session import reading
from models.store.connection_figures import ConnectionFigures, PartRead, figures_of
from models.vocabulary.crm import Connection
from models.vocabulary.crm_write import WriteState


def status_lines(place: Place, connection: Connection, *, ask_crm: bool) -> Iterator[str]:
    """How it stands with a connection; `ask_crm`: also whether it lets us in now, and its limits.

    Raises:
        StagecheckError: the database cannot be used.
    """
    with reading(place.database) as session:
        figures = figures_of(session, connection)
    yield f"{connection.name}: {connection.kind.value}, {connection.account} ({connection.address})"
    yield f"  {_state(connection)}"
    yield from _read(figures)
    yield f"  {_written(connection, figures)}"
    if connection.error:
        yield f"  last error {_at(connection.error_at)}: {connection.error}"
    unconfirmed = sum(1 for one in connection.stages.values() if not one.get("confirmed"))
    if unconfirmed:
        yield (
            f"  {unconfirmed} of {len(connection.stages)} pipelines are not confirmed and not "
            "judged: `stagecheck crm stages`"
        )
    yield f"  web-hooks: {'taken' if connection.hook else 'none (`stagecheck crm hook`)'}"
    if ask_crm:
        yield f"  {_asked(place, connection)}"


def is_well(place: Place, connection: Connection) -> bool:
    """Whether nobody has to look after it: it lets us in, and no write is dead.

    Raises:
        StagecheckError: the database cannot be used.
    """
    with reading(place.database) as session:
        dead = figures_of(session, connection).writes.get(WriteState.DEAD, 0)
    return connection.refused is None and not dead


def _state(connection: Connection) -> str:
    if connection.refused:
        return f"SHUT: {connection.refused} Then: `stagecheck crm resume {connection.name}`."
    if connection.paused:
        return f"paused: `stagecheck crm resume {connection.name}` goes on"
    if connection.loaded_at is None:
        return "first load under way" if connection.read_at else "not read yet"
    return f"read {_at(connection.read_at)}, first load ended {_at(connection.loaded_at)}"


def _read(figures: ConnectionFigures) -> Iterator[str]:
    yield (
        f"  known: {figures.deals} deals, {figures.contacts} contacts, "
        f"{figures.companies} companies"
    )
    for part in figures.parts:
        yield f"    {_part(part)}"
    if figures.bells:
        yield f"    {figures.bells} things wait to be read again since {_at(figures.bells_since)}"


def _part(part: PartRead) -> str:
    if part.begun_at is not None:
        return f"{part.part}: being read since {_at(part.begun_at)}, {part.things} so far"
    whole = f", everything {_at(part.whole_at)}" if part.whole_at else ""
    return f"{part.part}: read {_at(part.ended_at)}, {part.things} in the last reading{whole}"


def _written(connection: Connection, figures: ConnectionFigures) -> str:
    counts = ", ".join(
        f"{figures.writes[state]} {state.value}"
        for state in WriteState
        if figures.writes.get(state)
    )
    on = f"on ({told(options_of(connection))})" if connection.writes else "off"
    dead = figures.writes.get(WriteState.DEAD, 0)
    again = "; `stagecheck crm retry` tries the dead ones again" if dead else ""
    return f"writing is {on}: {counts or 'nothing written'}{again}"


def _asked(place: Place, connection: Connection) -> str:
    try:
        with place.asking(connection) as adapter:
            account = adapter.account()
    except CrmError as error:
        return f"now: {error}"
    limits = f"; limits: {limits_in(account, 'en')}" if account.limits else ""
    return f"now: lets us in as {account.user}{limits}"


def _at(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "never"
