"""What becomes a finding: a flag's identity across runs, and its weight in the inbox."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median

from models.vocabulary.review import Sighting
from models.vocabulary.verdict import (
    DealVerdict,
    Evidence,
    Flag,
    FlagKind,
    FlagSeverity,
    Severity,
    Verification,
)

SEVERITY = {FlagSeverity.HIGH: 4.0, FlagSeverity.MEDIUM: 2.0, FlagSeverity.LOW: 1.0}
_LEAST_MONEY, _MOST_MONEY = 0.5, 4.0
STAGE_KINDS = frozenset({FlagKind.STAGE_AHEAD_OF_REALITY, FlagKind.STAGE_BEHIND_REALITY})
_OF_STAGE = STAGE_KINDS | {FlagKind.MOVED_WITHOUT_CONTACT}


def sightings_of(
    verification: Verification,
    amounts: Mapping[str, float | None],
    confidences: Mapping[tuple[str, str], float],
    distrusted: frozenset[FlagKind] = frozenset(),
) -> list[Sighting]:
    """Gives the flags of a run as what the inbox shows.

    Args:
        verification: what the run said.
        amounts: by deal, what it is worth.
        confidences: by call and quote, how surely it was heard.
        distrusted: kinds that people dismissed too often: their flags are advice.
    """
    deals = {deal.deal_id: deal for deal in verification.deals}
    middle = _middle(amounts.values())
    seen: Counter[str] = Counter()
    sightings = []
    for flag in verification.flags:
        deal = deals.get(flag.deal_id) if flag.deal_id is not None else None
        told = replace(flag, severity=FlagSeverity.LOW) if flag.kind in distrusted else flag
        plain_key = _key(flag, deal, 0)
        key = _key(flag, deal, seen[plain_key])
        seen[plain_key] += 1
        amount = amounts.get(flag.deal_id) if flag.deal_id is not None else None
        confidence = confidence_of(flag.evidence, confidences)
        sightings.append(
            Sighting(
                key=key,
                flag=told,
                pipeline_id=deal.pipeline_id if deal else None,
                stage=deal.recorded_stage if deal else None,
                amount=amount,
                confidence=confidence,
                weight=round(weight_of(told.severity, amount, middle, confidence), 4),
                digest=_digest(told),
            )
        )
    return sightings


def weight_of(
    severity: FlagSeverity, amount: float | None, middle: float | None, confidence: float
) -> float:
    """Severity times money times confidence.

    Money is the root of how many times the middle deal's amount this one is worth, from a half to
    four; 1 where it is not known.
    """
    money = 1.0
    if amount and middle:
        money = min(max((amount / middle) ** 0.5, _LEAST_MONEY), _MOST_MONEY)
    return SEVERITY[severity] * money * confidence


def confidence_of(
    evidence: Sequence[Evidence], confidences: Mapping[tuple[str, str], float]
) -> float:
    """How surely the words were heard that a flag rests on: as surely as the least sure of them.

    What somebody corrected by hand is sure. 1 where it rests on records, or on what nobody said
    though everything was heard.
    """
    known = [
        confidences[one.id, one.quote]
        for one in evidence
        if one.quote is not None and not one.corrected_by and (one.id, one.quote) in confidences
    ]
    return min(known, default=1.0)


def _middle(amounts: Iterable[float | None]) -> float | None:
    known = [amount for amount in amounts if amount]
    return median(known) if known else None


def _key(flag: Flag, deal: DealVerdict | None, ordinal: int) -> str:
    """What makes it the same finding in the next run, whatever is added to its evidence.

    A card that is dragged on to another stage without proof is a finding of its own, and so is what
    holds a deal back once something else that held it back was waived.
    """
    stage = deal.recorded_stage if deal is not None and flag.kind in _OF_STAGE else None
    parts: list[object] = [flag.kind.value, flag.deal_id, flag.call_id, stage, ordinal]
    if deal is not None and flag.kind is FlagKind.STAGE_AHEAD_OF_REALITY:
        waived = _waived_in(deal)
        parts += [waived] if waived else []
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _waived_in(deal: DealVerdict) -> list[str]:
    """What people waived of what would hold a deal back."""
    return [
        f"{one.stage}/{one.requirement_id}"
        for one in deal.requirements
        if one.waived is not None and one.severity is Severity.CRITICAL
    ]


def _digest(flag: Flag) -> str:
    """Tells apart what is shown: which quotes and records, and what is said of them."""
    parts = [flag.severity.value, flag.explanation, [[e.id, e.quote] for e in flag.evidence]]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
