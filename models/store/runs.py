"""Runs: what was judged, when, by what, and the verdicts of each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, tzinfo

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.store.mapping import columns_of, plain, word_of
from models.tables import (
    DealVerdictRow,
    FlagRow,
    PromiseRow,
    RequirementVerdictRow,
    RunRow,
)
from models.vocabulary.verdict import (
    DealVerdict,
    Flag,
    Verification,
)


def start_run(session: Session, *, source: str, crm_source: str, now: datetime) -> int:
    """Writes down that a run began and gives its id.

    Call it only while no other run can be going on: whatever still says `running` was
    killed, and is marked as interrupted.
    """
    session.execute(update(RunRow).where(RunRow.state == "running").values(state="interrupted"))
    row = RunRow(source=source, crm_source=crm_source, state="running", started_at=now, errors=[])
    session.add(row)
    session.flush()
    return row.id


def finish_run(  # noqa: PLR0913 - a run's end has this many facts
    session: Session,
    run: int,
    *,
    now: datetime,
    transcriber: str | None,
    errors: Sequence[object],
    judge: str | None = None,
) -> None:
    """Writes down that a run came to its end, what it rests on and what it could not use."""
    row = session.get_one(RunRow, run)
    row.state, row.finished_at, row.transcriber = "done", now, transcriber
    row.judge = judge
    row.errors = [plain(error) for error in errors]
    # Only from now on anybody sees these verdicts; who asks for what changed must not miss them.
    session.execute(
        update(DealVerdictRow)
        .where(DealVerdictRow.run == run, DealVerdictRow.changed_at >= row.started_at)
        .values(changed_at=now)
        .execution_options(synchronize_session=False)
    )


def fail_run(session: Session, run: int, now: datetime) -> None:
    """Writes down that a run was given up."""
    row = session.get_one(RunRow, run)
    row.state, row.finished_at = "failed", now


def save_verification(
    session: Session, run: int, verification: Verification, now: datetime
) -> None:
    """Writes the verdicts and flags of a run; a deal that stands as before keeps since when."""
    row = session.get_one(RunRow, run)
    before = _stood_before(session, row)
    row.as_of, row.digest = verification.as_of, verification_digest(verification)
    for position, deal in enumerate(verification.deals):
        found = _deal_row(run, position, deal)
        digest, changed_at = before.get(deal.deal_id, ("", now))
        found.digest = _standing_digest(deal)
        found.changed_at = changed_at if digest == found.digest else now
        session.add(found)
    session.flush()
    for deal in verification.deals:
        for position, requirement in enumerate(deal.requirements):
            place = {"run": run, "deal_id": deal.deal_id, "position": position}
            session.add(RequirementVerdictRow(**place, **columns_of(requirement)))
        for position, promise in enumerate(deal.promises):
            place = {"run": run, "deal_id": deal.deal_id, "position": position}
            session.add(PromiseRow(**place, **columns_of(promise)))
    for position, flag in enumerate(verification.flags):
        session.add(FlagRow(run=run, position=position, **columns_of(flag)))
    session.flush()


def verification_digest(verification: Verification) -> str:
    """Tells different verdicts apart, whenever they were given."""
    return _digest((verification.deals, verification.flags))


def latest_run(session: Session, source: str, crm_source: str) -> tuple[int, str | None] | None:
    """Gives the last run of a source that came to verdicts, and the digest of these."""
    row = session.execute(
        select(RunRow.id, RunRow.digest)
        .where(
            RunRow.source == source,
            RunRow.crm_source == crm_source,
            RunRow.state == "done",
            RunRow.as_of.is_not(None),
        )
        .order_by(RunRow.id.desc())
        .limit(1)
    ).first()
    return (row.id, row.digest) if row is not None else None


def confirm_run(session: Session, run: int, *, as_of: datetime, now: datetime) -> None:
    """Writes down that the verdicts of a run are still the same."""
    row = session.get_one(RunRow, run)
    row.as_of, row.finished_at = as_of, now


def thin_runs(session: Session, source: str, *, keep: int) -> None:
    """Removes runs of a source: the last `keep` stay, and the last one of each day."""
    rows = session.execute(
        select(RunRow.id, RunRow.started_at)
        .where(RunRow.source == source, RunRow.state != "running")
        .order_by(RunRow.id.desc())
    ).all()
    days = set()
    for place, (run, started_at) in enumerate(rows):
        if place >= keep and started_at.date() in days:
            session.execute(delete(RunRow).where(RunRow.id == run))
        days.add(started_at.date())


def load_verification(session: Session, run: int, zone: tzinfo) -> Verification:
    """Gives the verdicts and flags of a run, times in `zone`."""
    as_of = session.get_one(RunRow, run).as_of
    if as_of is None:
        raise LookupError(f"run {run} came to no verdicts")
    deals = select(DealVerdictRow).where(DealVerdictRow.run == run)
    flags = select(FlagRow).where(FlagRow.run == run).order_by(FlagRow.position)
    return Verification(
        as_of=as_of.astimezone(zone),
        deals=tuple(
            _deal_verdict(session, row, zone)
            for row in session.scalars(deals.order_by(DealVerdictRow.position))
        ),
        flags=tuple(word_of(Flag, vars(row), zone) for row in session.scalars(flags)),
    )


def _stood_before(session: Session, row: RunRow) -> dict[str, tuple[str, datetime]]:
    """By deal the digest of its last verdicts, and since when they are so."""
    last = latest_run(session, row.source, row.crm_source)
    if last is None:
        return {}
    columns = (DealVerdictRow.deal_id, DealVerdictRow.digest, DealVerdictRow.changed_at)
    rows = session.execute(select(*columns).where(DealVerdictRow.run == last[0]))
    return {deal: (digest, changed_at) for deal, digest, changed_at in rows}


def _standing_digest(deal: DealVerdict) -> str:
    """Tells apart how a deal stands; said in one more language it stands as before."""
    standing = plain(deal)
    for requirement in standing["requirements"]:
        del requirement["explanation_en"]
    return _digest(standing)


def _digest(words: object) -> str:
    return hashlib.sha256(json.dumps(plain(words), sort_keys=True).encode()).hexdigest()


def _deal_row(run: int, position: int, deal: DealVerdict) -> DealVerdictRow:
    own = [field.name for field in fields(deal) if field.name not in ("requirements", "promises")]
    columns = {name: plain(getattr(deal, name)) for name in own}
    return DealVerdictRow(run=run, position=position, **columns)


def _deal_verdict(session: Session, row: DealVerdictRow, zone: tzinfo) -> DealVerdict:
    requirements = (
        select(RequirementVerdictRow)
        .where(RequirementVerdictRow.run == row.run, RequirementVerdictRow.deal_id == row.deal_id)
        .order_by(RequirementVerdictRow.position)
    )
    promises = (
        select(PromiseRow)
        .where(PromiseRow.run == row.run, PromiseRow.deal_id == row.deal_id)
        .order_by(PromiseRow.position)
    )
    columns = vars(row) | {
        "requirements": [vars(found) for found in session.scalars(requirements)],
        "promises": [vars(found) for found in session.scalars(promises)],
    }
    return word_of(DealVerdict, columns, zone)
