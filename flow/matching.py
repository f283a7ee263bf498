"""Whose deal a call is: somebody's choice, or else the machine's."""

from __future__ import annotations

from collections.abc import Sequence

from classify.matching import DealIndex, match_call
from core.settings import MatchingSettings
from models.vocabulary.call import Call
from models.vocabulary.correction import ChosenDeal, matched_by_hand
from models.vocabulary.transcript import Segment
from models.vocabulary.verdict import DealMatch


def match_of(
    call: Call,
    spoken: Sequence[Segment],
    index: DealIndex,
    settings: MatchingSettings,
    chosen: ChosenDeal | None,
) -> DealMatch | None:
    """The match of a call; a choice of a deal that the CRM does not have any more is none."""
    if chosen is not None and (chosen.deal_id is None or chosen.deal_id in index.deals):
        return matched_by_hand(chosen)
    return match_call(call, spoken, index, settings)
