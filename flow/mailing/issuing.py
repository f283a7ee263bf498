"""Writes one report to files, for the command line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.clock import now
from core.mail_settings import Recipient
from core.settings import Settings
from figures.report.names import monday_of
from figures.report.words import word
from figures.weeks import week_of
from flow.mailing.editions import (
    SETTLED,
    Asked,
    Issued,
    facts_for,
    files_of,
    issue,
    issued_again,
    kept_inputs,
)
from flow.mailing.smtp import NotSentError
from flow.mailing.writing import reach_of
from models.places import using_database
from models.session import transaction
from models.store.current import load_current
from models.vocabulary.errors import InvalidInputError, OutputError, StagecheckError


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line."""

    week: str | None
    login: str | None
    manager: str | None
    edition: int | None
    language: str | None
    as_of: datetime | None


def write_report(
    wanted: Wanted, settings: Settings, db: str | None, state: Path, out: Path
) -> Iterator[str]:
    """Issues a report, or makes an issued one again, and writes its files; says what it did.

    Raises:
        StagecheckError: there is nothing to report on, or it cannot be written.
    """
    with using_database(db, state, settings.service) as database, transaction(database) as session:
        if wanted.edition is not None:
            issued = issued_again(session, wanted.edition)
        else:
            issued = _issued(session, wanted, settings)
    name = f"stagecheck-{issued.document['week']}-{issued.edition}"
    try:
        out.mkdir(parents=True, exist_ok=True)
        for file, content in files_of(issued.document, name).items():
            (out / file).write_bytes(content)
            yield str(out / file)
    except OSError as error:
        raise OutputError(
            f"{out}: the report cannot be written ({error.strerror or error}). "
            "Name another folder with --out."
        ) from error
    yield f"Report number {issued.edition}, digest {issued.digest[:12]}"


def _issued(session: Session, wanted: Wanted, settings: Settings) -> Issued:
    current = load_current(session)
    if current is None:
        raise StagecheckError(
            "Nothing has been judged yet. Run `stagecheck run` or `stagecheck up` first."
        )
    zone = ZoneInfo(str(current.zone))
    as_of = wanted.as_of or now() - SETTLED
    whose = {"everybody": wanted.login is None and wanted.manager is None}
    recipient = Recipient(name="-", mail="a@b", login=wanted.login, manager=wanted.manager, **whose)
    try:
        reach, whom = reach_of(session, recipient)
    except NotSentError as error:
        raise InvalidInputError(
            wanted.login or "", "is no account that sees any rows", "Name another with --for."
        ) from error
    week = week_of(_within(wanted.week, as_of, zone), zone)
    language = wanted.language or settings.service.report_language
    facts = facts_for(session, current.crm_source, zone, week, as_of)
    name = whom or word("all_people", language)
    asked = Asked(current.crm_source, zone, week, as_of, reach, name, language, wanted.login or "-")
    return issue(session, asked, kept_inputs(settings), facts, now())


def _within(week: str | None, as_of: datetime, zone: ZoneInfo) -> datetime:
    if week is None:
        return as_of.astimezone(zone) - timedelta(days=7)
    try:
        return datetime.combine(monday_of(week), time(12), zone)
    except ValueError as error:
        raise InvalidInputError(week, "is no week", "Give it like 2026-W46.") from error
