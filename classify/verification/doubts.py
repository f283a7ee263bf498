"""Verdicts and flags that rest on words which a second listening did not bear out say so.

Such words have lost so much of their confidence that a flag which rests on them alone is advice
(`classify.verification.advice`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from classify.verification.sentences import Said, say, with_more
from classify.verification.spoken import SPOKEN, Place, spoken
from models.vocabulary.verdict import (
    DealVerdict,
    Evidence,
    Flag,
    JudgedCall,
    RequirementVerdict,
    Verification,
)

Doubts = Mapping[Place, str]  # to what was heard the second time


def doubts_of(calls: Iterable[JudgedCall]) -> Doubts:
    """The quotes that a second listening heard otherwise.

    Evidence names words, not actions: of words that two actions rest on both must be in doubt.
    """
    doubts: dict[Place, str] = {}
    borne_out: set[Place] = set()
    for call in calls:
        for action in call.actions:
            place = (call.call.call_id, action.quote)
            if action.heard_otherwise is None:
                borne_out.add(place)
            else:
                doubts[place] = action.heard_otherwise
    return {place: said for place, said in doubts.items() if place not in borne_out}


def with_doubts(verification: Verification, calls: Iterable[JudgedCall]) -> Verification:
    """The verification with every doubt told; verdicts stay as the first hearing settled them."""
    doubts = doubts_of(calls)
    if not doubts:
        return verification
    deals = tuple(_deal(deal, doubts) for deal in verification.deals)
    flags = tuple(_flag(flag, doubts) for flag in verification.flags)
    return replace(verification, deals=deals, flags=flags)


def _deal(deal: DealVerdict, doubts: Doubts) -> DealVerdict:
    told = tuple(_requirement(one, doubts) for one in deal.requirements)
    if all(one is was for one, was in zip(told, deal.requirements, strict=True)):
        return deal
    return replace(deal, requirements=told)


def _requirement(one: RequirementVerdict, doubts: Doubts) -> RequirementVerdict:
    otherwise = _otherwise(one.evidence, doubts)
    return with_more(one, _told(otherwise)) if otherwise else one


def _flag(flag: Flag, doubts: Doubts) -> Flag:
    otherwise = _otherwise(flag.evidence, doubts) if flag.kind in SPOKEN else []
    return with_more(flag, _told(otherwise)) if otherwise else flag


def _otherwise(evidence: Sequence[Evidence], doubts: Doubts) -> list[str]:
    """What was heard the second time, for each quote in doubt."""
    return [doubts[place] for place in spoken(evidence) if place in doubts]


def _told(otherwise: Sequence[str]) -> Said:
    words = "; ".join(f"«{text}»" for text in dict.fromkeys(otherwise) if text)
    return say("heard_otherwise", words=f": {words}" if words else "")
