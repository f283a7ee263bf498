"""Which deal a call belongs to: decided from the call, its words and one CRM snapshot."""

from classify.matching.decide import match_call
from classify.matching.hotwords import candidate_names
from classify.matching.index import DealIndex, build_index
from classify.matching.prints import DealPrints, MatchPrints

__all__ = [
    "DealIndex",
    "DealPrints",
    "MatchPrints",
    "build_index",
    "candidate_names",
    "match_call",
]
