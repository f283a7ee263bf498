"""Verdicts kept from one judging to the next: a deal is judged anew where something could turn it.

What is kept comes out the same as if all deals were judged: a deal's print holds the very objects
that its case is made of, and `PassingMoment` tells until when time alone turns nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from classify.verification.case import Case, Clock
from classify.verification.coverage import BlindSpot
from classify.verification.passing import Horizon, PassingMoment, plain_moments
from classify.verification.world import World, build_case
from models.vocabulary.deal import ActivityType, Deal
from models.vocabulary.verdict import DealVerdict, Flag, JudgedCall

Judge = Callable[[Case, World], tuple[DealVerdict, list[Flag]]]
_Print = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    world: _Print
    deal: _Print
    until: datetime
    verdict: DealVerdict
    flags: tuple[Flag, ...]


@dataclass(slots=True)
class VerdictMemory:
    """What was judged last, by deal. `judged` counts the deals of the last time that were anew."""

    judged: int = 0
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _world: _Print = ()
    _horizon: Horizon = field(default_factory=Horizon)

    def clock(self, clock: Clock) -> Clock:
        """The clock by which a world is to be built that is judged with this memory."""
        return replace(clock, as_of=PassingMoment.of(clock.as_of, self._horizon))

    def judge(
        self, world: World, deals: Iterable[Deal], judge: Judge, as_of: datetime
    ) -> Iterator[tuple[DealVerdict, tuple[Flag, ...]]]:
        """The verdicts on deals and their flags: kept ones where nothing turns them."""
        of_world, kept = _of_world(world), self._kept
        if of_world == self._world:
            of_world = self._world  # so that no deal has to compare it again
        self._world, self._kept, self.judged = of_world, {}, 0
        for deal in deals:
            known = kept.get(deal.id)
            own = _of_deal(world, deal)
            if known is None or not _holds(known, of_world, own, as_of):
                known = self._anew(world, deal, judge, of_world, own)
            self._kept[deal.id] = known
            yield known.verdict, known.flags

    def _anew(self, world: World, deal: Deal, judge: Judge, of_world: _Print, own: _Print) -> _Kept:
        self.judged += 1
        self._horizon.until = Horizon().until
        verdict, flags = judge(build_case(world, deal), world)
        until = self._horizon.until
        return _Kept(of_world, own, until, plain_moments(verdict), plain_moments(tuple(flags)))


def _holds(known: _Kept, of_world: _Print, own: _Print, as_of: datetime) -> bool:
    return as_of < known.until and known.deal == own and known.world == of_world


def _of_world(world: World) -> _Print:
    """What of a world every case is made of; a time that goes on until now is the same later."""
    clock = world.clock
    return (
        tuple((id_, id(rules)) for id_, rules in world.rules.items()),
        tuple(world.rules.values()),  # so that no other takes its place in memory
        tuple(world.keys.items()),
        tuple((id_, tuple(names.items())) for id_, names in world.columns.items()),
        world.first_recording,
        clock.calendar,
        clock.settings,
        clock.sees_attempts,
        tuple(_going_on(spot) for spot in clock.silences),
    )


def _going_on(spot: BlindSpot) -> _Print:
    until = spot.until
    now = isinstance(until, PassingMoment)
    return (spot.id, spot.at, spot.kind, "now" if now else until, spot.waits)


def _of_deal(world: World, deal: Deal) -> _Print:
    """All that a deal's case is made of, as objects that stay the same until they change."""
    contacts = [world.contacts.get(id_) for id_ in deal.contact_ids]
    company = deal.company_id or next((c.company_id for c in contacts if c and c.company_id), None)
    siblings = list(dict.fromkeys(
        other.id for id_ in deal.contact_ids for other in world.deals_of_contact.get(id_, ())
    ))  # fmt: skip
    calls = world.calls_of_deal.get(deal.id, ())
    activities = world.activities_of_deal.get(deal.id, ())
    unsettled = world.unsettled_records_of_deal.get(deal.id, ())
    return (
        deal,
        contacts,
        world.companies.get(company or ""),
        [(id_, world.deals[id_].created_at, world.calls_of_deal.get(id_, ())) for id_ in siblings],
        calls,
        world.unsettled_of_deal.get(deal.id, ()),
        _of_numbers(world, calls),
        activities,
        unsettled,
        [
            a.call_id in world.call_ids
            for a in (*activities, *unsettled)
            if a.type is ActivityType.CALL
        ],
        world.changes_of_deal.get(deal.id, ()),
        world.waivers_of_deal.get(deal.id, ()),
    )


def _of_numbers(world: World, calls: Sequence[JudgedCall]) -> list[Sequence[JudgedCall]]:
    numbers = dict.fromkeys(call.call.client_number for call in calls)
    return [world.calls_of_number.get(number, ()) for number in numbers if number is not None]
