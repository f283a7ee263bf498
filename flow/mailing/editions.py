"""Issues reports and makes issued ones again, exactly, from the facts as of then."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from classify.verification.worktime import WorkCalendar
from core.settings import Settings
from figures.plan_file import load_plans
from figures.plan_form import Plan
from figures.plans import calls_of
from figures.report.csv_file import csv_of
from figures.report.document import Document
from figures.report.page import page_of
from figures.report.sheet import xlsx_of
from figures.report.weekly import Inputs, weekly_report
from figures.scope import Period, within
from figures.tally import LEAST
from models.store.facts import load_facts
from models.tables import ReportEditionRow
from models.vocabulary.access import Reach
from models.vocabulary.errors import StagecheckError
from models.vocabulary.figures import Facts

# What was written within the last minute may not all be committed yet, and a report has to be
# able to be made again from the same facts.
SETTLED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report is wanted; `whom` is who it is about, by name, `issued_for` who gets it."""

    crm_source: str
    zone: ZoneInfo
    week: Period
    as_of: datetime
    reach: Reach
    whom: str
    language: str
    issued_for: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A report, the number of its edition and the digest of its document."""

    edition: int
    document: Document
    digest: str


def kept_inputs(settings: Settings, own_plans: Mapping[str, Plan] | None = None) -> dict[str, Any]:
    """All that a report rests on beside facts, as plain JSON."""
    rules, figures = settings.verification, settings.figures
    plans = own_plans if own_plans is not None else load_plans(figures.plans)
    return {
        "plans": {name: one.model_dump(mode="json") for name, one in sorted(plans.items())},
        "holidays": rules.holidays_country,
        "working_hours": list(rules.working_hours),
        "margin": figures.margin,
        "least": LEAST,
    }


def facts_for(
    session: Session, crm_source: str, zone: ZoneInfo, week: Period, as_of: datetime
) -> Facts:
    """The facts that reports of a week are counted from; many may share them."""
    return load_facts(session, crm_source, zone, as_of, calls_of(week, zone))


def issue(
    session: Session, asked: Asked, inputs: Mapping[str, Any], facts: Facts, now: datetime
) -> Issued:
    """Makes a report and keeps what it rests on."""
    document = _document(facts, asked, inputs)
    digest = digest_of(document)
    row = ReportEditionRow(
        crm_source=asked.crm_source,
        kind="week",
        language=asked.language,
        whom=asked.whom,
        scope=_scope(asked.reach),
        period_from=asked.week.start,
        period_until=asked.week.end,
        zone=asked.zone.key,
        as_of=asked.as_of,
        inputs=dict(inputs),
        rules=document["rules"],
        digest=digest,
        issued_at=now,
        issued_for=asked.issued_for,
    )
    session.add(row)
    session.flush()
    return Issued(row.id, document, digest)


FactsFor = Callable[[Session, str, ZoneInfo, Period, datetime], Facts]


def issued_again(session: Session, edition: int, facts_of: FactsFor = facts_for) -> Issued:
    """Makes an issued report again from the facts as of then.

    Raises:
        StagecheckError: there is no such edition, or it does not come out as it was.
    """
    row = session.get(ReportEditionRow, edition)
    if row is None:
        raise StagecheckError(
            f"There is no report number {edition}. Make a new one with `stagecheck figures report`."
        )
    zone = ZoneInfo(row.zone)
    week = Period(row.period_from.astimezone(zone), row.period_until.astimezone(zone))
    scope = row.scope
    reach = Reach(scope["everybody"], frozenset(scope["users"]), scope["nobodys"])
    asked = Asked(
        row.crm_source, zone, week, row.as_of, reach, row.whom, row.language, row.issued_for
    )
    facts = facts_of(session, row.crm_source, zone, week, row.as_of)
    document = _document(facts, asked, row.inputs)
    if digest_of(document) != row.digest:
        raise StagecheckError(
            f"Report number {edition} does not come out as it was issued: facts of then have been "
            "removed (people's data that were forgotten), or stagecheck counts otherwise since. "
            "Make a new one with `stagecheck figures report`."
        )
    return Issued(row.id, document, row.digest)


def is_of(session: Session, edition: int, asked: Asked) -> bool:
    """Whether an issued report is about what is asked for: a reach may have changed since."""
    row = session.get(ReportEditionRow, edition)
    return (
        row is not None
        and row.scope == _scope(asked.reach)
        and (row.crm_source, row.zone) == (asked.crm_source, asked.zone.key)
        and (row.whom, row.language) == (asked.whom, asked.language)
    )


def digest_of(document: Document) -> str:
    """Tells documents apart."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def files_of(document: Document, name: str) -> dict[str, bytes]:
    """The report's files by name: HTML, CSV and XLSX."""
    return {
        f"{name}.html": page_of(document).encode(),
        f"{name}.csv": csv_of(document).encode(),
        f"{name}.xlsx": xlsx_of(document),
    }


def _document(facts: Facts, asked: Asked, inputs: Mapping[str, Any]) -> Document:
    seen = facts if asked.reach.everybody else _named(within(facts, asked.reach))
    return weekly_report(seen, asked.whom, asked.week, _inputs(inputs, asked.zone), asked.language)


def _named(facts: Facts) -> Facts:
    """Only those people whose facts are seen: a plan goes by people too."""
    seen = {one.user_id for one in facts.deals}
    seen |= {one.user_id for one in facts.calls} | {one.user_id for one in facts.promises}
    return replace(facts, people={k: one for k, one in facts.people.items() if k in seen})


def _inputs(kept: Mapping[str, Any], zone: ZoneInfo) -> Inputs:
    first, last = kept["working_hours"]
    calendar = WorkCalendar(kept["holidays"], zone, (first, last))
    working_time: Callable[[datetime, datetime], timedelta] = calendar.working_time
    plans = {name: Plan.model_validate(one) for name, one in kept["plans"].items()}
    return Inputs(plans, working_time, kept["margin"], kept["least"])


def _scope(reach: Reach) -> dict[str, Any]:
    return {
        "everybody": reach.everybody,
        "users": sorted(reach.users),
        "nobodys": reach.nobodys,
    }
