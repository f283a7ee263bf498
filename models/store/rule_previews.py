"""Previews on history: what a draft of rules would turn over, written down as it is found out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.mapping import columns_of, word_of
from models.store.reach import seen_by
from models.store.rules import text_digest
from models.tables import FindingRow, JobRow, RuleFlipRow, RulePreviewRow, RunRow
from models.vocabulary.access import Reach
from models.vocabulary.review import FindingState
from models.vocabulary.rules import Flip, FlipCount, FlipKind, PreviewState, RulePreview
from models.vocabulary.work import JobKind, JobState

_KEPT = 10  # previews of a pipeline


def add_preview(  # noqa: PLR0913 - who asks for what
    session: Session,
    pipeline: str,
    text: str,
    *,
    against: int,
    account: int | None,
    who: str,
    now: datetime,
    follows_file: bool = False,
) -> int:
    """Writes down that somebody wants to know what a text would turn over; gives its number.

    The oldest ones of a pipeline are removed.
    """
    row = RulePreviewRow(pipeline=pipeline, text=text, digest=text_digest(text), who=who)
    row.account, row.asked_at, row.state = account, now, PreviewState.WAITING.value
    row.step, row.against, row.deals, row.follows_file = 0, against, 0, follows_file
    session.add(row)
    session.flush()
    kept = (
        select(RulePreviewRow.id)
        .where(RulePreviewRow.pipeline == pipeline)
        .order_by(RulePreviewRow.id.desc())
        .limit(_KEPT)
    )
    newest = list(session.scalars(kept))
    session.execute(
        delete(RulePreviewRow)
        .where(RulePreviewRow.pipeline == pipeline, RulePreviewRow.id < min(newest))
        .execution_options(synchronize_session=False)
    )
    return row.id


def load_preview(session: Session, preview: int) -> RulePreview | None:
    """One preview, however far it has come."""
    row = session.get(RulePreviewRow, preview)
    return word_of(RulePreview, vars(row), UTC) if row is not None else None


def newest_preview(session: Session, pipeline: str, digest: str) -> RulePreview | None:
    """The newest preview of a text, if there is one."""
    row = session.scalar(
        select(RulePreviewRow)
        .where(RulePreviewRow.pipeline == pipeline, RulePreviewRow.digest == digest)
        .order_by(RulePreviewRow.id.desc())
        .limit(1)
    )
    return word_of(RulePreview, vars(row), UTC) if row is not None else None


def is_set_aside(session: Session, preview: int) -> bool:
    """Whether nobody tries any more to find out."""
    state = session.scalar(
        select(JobRow.state).where(
            JobRow.kind == JobKind.PREVIEW.value, JobRow.subject == str(preview)
        )
    )
    return state == JobState.QUARANTINED.value


def newest_verdicts(session: Session) -> str | None:
    """Tells the newest verdicts apart from others."""
    return session.scalar(
        select(RunRow.digest)
        .where(RunRow.state == "done", RunRow.as_of.is_not(None))
        .order_by(RunRow.id.desc())
        .limit(1)
    )


def note_step(session: Session, preview: int, step: int, done: int = 0, of: int = 0) -> None:
    """Writes down how far a preview has come: its steps, and the deals of the next one."""
    _change(session, preview, state=PreviewState.RUNNING.value, step=step, done=done, of=of)


def fail_preview(session: Session, preview: int, problem: str, now: datetime) -> None:
    """Writes down why a draft cannot be tried."""
    _change(session, preview, state=PreviewState.FAILED.value, problem=problem, finished_at=now)


def finish_preview(  # noqa: PLR0913 - what was found out, about what
    session: Session,
    preview: int,
    flips: Sequence[Flip],
    *,
    judged: str,
    against: int,
    deals: int,
    step: int,
    now: datetime,
) -> None:
    """Writes down what flips; whatever an earlier try wrote is replaced."""
    session.execute(delete(RuleFlipRow).where(RuleFlipRow.preview == preview))
    rows = [
        {"preview": preview, "position": position, **columns_of(flip)}
        for position, flip in enumerate(flips, 1)
    ]
    for some in batched(rows):
        session.execute(insert(RuleFlipRow), some)
    _change(
        session, preview, state=PreviewState.DONE.value, step=step, judged=judged,
        against=against, deals=deals, finished_at=now,
    )  # fmt: skip


def count_flips(session: Session, preview: int, reach: Reach) -> list[FlipCount]:
    """The flips of a preview within reach, alike ones together, the most numerous first."""
    alike = (RuleFlipRow.kind, RuleFlipRow.subject, RuleFlipRow.before, RuleFlipRow.after)
    many = func.count()
    rows = session.execute(
        select(*alike, many, func.count(RuleFlipRow.decided))
        .where(RuleFlipRow.preview == preview, seen_by(reach, RuleFlipRow.user_id))
        .group_by(*alike)
        .order_by(many.desc(), *alike)
    )
    return [
        FlipCount(FlipKind(kind), subject, before, after, flips, decided)
        for kind, subject, before, after, flips, decided in rows
    ]


def flips_of(  # noqa: PLR0913 - which part of it
    session: Session,
    preview: int,
    reach: Reach,
    *,
    after: int = 0,
    decided: bool = False,
    most: int = 100,
) -> list[tuple[int, Flip]]:
    """The flips of a preview within reach with their places, those after a place.

    `decided`: only those about what people had decided.
    """
    chosen: Select[RuleFlipRow] = (
        select(RuleFlipRow)
        .where(
            RuleFlipRow.preview == preview,
            RuleFlipRow.position > after,
            seen_by(reach, RuleFlipRow.user_id),
        )
        .order_by(RuleFlipRow.position)
        .limit(most)
    )
    if decided:
        chosen = chosen.where(RuleFlipRow.decided.is_not(None))
    return [(row.position, word_of(Flip, vars(row), UTC)) for row in session.scalars(chosen)]


def known_findings(session: Session, source: str, crm_source: str) -> dict[str, tuple[int, str]]:
    """By key, the findings of a source and how it stands with them."""
    rows = session.execute(
        select(FindingRow.key, FindingRow.id, FindingRow.state).where(
            FindingRow.source == source, FindingRow.crm_source == crm_source
        )
    )
    return {key: (finding, state) for key, finding, state in rows}


def decided_kinds(
    session: Session, source: str, crm_source: str
) -> dict[tuple[str, str], tuple[int, str]]:
    """By deal and kind of flag, what people decided."""
    rows = session.execute(
        select(FindingRow.deal_id, FindingRow.kind, FindingRow.id, FindingRow.state).where(
            FindingRow.source == source,
            FindingRow.crm_source == crm_source,
            FindingRow.deal_id.is_not(None),
            FindingRow.state != FindingState.OPEN.value,
        )
    )
    return {(deal or "", kind): (finding, state) for deal, kind, finding, state in rows}


def _change(session: Session, preview: int, **values: Any) -> None:
    session.execute(
        update(RulePreviewRow)
        .where(RulePreviewRow.id == preview)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
