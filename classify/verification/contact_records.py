"""What the CRM keeps with a person and with no deal: a mail sent from the contact's card."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from models.vocabulary.deal import Activity, Deal, StageKind


@dataclass(frozen=True, slots=True)
class DealRecords:
    """The CRM's activities by deal id: those of one deal, and those of one deal out of several."""

    own: Mapping[str, Sequence[Activity]]
    unsettled: Mapping[str, Sequence[Activity]]


def tie_records(
    activities: Iterable[Activity],
    deals_of_contact: Mapping[str, Sequence[Deal]],
    lead_in: timedelta,
) -> DealRecords:
    """Gives every activity to its deal; one of a contact alone to the deal open at its time.

    Where several deals of the person were open, it may belong to any of them: it proves
    nothing for them, and nothing may be called missing that it would prove.

    Args:
        activities: in any order, which is kept.
        deals_of_contact: by contact id.
        lead_in: how long before its card a deal's evidence counts.
    """
    own: dict[str, list[Activity]] = defaultdict(list)
    unsettled: dict[str, list[Activity]] = defaultdict(list)
    for activity in activities:
        if activity.deal_id is not None:
            own[activity.deal_id].append(activity)
            continue
        deals = [
            deal
            for deal in deals_of_contact.get(activity.contact_id or "", ())
            if _is_open(deal, activity, lead_in)
        ]
        for deal in deals:
            (own if len(deals) == 1 else unsettled)[deal.id].append(activity)
    return DealRecords(own, unsettled)


def _is_open(deal: Deal, activity: Activity, lead_in: timedelta) -> bool:
    at = activity.created_at
    if at < deal.created_at - lead_in:
        return False
    closed = deal.closed_at if deal.status is not StageKind.OPEN else None
    return closed is None or at <= closed
