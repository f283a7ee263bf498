"""Runs: what was judged, when, by what, and the verdicts of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.digests import DealDigests, verification_digest
from models.store.mapping import columns_of, plain, word_of
from models.tables import (
    DealVerdictRow,
    FlagRow,
    PromiseRow,
    RequirementVerdictRow,
    Row,
    RunRow,
)
from models.vocabulary.verdict import DealVerdict, Flag, Verification


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
    session: Session,
    run: int,
    verification: Verification,
    now: datetime,
    digests: DealDigests | None = None,
) -> None:
    """Writes the verdicts and flags of a run; a deal that stands as before keeps since when."""
    digests = digests if digests is not None else DealDigests()
    row = session.get_one(RunRow, run)
    before = _stood_before(session, row)
    row.as_of, row.digest = verification.as_of, verification_digest(verification, digests)
    session.flush()
    rows = []
    for position, deal in enumerate(verification.deals):
        standing = digests.standing(deal)
        digest, changed_at = before.get(deal.deal_id, ("", now))
        since = changed_at if digest == standing else now
        rows.append(_deal_row(run, position, deal, standing, since))
    _insert(session, DealVerdictRow, rows)
    _insert_parts(session, run, verification.deals)
    _insert_flags(session, run, verification.flags)


def amend_run(  # noqa: PLR0913, PLR0917 - what was judged, and when
    session: Session,
    run: int,
    verification: Verification,
    changed: Sequence[DealVerdict],
    now: datetime,
    digests: DealDigests,
) -> None:
    """Brings the verdicts of a run that came to its end to what they are by now.

    Only what changed is written; `changed` are the deals of `deals_changed`.
    """
    row = session.get_one(RunRow, run)
    row.as_of, row.finished_at = verification.as_of, now
    row.digest = verification_digest(verification, digests)
    session.flush()
    there = _positions(session, run)
    judged = {deal.deal_id for deal in verification.deals}
    _delete_deals(session, run, [*(one.deal_id for one in changed), *(there.keys() - judged)])
    after = max(there.values(), default=-1) + 1
    rows = []
    for deal in changed:
        position = there.get(deal.deal_id)
        if position is None:
            position, after = after, after + 1
        rows.append(_deal_row(run, position, deal, digests.standing(deal), now))
    _insert(session, DealVerdictRow, rows)
    _insert_parts(session, run, changed)
    _put_in_order(session, run, [deal.deal_id for deal in verification.deals])
    session.execute(delete(FlagRow).where(FlagRow.run == run))
    _insert_flags(session, run, verification.flags)


def deals_changed(
    session: Session, run: int, verification: Verification, digests: DealDigests
) -> list[DealVerdict]:
    """The deals that stand otherwise than in a run, or were not in it."""
    rows = session.execute(
        select(DealVerdictRow.deal_id, DealVerdictRow.digest).where(DealVerdictRow.run == run)
    )
    before = dict(rows.all())
    return [
        deal for deal in verification.deals if before.get(deal.deal_id) != digests.standing(deal)
    ]


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


def begun_today(session: Session, run: int, now: datetime) -> bool:
    """Whether a run began on the same day (UTC) as now."""
    return session.get_one(RunRow, run).started_at.date() == now.astimezone(UTC).date()


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


def _deal_row(
    run: int, position: int, deal: DealVerdict, digest: str, changed_at: datetime
) -> dict[str, Any]:
    own = [field.name for field in fields(deal) if field.name not in ("requirements", "promises")]
    columns = {name: plain(getattr(deal, name)) for name in own}
    place = {"run": run, "position": position, "digest": digest, "changed_at": changed_at}
    return place | columns


def _insert(session: Session, table: type[Row], rows: Sequence[dict[str, Any]]) -> None:
    for some in batched(rows, 2_000):
        session.execute(insert(table), list(some))


def _insert_parts(session: Session, run: int, deals: Sequence[DealVerdict]) -> None:
    for some in batched(deals):  # a large office's would fill the memory
        requirements, promises = [], []
        for deal in some:
            place = {"run": run, "deal_id": deal.deal_id}
            for position, requirement in enumerate(deal.requirements):
                requirements.append({**place, "position": position, **columns_of(requirement)})
            for position, promise in enumerate(deal.promises):
                promises.append({**place, "position": position, **columns_of(promise)})
        _insert(session, RequirementVerdictRow, requirements)
        _insert(session, PromiseRow, promises)


def _insert_flags(session: Session, run: int, flags: Sequence[Flag]) -> None:
    rows = [{"run": run, "position": n, **columns_of(flag)} for n, flag in enumerate(flags)]
    _insert(session, FlagRow, rows)


def _positions(session: Session, run: int) -> dict[str, int]:
    columns = (DealVerdictRow.deal_id, DealVerdictRow.position)
    rows = session.execute(select(*columns).where(DealVerdictRow.run == run))
    return dict(rows.all())


def _delete_deals(session: Session, run: int, deals: Sequence[str]) -> None:
    for some in batched(deals):
        for table in (RequirementVerdictRow, PromiseRow, DealVerdictRow):
            session.execute(delete(table).where(table.run == run, table.deal_id.in_(some)))


def _put_in_order(session: Session, run: int, deals: Sequence[str]) -> None:
    """Numbers the deals of a run anew where they are not in order any more."""
    there = _positions(session, run)
    if [*sorted(there, key=there.__getitem__)] == list(deals):
        return
    for position, deal in enumerate(deals):
        if there[deal] != position:
            session.execute(
                update(DealVerdictRow)
                .where(DealVerdictRow.run == run, DealVerdictRow.deal_id == deal)
                .values(position=position, changed_at=DealVerdictRow.changed_at)
                .execution_options(synchronize_session=False)
            )


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
