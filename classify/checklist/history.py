"""Whether a client was spoken to before a call: known, known not, or not to be known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.vocabulary.action import Outcome
from models.vocabulary.call import Direction
from models.vocabulary.deal import CrmSnapshot
from models.vocabulary.verdict import JudgedCall


@dataclass(frozen=True, slots=True)
class History:
    """The calls of each client's number and of each deal."""

    of_number: Mapping[str, Sequence[JudgedCall]]
    of_deal: Mapping[str, Sequence[JudgedCall]]

    @classmethod
    def of(cls, calls: Iterable[JudgedCall]) -> History:
        """Sorts the calls, also those that left no recording."""
        numbers: dict[str, list[JudgedCall]] = defaultdict(list)
        deals: dict[str, list[JudgedCall]] = defaultdict(list)
        for call in calls:
            if call.call.direction is not Direction.INTERNAL:
                numbers[call.call.client_number or ""].append(call)
                deals[(call.match.deal_id if call.match else None) or ""].append(call)
        return cls(numbers, deals)

    def earlier(self, call: JudgedCall, snapshot: CrmSnapshot, lead_in_hours: int) -> bool | None:
        """Whether the client was spoken to before this call.

        ``None`` where an answered call without words, a deal that is older than the call by more
        than `lead_in_hours`, or a number that is not known leaves it open.
        """
        number = call.call.client_number
        deal_id = call.match.deal_id if call.match else None
        known = [*self.of_number.get(number or "", ())] if number else []
        known += self.of_deal.get(deal_id or "", ()) if deal_id else []
        before = [one for one in known if one.call.started_at < call.call.started_at]
        if any(one.outcome is Outcome.CONVERSATION for one in before):
            return True
        if number is None or any(one.call.answered and not one.understood for one in before):
            return None
        deal = next((deal for deal in snapshot.deals if deal.id == deal_id), None)
        lead_in = timedelta(hours=lead_in_hours)
        if deal is not None and call.call.started_at - deal.created_at > lead_in:
            return None
        return False
