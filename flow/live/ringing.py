"""Reads at once what the web-hooks of a live CRM told of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.batches import batched
from core.logs import get_logger
from crm.errors import CrmAwayError, CrmError, CrmShutError
from crm.port import Queueing
from flow.live.desk import Desk
from models.session import reading
from models.store.bells import Bell, bells_done, ring, waiting_bells
from models.store.mirror import TABLES, Mirrored, Target, write_batch
from models.tables import ActivityRow, CrmRow, StageChangeRow
from models.vocabulary.crm import Batch, Thing, source_of

MOST = 50  # bells of one turn
_OF_DEALS: Mapping[Thing, type[ActivityRow | StageChangeRow]] = {
    Thing.ACTIVITY: ActivityRow,
    Thing.STAGE_CHANGE: StageChangeRow,
}
_log = get_logger("live.bells")


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of bells: how many, and whether something rang that only a pass finds."""

    bells: int
    look: bool = False


def answer_bells(desk: Desk, met: Callable[[Mirrored], None]) -> Answered:
    """Reads again what rang, and takes the bells down with what was read.

    What the CRM refuses to show is left to the next pass.

    Raises:
        CrmAwayError: the CRM does not answer now; the bells stay.
        CrmShutError: it does not let us in; the bells stay.
        TurnLostError: it is not ours to read any more.
        StagecheckError: the database cannot be used.
    """
    with reading(desk.database) as session:
        bells = waiting_bells(session, desk.connection, MOST)
        if not bells:
            return Answered(0)
        subjects, look = _subjects(session, desk.name, bells)
    try:
        batches = _read(desk, subjects)
    except (CrmAwayError, CrmShutError):
        raise
    except CrmError as error:
        _log.warning("not read again", crm=desk.name, error=type(error).__name__)
        batches, look = [], True
    unwanted = desk.unwanted()
    with desk.writing() as (session, target):
        for batch in batches:
            met(write_batch(session, target, batch, unwanted))
        missing = [missing_people(session, target, batch) for batch in batches if batch.deals]
        bells_done(session, bells)
    for contacts, companies in missing:
        fetch_people(desk, contacts, companies, met)
    return Answered(len(bells), look)


def hear_queue(desk: Desk) -> None:
    """Asks a CRM that cannot reach us what changed, and rings for it.

    What is asked for and not rung, since we were killed in between, the next pass finds.

    Raises:
        CrmError: it cannot be asked.
        StagecheckError: the database cannot be used.
    """
    if isinstance(desk.adapter, Queueing):
        rung = desk.adapter.rung()
        if rung.things:
            with desk.writing() as (session, target):
                ring(session, desk.connection, rung, target.at)


def fetch_people(
    desk: Desk, contacts: Sequence[str], companies: Sequence[str], met: Callable[[Mirrored], None]
) -> None:
    """Reads people and companies that deals name and that are not known yet."""
    for some in batched([(Thing.CONTACT, one) for one in contacts]
                        + [(Thing.COMPANY, one) for one in companies], MOST):  # fmt: skip
        batch = desk.adapter.people(
            [id_ for thing, id_ in some if thing is Thing.CONTACT],
            [id_ for thing, id_ in some if thing is Thing.COMPANY],
        )
        unwanted = desk.unwanted()
        with desk.writing() as (session, target):
            met(write_batch(session, target, batch, unwanted))


def missing_people(session: Session, target: Target, batch: Batch) -> tuple[list[str], list[str]]:
    """The contacts and companies that the deals of a batch name and that are not known."""
    contacts = {id_ for deal in batch.deals for id_ in deal.contact_ids}
    companies = {deal.company_id for deal in batch.deals if deal.company_id}
    return (
        _unknown(session, target, Thing.CONTACT, contacts),
        _unknown(session, target, Thing.COMPANY, companies),
    )


def _unknown(session: Session, target: Target, thing: Thing, ids: Iterable[str]) -> list[str]:
    wanted = sorted(ids)
    known: set[str] = set()
    columns = TABLES[thing].__table__.c
    for some in batched(wanted):
        rows = select(columns.id).where(columns.crm == target.crm, columns.id.in_(some))
        known.update(session.scalars(rows))
    return [id_ for id_ in wanted if id_ not in known]


def _subjects(
    session: Session, name: str, bells: Sequence[Bell]
) -> tuple[dict[Thing, list[str]], bool]:
    """What is to be read, by kind; and whether a bell is of something that nobody knows yet."""
    subjects: dict[Thing, dict[str, None]] = defaultdict(dict)
    look = False
    for one in bells:
        table = _OF_DEALS.get(one.thing)
        if table is None:
            subjects[one.thing][one.subject] = None
            continue
        deal = session.scalar(
            select(table.deal_id)
            .join(CrmRow, CrmRow.id == table.crm)
            .where(CrmRow.source == source_of(name), table.id == one.subject)
        )
        if deal is None:
            look = True
        else:
            subjects[Thing.DEAL][deal] = None
    return {thing: list(ids) for thing, ids in subjects.items()}, look


def _read(desk: Desk, subjects: dict[Thing, list[str]]) -> list[Batch]:
    batches = []
    if deals := subjects.get(Thing.DEAL):
        batches.append(desk.adapter.deals(deals))
    contacts, companies = subjects.get(Thing.CONTACT, []), subjects.get(Thing.COMPANY, [])
    if contacts or companies:
        batches.append(desk.adapter.people(contacts, companies))
    return batches
