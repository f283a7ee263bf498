"""Rules that people change: drafts with a lock, and editions that are only ever added."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.store.mapping import word_of
from models.store.statements import changed_rows
from models.tables import RuleDraftRow, RuleEditionRow
from models.vocabulary.rules import RuleDraft, RuleEdition

Marks = tuple[tuple[str, int], ...]


class DraftChangedError(Exception):
    """Somebody else saved the draft since it was shown; `draft` is theirs, if there is one."""

    def __init__(self, draft: RuleDraft | None) -> None:
        self.draft = draft
        super().__init__("the draft was saved meanwhile")


class PublishedMeanwhileError(Exception):
    """Somebody else published an edition since the page was shown; `edition` is theirs."""

    def __init__(self, edition: RuleEdition | None) -> None:
        self.edition = edition
        super().__init__("an edition was published meanwhile")


def text_digest(text: str) -> str:
    """Tells texts of rules apart."""
    return hashlib.sha256(text.encode()).hexdigest()


def load_draft(session: Session, pipeline: str) -> RuleDraft | None:
    """The draft of a pipeline, if somebody began one."""
    row = session.get(RuleDraftRow, pipeline)
    return word_of(RuleDraft, vars(row), UTC) if row is not None else None


def load_drafts(session: Session) -> dict[str, RuleDraft]:
    """All drafts, by pipeline."""
    return {
        row.pipeline: word_of(RuleDraft, vars(row), UTC)
        for row in session.scalars(select(RuleDraftRow))
    }


def save_draft(  # noqa: PLR0913 - whose draft of what
    session: Session,
    pipeline: str,
    text: str,
    *,
    version: int,
    base: int,
    account: int | None,
    who: str,
    now: datetime,
) -> RuleDraft:
    """Keeps a draft; `version` is that which was shown (0: there was none).

    Raises:
        DraftChangedError: it was saved, or thrown away, since it was shown.
    """
    if version == 0:
        row = RuleDraftRow(pipeline=pipeline, text=text, version=1, base=base)
        row.account, row.who, row.at = account, who, now
        try:
            with session.begin_nested():
                session.add(row)
                session.flush()
        except IntegrityError:
            raise DraftChangedError(load_draft(session, pipeline)) from None
    else:
        saved = (
            update(RuleDraftRow)
            .where(RuleDraftRow.pipeline == pipeline, RuleDraftRow.version == version)
            .values(text=text, version=version + 1, account=account, who=who, at=now)
            .execution_options(synchronize_session=False)
        )
        if not changed_rows(session, saved):
            raise DraftChangedError(load_draft(session, pipeline))
    return RuleDraft(pipeline, text, version + 1, base, who, now)


def drop_draft(session: Session, pipeline: str, version: int) -> None:
    """Throws a draft away.

    Raises:
        DraftChangedError: it was saved, or thrown away, since it was shown.
    """
    gone = delete(RuleDraftRow).where(
        RuleDraftRow.pipeline == pipeline, RuleDraftRow.version == version
    )
    if not changed_rows(session, gone):
        raise DraftChangedError(load_draft(session, pipeline))


def edition_marks(session: Session) -> Marks:
    """Which edition of each pipeline is in force, in order; tells two situations apart."""
    rows = session.execute(
        select(RuleEditionRow.pipeline, func.max(RuleEditionRow.version))
        .group_by(RuleEditionRow.pipeline)
        .order_by(RuleEditionRow.pipeline)
    )
    return tuple((pipeline, version) for pipeline, version in rows)


def editions_in_force(session: Session) -> dict[str, RuleEdition]:
    """By pipeline, the newest edition; what nobody ever published is not among it.

    One that `follows_file` says that the pipeline's rule file is in force.
    """
    newest = (
        select(RuleEditionRow.pipeline, func.max(RuleEditionRow.version).label("version"))
        .group_by(RuleEditionRow.pipeline)
        .subquery()
    )
    rows = session.scalars(
        select(RuleEditionRow).join(
            newest,
            (RuleEditionRow.pipeline == newest.c.pipeline)
            & (RuleEditionRow.version == newest.c.version),
        )
    )
    return {row.pipeline: word_of(RuleEdition, vars(row), UTC) for row in rows}


def edition_in_force(session: Session, pipeline: str) -> RuleEdition | None:
    """The edition of a pipeline that is in force; ``None`` where nobody ever published one."""
    return next(iter(editions_of(session, pipeline, most=1)), None)


def editions_of(session: Session, pipeline: str, *, most: int = 100) -> list[RuleEdition]:
    """The newest editions of a pipeline, the one in force first."""
    rows = session.scalars(
        select(RuleEditionRow)
        .where(RuleEditionRow.pipeline == pipeline)
        .order_by(RuleEditionRow.version.desc())
        .limit(most)
    )
    return [word_of(RuleEdition, vars(row), UTC) for row in rows]


def load_edition(session: Session, pipeline: str, version: int) -> RuleEdition | None:
    """One edition of a pipeline."""
    row = session.scalar(
        select(RuleEditionRow).where(
            RuleEditionRow.pipeline == pipeline, RuleEditionRow.version == version
        )
    )
    return word_of(RuleEdition, vars(row), UTC) if row is not None else None


def publish_edition(  # noqa: PLR0913 - who publishes what, after what
    session: Session,
    pipeline: str,
    text: str,
    *,
    after: int,
    account: int | None,
    who: str,
    note: str,
    now: datetime,
    restores: int | None = None,
    follows_file: bool = False,
) -> RuleEdition:
    """Puts a text in force as the edition after `after` (0: none was published yet).

    Where it `follows_file`, the rule file is in force from then on; `text` is what it says now.

    Raises:
        PublishedMeanwhileError: the edition in force is another one.
    """
    edition = RuleEdition(
        pipeline, after + 1, text, text_digest(text), who, note, now, restores, follows_file
    )
    newest = edition_in_force(session, pipeline)
    if (newest.version if newest else 0) != after:
        raise PublishedMeanwhileError(newest)
    columns = {name: getattr(edition, name) for name in RuleEdition.__dataclass_fields__}
    try:
        with session.begin_nested():
            session.add(RuleEditionRow(account=account, **columns))
            session.flush()
    except IntegrityError:
        raise PublishedMeanwhileError(edition_in_force(session, pipeline)) from None
    return edition
