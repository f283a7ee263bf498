"""Which demands only money can meet: there the CRM alone is believed."""

from __future__ import annotations

from classify.verification.check_kinds import (
    ActivityCheck,
    AllOf,
    AnyOf,
    Check,
    Count,
    Deadline,
    Order,
    Total,
)
from models.vocabulary.deal import ActivityType


def asks_for_money(check: Check) -> bool:
    """Whether a check can only hold where the CRM shows that money came in."""
    match check:
        case Total():
            return True
        case ActivityCheck():
            return set(check.type) == {ActivityType.PAYMENT}
        case Count(of=part) | Deadline(of=part) | Order(then=part):
            return asks_for_money(part)
        case AnyOf():
            return all(map(asks_for_money, check.checks))
        case AllOf():
            return any(map(asks_for_money, check.checks))
        case _:
            return False
