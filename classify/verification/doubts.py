"""Verdicts that rest on words which a second listening did not bear out say so, more quietly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from models.vocabulary.verdict import (
    DealVerdict,
    Evidence,
    Flag,
    FlagKind,
    FlagSeverity,
    JudgedCall,
    RequirementVerdict,
    Severity,
    Verdict,
    Verification,
)

Doubts = Mapping[tuple[str, str], str]  # (call id, quote) to what was heard the second time
# Flags of what was said; a quote in the others only illustrates them.
SPOKEN = frozenset(
    {
        FlagKind.SLOT_MISMATCH,
        FlagKind.PROMISE_BROKEN,
        FlagKind.NO_SHOW_OF_AGENT,
        FlagKind.STAGE_AHEAD_OF_REALITY,
    }
)
_UNPROVED = frozenset({Verdict.MISSING, Verdict.CONTRADICTED})


def doubts_of(calls: Iterable[JudgedCall]) -> Doubts:
    """The quotes that a second listening heard otherwise.

    Evidence names words, not actions: of words that two actions rest on both must be in doubt.
    """
    doubts: dict[tuple[str, str], str] = {}
    borne_out: set[tuple[str, str]] = set()
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
    alone = len(otherwise) == len(_spoken(flag.evidence)) and (
        flag.kind is not FlagKind.STAGE_AHEAD_OF_REALITY or _hangs_on_doubts(deal, doubts)
    )
    quieter = alone and flag.severity is FlagSeverity.HIGH
    return replace(
        flag,
        severity=FlagSeverity.MEDIUM if quieter else flag.severity,
        explanation=flag.explanation + _told(otherwise),
    )


def _hangs_on_doubts(deal: DealVerdict | None, doubts: Doubts) -> bool:
    """Whether all that holds a deal back at its stage is contradicted by doubtful words.

    A contradiction without evidence of its own only follows another one.
    """
    holding = [
        one
        for one in (deal.requirements if deal else ())
        if deal is not None
        and one.stage == deal.verified_stage
        and one.severity is Severity.CRITICAL
        and one.verdict in _UNPROVED
    ]
    return all(
        one.verdict is Verdict.CONTRADICTED
        and len(_otherwise(one.evidence, doubts)) == len(_spoken(one.evidence))
        for one in holding
    )


def _spoken(evidence: Sequence[Evidence]) -> list[Evidence]:
    return [one for one in evidence if one.kind == "call" and one.quote]


def _otherwise(evidence: Sequence[Evidence], doubts: Doubts) -> list[str]:
    """What was heard the second time, for each quote in doubt."""
    places = [(one.id, one.quote or "") for one in _spoken(evidence)]
    return [doubts[place] for place in places if place in doubts]


def _told(otherwise: Sequence[str]) -> str:
    words = "; ".join(f"«{text}»" for text in dict.fromkeys(otherwise) if text)
    return f" При повторном прослушивании слышно иначе{f': {words}' if words else ''}."
