"""When what of a live CRM is to be read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.pauses import doubled_s
from crm.errors import CrmBusyError, CrmShutError
from models.store.passes import PartPass
from models.vocabulary.crm import Page

# What a CRM writes down late, or shows late in its lists, is met once more by the next pass; so
# is what was read at the same time by two of us and written down in the wrong order.
OVERLAP = timedelta(minutes=3)
SHAPE = timedelta(minutes=10)
SHUT_S = 900.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 300.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """A CRM that cannot be read: since how many tries, and until when it is left alone."""

    tries: int
    until: datetime
    shut: bool


def trouble_after(before: Trouble | None, error: Exception, now: datetime) -> Trouble:
    """What follows from one more failure: a longer pause; who is shut out asks rarely."""
    tries = before.tries + 1 if before is not None else 1
    shut = isinstance(error, CrmShutError)
    pause_s = SHUT_S if shut else doubled_s(_FIRST_PAUSE_S, tries, _LONGEST_PAUSE_S)
    if isinstance(error, CrmBusyError) and error.wait_s is not None:
        pause_s = max(pause_s, min(error.wait_s, SHUT_S))
    return Trouble(tries, now + timedelta(seconds=pause_s), shut)


def parts_due(
    parts: Sequence[str], known: Iterable[PartPass], now: datetime, poll: timedelta
) -> list[PartPass]:
    """The parts that are to be read (on) now, as far as they were read by now."""
    by_part = {one.part: one for one in known}
    found = [by_part.get(part, PartPass(part)) for part in parts]
    return [one for one in found if one.under_way or _is_over(one.ended_at, now, poll)]


def is_loaded(parts: Sequence[str], known: Iterable[PartPass]) -> bool:
    """Whether everything was read at least once."""
    whole = {one.part for one in known if one.whole_at is not None}
    return set(parts) <= whole


def sweep_due(
    parts: Sequence[str], known: Sequence[PartPass], now: datetime, every: timedelta
) -> bool:
    """Whether everything is to be read once more."""
    mine = [one for one in known if one.part in parts]
    return is_loaded(parts, mine) and any(_is_over(one.whole_at, now, every) for one in mine)


def after_page(one: PartPass, page: Page, now: datetime) -> PartPass:
    """How far a part was read with one more page; the last one moves on since when to read next.

    `since` of a pass under way stays as it is, so that its cursor keeps its meaning.
    """
    started_at = one.started_at or page.at
    things = (one.things if one.under_way else 0) + len(page.batch)
    if page.cursor is not None:
        return replace(one, cursor=page.cursor, started_at=started_at, things=things)
    return PartPass(
        one.part,
        since=max(started_at - OVERLAP, one.since or started_at - OVERLAP),
        ended_at=now,
        whole_at=now if one.since is None else one.whole_at,
        things=things,
    )


def begun_anew(one: PartPass) -> PartPass:
    """A part whose pass cannot go on where it was."""
    return replace(one, cursor=None, started_at=None, things=0, ended_at=None)


def _is_over(since: datetime | None, now: datetime, period: timedelta) -> bool:
    """Whether a period is over; a moment to come was written by a clock that went wrong."""
    return since is None or not since <= now < since + period
