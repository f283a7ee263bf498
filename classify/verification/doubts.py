"""Verdicts that rest on words which a second listening did not bear out say so, more quietly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from classify.verification.spoken import SPOKEN, Place, rests_on, spoken
from models.vocabulary.verdict import (
    DealVerdict,
    Evidence,
    Flag,
    FlagSeverity,
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
    """The verification with every doubt told; verdicts stay as the first hearing settled them.

    A flag of high severity all of whose spoken evidence is in doubt becomes one of medium
    severity: something to listen to, no accusation. So does the flag of a stage that only doubtful
    words hold back.
    """
    doubts = doubts_of(calls)
    if not doubts:
        return verification
    deals = tuple(_deal(deal, doubts) for deal in verification.deals)
    by_id = {deal.deal_id: deal for deal in verification.deals}
    flags = tuple(_flag(flag, by_id.get(flag.deal_id or ""), doubts) for flag in verification.flags)
    return replace(verification, deals=deals, flags=flags)


def _deal(deal: DealVerdict, doubts: Doubts) -> DealVerdict:
    return replace(deal, requirements=tuple(_requirement(one, doubts) for one in deal.requirements))


def _requirement(one: RequirementVerdict, doubts: Doubts) -> RequirementVerdict:
    otherwise = _otherwise(one.evidence, doubts)
    return replace(one, explanation=one.explanation + _told(otherwise)) if otherwise else one


def _flag(flag: Flag, deal: DealVerdict | None, doubts: Doubts) -> Flag:
    otherwise = _otherwise(flag.evidence, doubts)
    if not otherwise or flag.kind not in SPOKEN:
        return flag
    quieter = flag.severity is FlagSeverity.HIGH and rests_on(flag, deal, doubts)
    return replace(
        flag,
        severity=FlagSeverity.MEDIUM if quieter else flag.severity,
        explanation=flag.explanation + _told(otherwise),
    )


def _otherwise(evidence: Sequence[Evidence], doubts: Doubts) -> list[str]:
    """What was heard the second time, for each quote in doubt."""
    return [doubts[place] for place in spoken(evidence) if place in doubts]


def _told(otherwise: Sequence[str]) -> str:
    words = "; ".join(f"«{text}»" for text in dict.fromkeys(otherwise) if text)
    return f" При повторном прослушивании слышно иначе{f': {words}' if words else ''}."
