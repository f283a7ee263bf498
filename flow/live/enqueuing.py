"""Brings the outbox of a connection to what its CRM shall say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.settings import Settings
from flow.live.facts import Templates, rules_in_force
from flow.live.plan import Added, Plan
from flow.live.planning import Planning, manner_of, planned, with_words
from flow.live.told import DealFacts
from models.session import reading, transaction
from models.store.crm_facts import judged_by, judged_deals, load_outlet
from models.store.crm_writes import (
    NOT_WANTED,
    add_write,
    count_waiting,
    drop_stale,
    drop_writes,
    hold_outbox,
    keep_writes,
    mark_undoing,
    stale_before,
)
from models.vocabulary.crm_write import CallWords

_AT_ONCE = 200  # deals of one transaction
_MOST_REFRESHES = 2000  # that wait; the others come with a later look


@dataclass(frozen=True, slots=True)
class Enqueued:
    """What became of the outbox; `unsettled`: it has to be looked at again soon."""

    deals: int = 0
    added: int = 0
    dropped: int = 0
    taken_back: int = 0
    unsettled: bool = False

    def __add__(self, other: Enqueued) -> Enqueued:
        return Enqueued(
            self.deals + other.deals,
            self.added + other.added,
            self.dropped + other.dropped,
            self.taken_back + other.taken_back,
            self.unsettled or other.unsettled,
        )


def enqueue(
    database: Engine,
    connection: int,
    settings: Settings,
    now: datetime,
    *,
    since: datetime | None = None,
) -> Enqueued:
    """Puts in line what is wanted and leaves out what is not any more; done twice, nothing new.

    Nothing happens where the connection does not write, or its CRM was not judged yet.

    Args:
        database: with verdicts, decisions and the outbox.
        connection: its number.
        settings: of the service.
        now: the moment.
        since: looks only at deals of which something changed since; all where unset.

    Raises:
        StagecheckError: the database cannot be used, or a rule file is wrong.
    """
    with reading(database) as session:
        outlet = load_outlet(session, connection)
        judged = judged_by(session, outlet.name) if outlet is not None else None
        deals = judged_deals(session, judged, since) if judged is not None else []
    if outlet is None or judged is None or not outlet.is_open:
        return Enqueued()
    templates = rules_in_force(database, settings)
    done = Enqueued()
    for start in range(0, len(deals), _AT_ONCE):
        with transaction(database) as session:
            some = _Enqueuing(session, connection, settings, templates, now)
            done += some.enqueue(deals[start : start + _AT_ONCE])
    if since is None:
        with transaction(database) as session:
            dropped = drop_stale(session, connection, stale_before(now), now)
        done += Enqueued(dropped=dropped)
    return done


@dataclass(frozen=True, slots=True)
class _Enqueuing:
    """One transaction's worth of it."""

    session: Session
    connection: int
    settings: Settings
    templates: Templates
    now: datetime

    def enqueue(self, deals: Sequence[str]) -> Enqueued:
        """Does so for some deals; what counts is read again, as nobody else plans meanwhile."""
        session, connection = self.session, self.connection
        outlet = load_outlet(session, connection) if hold_outbox(session, connection) else None
        judged = judged_by(session, outlet.name) if outlet is not None else None
        if outlet is None or judged is None or not outlet.is_open:
            return Enqueued()
        manner = manner_of(outlet, judged, self.settings, self.now)
        if not outlet.own_fields:  # they were not made yet
            manner = replace(manner, options=replace(manner.options, fields=False))
        stale = stale_before(self.now) + timedelta(hours=1)  # soon enough to count once more
        by = Planning(session, connection, judged, self.templates, manner, stale)
        room = max(0, _MOST_REFRESHES - count_waiting(session, connection))
        done = Enqueued()
        for facts, wanted in planned(by, deals):
            plan = _within(wanted, room)
            room -= sum(one.refreshes for one in plan.add)
            done += self._carry_out(facts, plan) + Enqueued(deals=1)
        return done

    def _carry_out(self, facts: DealFacts, plan: Plan) -> Enqueued:
        session, now = self.session, self.now
        # What a sender took meanwhile is looked at again once it is there.
        dropped = drop_writes(session, plan.drop, NOT_WANTED, now)
        keep_writes(session, plan.keep, now)
        if plan.take_back:
            mark_undoing(session, plan.take_back, now)
        added = sum(self._add(facts, one) for one in plan.add)
        return Enqueued(
            added=added,
            dropped=dropped,
            taken_back=len(plan.take_back),
            unsettled=plan.unsettled or dropped < len(plan.drop),
        )

    def _add(self, facts: DealFacts, one: Added) -> bool:
        content = one.wanted.content
        if isinstance(content, CallWords):
            content = with_words(self.session, facts, content)
            if not content.lines:
                return False
        add_write(
            self.session,
            self.connection,
            facts.deal.id,
            kind=one.wanted.kind,
            content=content,
            occurrence=one.occurrence,
            now=self.now,
        )
        return True


def _within(plan: Plan, room: int) -> Plan:
    """A plan without what only moves a date on, where no room is left for that."""
    if room > 0:
        return plan
    return replace(plan, add=tuple(one for one in plan.add if not one.refreshes))
