"""Writes what somebody is told: the report of a week, the digest of a day, an alert."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.logs import get_logger
from core.mail_settings import Recipient
from core.settings import Settings
from figures.report.names import monday_of
from figures.report.words import word
from figures.scope import Period
from figures.weeks import week_of
from flow.mailing.editions import (
    SETTLED,
    Asked,
    Issued,
    facts_for,
    files_of,
    is_of,
    issue,
    issued_again,
    kept_inputs,
)
from flow.mailing.letters import lines_of
from flow.mailing.smtp import NotSentError
from models.store.accounts import account_of, find_account
from models.store.current import Current, load_current
from models.store.mailings import Mailing, edition_of, note_edition
from models.store.reach import seen_by
from models.tables import FindingRow, PersonFactRow
from models.tables.figures import FOREVER
from models.vocabulary.access import Reach
from models.vocabulary.errors import StagecheckError
from models.vocabulary.figures import Facts

WEEK, DIGEST, ALERT = "week", "digest", "alert"
MAIL, CHAT = "mail", "chat"
_MOST_FLAGS = 30
_MOST_FACTS = 2  # of different moments that are held at a time
_log = get_logger("mailing")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be said, and the files beside it."""

    lines: list[str]
    files: dict[str, bytes]


@dataclass(slots=True)
class Writer:
    """Writes what goes out in one round: reports of a week share the facts as of one moment."""

    settings: Settings
    at: datetime
    _facts: OrderedDict[tuple[str, str, Period, datetime], Facts] = field(
        default_factory=OrderedDict
    )

    def letter(self, session: Session, one: Recipient, taken: Mailing) -> Letter | None:
        """What somebody is told; ``None`` where nothing is left to tell.

        Raises:
            NotSentError: there is nothing yet, or they may see nothing.
        """
        current = load_current(session)
        if current is None:
            raise NotSentError("nothing_judged_yet")
        reach, whom = reach_of(session, one)
        if taken.kind == WEEK:
            return self._report(session, one, taken, current, reach, whom)
        found = self._flags(session, one, taken, current, reach)
        if not found and taken.kind == ALERT:
            return None  # all decided since
        head = word(f"{taken.kind}_head", one.language, count=len(found))
        told = [_explained(row, one.language) for row in found[:_MOST_FLAGS]]
        rest = len(found) - len(told)
        more = [word("flags_more", one.language, count=rest)] if rest > 0 else []
        return Letter([head, *told, *more], {})

    def facts_for(
        self, session: Session, crm_source: str, zone: ZoneInfo, week: Period, as_of: datetime
    ) -> Facts:
        """The facts of a week as of a moment, read once a round."""
        key = (crm_source, zone.key, week, as_of)
        if key not in self._facts:
            self._facts[key] = facts_for(session, crm_source, zone, week, as_of)
            while len(self._facts) > _MOST_FACTS:
                self._facts.popitem(last=False)
        self._facts.move_to_end(key)
        return self._facts[key]

    def _report(  # noqa: PLR0913, PLR0917 - which report for whom
        self,
        session: Session,
        one: Recipient,
        taken: Mailing,
        current: Current,
        reach: Reach,
        whom: str | None,
    ) -> Letter:
        zone = ZoneInfo(str(current.zone))
        week = week_of(datetime.combine(monday_of(taken.slot), time(12), zone), zone)
        name = whom or word("all_people", one.language)
        as_of = self.at - SETTLED
        asked = Asked(current.crm_source, zone, week, as_of, reach, name, one.language, one.name)
        issued = self._issued_before(session, taken, asked)
        if issued is None:
            facts = self.facts_for(session, current.crm_source, zone, week, as_of)
            issued = issue(session, asked, kept_inputs(self.settings), facts, self.at)
        note_edition(session, taken, issued.edition)
        files = files_of(issued.document, f"stagecheck-{taken.slot}")
        files.pop(f"stagecheck-{taken.slot}.csv")
        return Letter(lines_of(issued.document), files)

    def _issued_before(self, session: Session, taken: Mailing, asked: Asked) -> Issued | None:
        """The report that an earlier try issued, unless it may not or cannot be sent any more."""
        edition = edition_of(session, taken)
        if edition is None or not is_of(session, edition, asked):
            return None
        try:
            return issued_again(session, edition, self.facts_for)
        except StagecheckError:  # somebody was forgotten since: the old report may not go out
            _log.warning("issued anew", edition=edition)
            return None

    def _flags(
        self, session: Session, one: Recipient, taken: Mailing, current: Current, reach: Reach
    ) -> list[FindingRow]:
        if taken.kind == DIGEST:
            day = date.fromisoformat(taken.slot)
            since, until = (
                datetime.combine(each, time(one.hour), current.zone)
                for each in (day - timedelta(days=1), day)
            )
            return flags_of(session, current, reach, since, until)
        after, _, until_id = taken.slot.partition("-")
        found = flags_of(session, current, reach, self.at - timedelta(days=2), self.at)
        return [row for row in found if int(after) < row.id <= int(until_id)]


def reach_of(session: Session, one: Recipient) -> tuple[Reach, str | None]:
    """Whose rows somebody is told of, and the name of who they are (``None``: all).

    Raises:
        NotSentError: the account is not there or shut.
    """
    if one.everybody:
        return Reach(everybody=True), None
    if one.manager is not None:
        return Reach(users=frozenset({one.manager})), _person(session, one.manager)
    row = find_account(session, one.login or "")
    if row is None or row.disabled_at is not None:
        raise NotSentError("account_missing_or_shut", for_good=True)
    account = account_of(row)
    reach = account.reach
    if not (reach.everybody or reach.users or reach.nobodys):
        raise NotSentError("account_sees_nothing", for_good=True)
    return reach, None if reach.everybody else account.name


def flags_of(
    session: Session, current: Current, reach: Reach, since: datetime, until: datetime
) -> list[FindingRow]:
    """The critical findings raised from a moment on, before another, that are still open."""
    chosen = select(FindingRow).where(
        FindingRow.source == current.source,
        FindingRow.crm_source == current.crm_source,
        FindingRow.severity == "high",
        FindingRow.state == "open",
        FindingRow.withdrawn_at.is_(None),
        FindingRow.raised_at >= since,
        FindingRow.raised_at < until,
        seen_by(reach, FindingRow.user_id),
    )
    return list(session.scalars(chosen.order_by(FindingRow.id)))


def _explained(row: FindingRow, language: str) -> str:
    said = row.explanation_en if language == "en" else row.explanation
    return said or row.explanation  # what was found before it was told in English has no other


def _person(session: Session, user_id: str) -> str:
    name = session.scalar(
        select(PersonFactRow.name).where(
            PersonFactRow.user_id == user_id, PersonFactRow.valid_until == FOREVER
        )
    )
    return name or user_id
