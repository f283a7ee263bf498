"""What the outbox needs for deals of a connection, by what is known of them in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from classify.verification.worktime import work_calendar
from core.settings import Settings
from flow.live.facts import Templates, read_facts, spoken_lines
from flow.live.intents import Manner, wanted_writes
from flow.live.plan import Plan, plan_for
from flow.live.told import DealFacts
from models.store.crm_facts import Judged, Outlet
from models.store.crm_writes import standing_writes
from models.vocabulary.crm_write import CallWords, WriteKind, WriteOptions, write_options
from models.vocabulary.outbox import Standing

_TAG = "tag:"


@dataclass(frozen=True, slots=True)
class Planning:
    """What plans are made by; `stale_before`: what was last wanted before then has lain long."""

    session: Session
    connection: int
    judged: Judged
    templates: Templates
    manner: Manner
    stale_before: datetime


def planned(by: Planning, deals: Sequence[str]) -> Iterator[tuple[DealFacts, Plan]]:
    """What is known of each of some deals, and what the outbox needs for it.

    All is read before the first one is given, so that what is done with a plan changes no other.
    Deals that were not judged are left out.
    """
    standing = standing_writes(by.session, by.connection, deals, stale_before=by.stale_before)
    read = read_facts(
        by.session,
        by.judged,
        deals,
        by.templates,
        tags=_tags_of(standing),
        calls=by.manner.options.transcripts,
    )
    for facts in read.facts:
        plan = plan_for(
            wanted_writes(facts, by.manner),
            standing.get(facts.deal.id, ()),
            contradicted=read.contradicted,
            unconfirmed=read.unconfirmed,
            now=by.manner.now,
        )
        yield facts, plan


def manner_of(
    outlet: Outlet,
    judged: Judged,
    settings: Settings,
    now: datetime,
    options: WriteOptions | None = None,
) -> Manner:
    """How a connection is told; `options` instead of its own."""
    return Manner(
        options=options or write_options(outlet.options.get("write")),
        language=settings.crm.language,
        zone=judged.zone,
        calendar=work_calendar(settings.verification, judged.zone),
        task_days=settings.crm.task_days,
        pages=settings.crm.pages or settings.oidc.pages,
        as_of=judged.as_of,
        now=now,
    )


def with_words(session: Session, facts: DealFacts, content: CallWords) -> CallWords:
    """What is to be written of a call of a deal, with its words; none where they are gone."""
    call = next(one for one in facts.calls if one.call_id == content.call_id)
    return replace(content, lines=spoken_lines(session, call.row))


def _tags_of(standing: Mapping[str, Sequence[Standing]]) -> dict[str, frozenset[str]]:
    """By deal, the tags of ours that were ever written or put in line."""
    found: dict[str, set[str]] = defaultdict(set)
    for deal, rows in standing.items():
        for one in rows:
            if one.kind is WriteKind.TAG:
                found[deal].add(one.occurrence.topic.removeprefix(_TAG))
    return {deal: frozenset(names) for deal, names in found.items()}
