"""What the outbox needs so that a deal of the CRM comes to say what it should. Pure.

Nothing hangs on an event being seen: what is wanted is compared with what stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.vocabulary.crm_write import WriteKind, WriteState
from models.vocabulary.outbox import GONE, TAKEN_BACK, Occurrence, Standing, Wanted

# In the CRM, on its way there, or nobody knows.
_TOLD = frozenset({WriteState.SENDING, WriteState.WRITTEN})
_OVER = frozenset({GONE, TAKEN_BACK})
Topic = tuple[WriteKind, str]


@dataclass(frozen=True, slots=True)
class Added:
    """A new line of the outbox; `refreshes`: it says the same as before, with a newer date."""

    wanted: Wanted
    occurrence: Occurrence
    refreshes: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for one deal.

    `drop` and `take_back` are writes; `keep` wait and are wanted still. `unsettled`: something is
    on its way that has to be looked at again once it is there.
    """

    add: tuple[Added, ...] = ()
    drop: tuple[int, ...] = ()
    keep: tuple[int, ...] = ()
    take_back: tuple[int, ...] = ()
    unsettled: bool = False


def plan_for(
    wanted: Sequence[Wanted],
    standing: Sequence[Standing],
    *,
    contradicted: Collection[int] = (),
    unconfirmed: Collection[int] = (),
    now: datetime,
) -> Plan:
    """How one deal gets from what stands to what is wanted.

    A newer write takes the place of one that waits; one that may have been sent is never dropped.
    What was undone or refused is not said again before something else is wanted.

    Args:
        wanted: what should stand there, in the order in which it is to be written.
        standing: the deal's writes, the oldest first.
        contradicted: findings that people decided against: what was written of them is taken back.
        unconfirmed: those that nobody stands for: so is what only a confirmed one gave.
        now: the moment.
    """
    topics: dict[Topic, list[Standing]] = defaultdict(list)
    for one in standing:
        topics[one.kind, one.occurrence.topic].append(one)
    made = _Making(now)
    for want in wanted:
        made.meet(want, topics.pop((want.kind, want.topic), []))
    for rows in topics.values():
        made.leave(rows)
    for one in standing:
        finding, confirmed = one.occurrence.finding, one.occurrence.confirmed
        if finding in contradicted or (confirmed and finding in unconfirmed):
            made.withdraw(one)
    return made.plan()


class _Making:
    """A plan that grows."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._add: list[Added] = []
        self._drop: list[int] = []
        self._keep: list[int] = []
        self._take_back: list[int] = []
        self._unsettled = False

    def meet(self, want: Wanted, rows: Sequence[Standing]) -> None:
        """Does what one wanted thing needs."""
        newest = rows[-1].id if rows else 0
        counted = [one for one in rows if _counts(one)]
        # What nobody saw yet and says something else, or has lain too long, is not said any more.
        self._drop += [
            one.id
            for one in counted
            if _idle(one)
            and (one is not counted[-1] or one.occurrence.same != want.same or _lay_long(one))
        ]
        left = [one for one in counted if one.id not in self._drop]
        last = left[-1] if left else None
        refreshes = False
        if last is not None and last.occurrence.same == want.same:
            if last.state is WriteState.WAITING:
                self._keep.append(last.id)
            refreshes = self._is_old(want, last)
            if not refreshes:
                return
        elif want.only_instead and not (last is not None and _stands(last)):
            return
        occurrence = Occurrence(want.topic, want.same, want.finding, newest)
        self._add.append(Added(want, occurrence, refreshes))

    def leave(self, rows: Sequence[Standing]) -> None:
        """Forgets what nobody wants any more, as long as nobody saw it."""
        self._drop += [one.id for one in rows if _counts(one) and _idle(one)]

    def withdraw(self, one: Standing) -> None:
        """Takes back what turned out not to be true."""
        if one.state is WriteState.WRITTEN and one.error is None:
            self._take_back.append(one.id)
        elif one.state is WriteState.SENDING or (one.uncertain and not _ended(one)):
            self._unsettled = True

    def plan(self) -> Plan:
        """What came of it."""
        return Plan(
            tuple(self._add),
            tuple(self._drop),
            tuple(self._keep),
            tuple(self._take_back),
            self._unsettled,
        )

    def _is_old(self, want: Wanted, last: Standing) -> bool:
        if want.fresh_h is None or last.state is not WriteState.WRITTEN or last.error is not None:
            return False
        return last.created_at <= self._now - timedelta(hours=want.fresh_h)


def _counts(one: Standing) -> bool:
    """Whether it is more than something that was replaced before anybody saw it."""
    return one.state is not WriteState.DROPPED or one.error in _OVER


def _idle(one: Standing) -> bool:
    """Whether it surely was not sent, and may simply be left out."""
    return one.state in (WriteState.WAITING, WriteState.DEAD) and not one.uncertain


def _lay_long(one: Standing) -> bool:
    """Whether it waits from another day; what was set aside waits for somebody."""
    return one.stale and one.state is WriteState.WAITING


def _stands(one: Standing) -> bool:
    return one.state in _TOLD or (one.uncertain and not _ended(one))


def _ended(one: Standing) -> bool:
    return one.state in (WriteState.UNDONE, WriteState.DROPPED)
