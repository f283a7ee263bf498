"""Orders: deals that were paid, and which of a client's was the first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from models.vocabulary.figures import DealFact


@dataclass(frozen=True, slots=True)
class FirstOrder:
    """The first order of a client and when its first money came."""

    deal_id: str
    at: datetime


def paid_since(deal: DealFact) -> datetime | None:
    """When the first money of a deal came in; a refund is no order."""
    return min((one.at for one in deal.payments if one.amount > 0), default=None)


def first_orders(deals: Iterable[DealFact]) -> dict[str, FirstOrder]:
    """By client the order whose money came first; of two at one moment that of the lesser id."""
    orders = sorted(
        (at, deal.deal_id, deal.client) for deal in deals if (at := paid_since(deal)) is not None
    )
    found: dict[str, FirstOrder] = {}
    for at, deal_id, client in orders:
        found.setdefault(client, FirstOrder(deal_id, at))
    return found
