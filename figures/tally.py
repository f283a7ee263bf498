"""Some deals as a number of a figure: how many, how much money, and which."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from models.vocabulary.figures import DealFact

LEAST = 10  # deals under which nothing is ranked, unless the caller says otherwise


@dataclass(frozen=True, slots=True)
class Tally:
    """The deals behind a number, by id in order; money by currency, never across.

    `unpriced` is how many of them have no amount: their money is in no sum.
    """

    deals: tuple[str, ...] = ()
    money: Mapping[str, float] = field(default_factory=dict)
    unpriced: int = 0

    @property
    def count(self) -> int:
        """How many deals."""
        return len(self.deals)


def tally(deals: Iterable[DealFact]) -> Tally:
    """Counts some deals, each of which is there once."""
    ids: list[str] = []
    sums: dict[str, list[float]] = {}
    unpriced = 0
    for deal in deals:
        ids.append(deal.deal_id)
        amount = deal.amount
        if amount is None:
            unpriced += 1
        elif deal.currency in sums:
            sums[deal.currency].append(amount)
        else:
            sums[deal.currency] = [amount]
    money = {currency: math.fsum(sums[currency]) for currency in sorted(sums)}
    return Tally(tuple(sorted(ids)), money, unpriced)
