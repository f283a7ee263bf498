"""Calls are tied to their deals by number alone until somebody has heard them.

What nobody has heard yet keeps its deal from being judged as if it had not been said. The calls
that were never recorded are tied here for good.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.batches import batched
from flow.matching import match_of
from flow.service.workplace import Workplace
from models.session import reading, transaction
from models.store.corrections import chosen_deals
from models.store.hearing import save_match
from models.store.intake import calls_matched_by_number, save_matched_by_number
from models.vocabulary.verdict import DealMatch

_AT_ONCE = 200  # calls of one transaction: others want to write as well


def match_by_number(place: Workplace, calls: Sequence[int]) -> None:
    """Ties those of the calls to their deals that were not heard, where the CRM changed since.

    Raises:
        StagecheckError: the CRM snapshot or the database cannot be used.
    """
    situation = place.situation()
    around = situation.around
    with reading(place.database) as session:
        unheard = calls_matched_by_number(session, calls, around.zone)
        chosen = chosen_deals(session, [one.id for one in unheard])
    new: dict[int, tuple[str, DealMatch | None]] = {}
    for one in unheard:
        by_hand = chosen.get(one.id)
        digest = situation.digests.of(one.call, by_hand, None)
        if one.matched_with != digest:
            match = match_of(one.call, (), around.index, around.settings.matching, by_hand)
            new[one.id] = digest, match
    for some in batched(list(new), _AT_ONCE):
        with transaction(place.database) as session:
            digests = {call: new[call][0] for call in some}
            for call in save_matched_by_number(session, digests):
                save_match(session, call, new[call][1])
