"""What sales came to: times, repeat sales, leads by source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from figures.scope import Period
from figures.share import Share, Spread


@dataclass(frozen=True, slots=True)
class Took:
    """How long one thing took. `hours` is calendar time."""

    hours: float
    since: datetime
    until: datetime
    deal_id: str
    user_id: str | None
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class TimeFigure:
    """How long something took, in all and by person; `None`: of nobody.

    `slowest` are the worst first, at most ten. `still_waiting`: the first is there and the second
    is not, so these are in no median; `backwards`: the second came first.
    """

    spread: Spread | None
    people: Mapping[str | None, Spread]
    took: tuple[Took, ...]
    slowest: tuple[Took, ...]
    still_waiting: tuple[str, ...]
    backwards: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SalesTimes:
    """Durations whose end lies in the period.

    `first_order`: from a client's first contact to their first payment. `needs_to_proposal` by
    pipeline, only of those whose rules prove both. `promise_to_deed` by the promise's type, ours.
    """

    as_of: datetime
    period: Period
    first_order: TimeFigure
    needs_to_proposal: Mapping[str, TimeFigure]
    promise_to_deed: Mapping[str, TimeFigure]


@dataclass(frozen=True, slots=True)
class Factors:
    """profit = clients x average order x orders per client x margin, of one currency.

    `clients` paid in the period, `orders` are deals that were paid in it. `average_order` and
    `orders_per_client` are ``None`` where there was none, `margin` and `profit` without a margin.
    `revenue` is less refunds.
    """

    clients: int
    orders: int
    average_order: float | None
    orders_per_client: float | None
    margin: float | None
    revenue: float
    profit: float | None
    deals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """By how much money one factor moved the result: "clients", "orders_per_client"..."""

    factor: str
    money: float
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class SalesOf:
    """Sales in one currency beside the period before.

    `difference` is of profit where there is a margin, else of revenue; the `moves` sum to it, the
    greatest first; none where one of the periods had no order (nothing to compare factors of).
    `first`/`again`: clients whose first order ever was first paid in the period, and clients who
    paid another order than their first one; a client may be in both. The money is the period's.
    """

    currency: str
    now: Factors
    before: Factors
    difference: float
    moves: tuple[Move, ...]
    first: tuple[str, ...]
    again: tuple[str, ...]
    first_money: float
    again_money: float


@dataclass(frozen=True, slots=True)
class RepeatSales:
    """Repeat sales of a period; `active`: clients who paid within the month before its end.

    `active` of all clients who ever paid until then.
    """

    as_of: datetime
    period: Period
    last: Period
    sales: tuple[SalesOf, ...]
    active: Share
    active_before: Share


@dataclass(frozen=True, slots=True)
class SourceStage:
    """How many leads of a source passed a stage: for sure, for sure not, nobody can tell."""

    place: int
    stage_key: str
    proved: Share
    not_proved: int
    cannot_tell: int
    deals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceLine:
    """The leads of one source (``None``: no source) in one pipeline.

    `money` came in up to now, per currency; `paid` are the leads that paid anything.
    `ranked`: whether there are enough leads to compare the source with others.
    """

    source: str | None
    pipeline_id: str
    leads: int
    stages: tuple[SourceStage, ...]
    paid: Share
    money: Mapping[str, float]
    ranked: bool
    deals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeadSources:
    """Leads whose first contact lies in the period, followed up to now; most leads first."""

    as_of: datetime
    period: Period
    lines: tuple[SourceLine, ...]
