"""The quotes that a stage or a loud flag hangs on: few, and found in the verdicts themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from classify.verification.spoken import SPOKEN
from models.vocabulary.verdict import (
    DealVerdict,
    Evidence,
    Flag,
    FlagSeverity,
    Gap,
    RequirementVerdict,
    Severity,
    Verdict,
    Verification,
)

_HOLDING = frozenset({Verdict.MET, Verdict.LATE})


@dataclass(frozen=True, slots=True)
class DecisiveQuote:
    """Words of a call that decide; `start` is the second of their utterance, where known."""

    call_id: str
    quote: str
    start: float | None = None


def decisive_quotes(verification: Verification) -> tuple[DecisiveQuote, ...]:
    """The quotes that alone make or break a stage or a spoken flag of high severity, each once.

    A critical requirement hangs on a quote when no record of the CRM, no other call and nobody's
    correction backs it, and the deal's stage hangs on the requirement when the deal stands beyond
    it, when it is contradicted where the deal stands, or when it shows that the card is behind.
    """
    found = [quote for deal in verification.deals for quote in _of_deal(deal)]
    found += [quote for flag in verification.flags for quote in _of_flag(flag)]
    known: dict[tuple[str, str], DecisiveQuote] = {}
    for quote in found:
        place = (quote.call_id, quote.quote)
        if place not in known or known[place].start is None:
            known[place] = quote
    return tuple(known.values())


def _of_deal(deal: DealVerdict) -> Iterator[DecisiveQuote]:
    order = list(dict.fromkeys(one.stage for one in deal.requirements))
    if deal.verified_stage is None:
        return
    verified = _place(order, deal.verified_stage)
    for one in deal.requirements:
        if one.severity is Severity.CRITICAL and _carries(one, order, verified, deal.gap):
            quotes = list(_quotes(one.evidence))
            backed = any(e.kind == "crm" or e.corrected_by for e in one.evidence)
            if len(quotes) == 1 and not backed:
                yield quotes[0]


def _place(order: list[str], stage: str) -> int:
    return order.index(stage) if stage in order else len(order)


def _carries(one: RequirementVerdict, order: list[str], verified: int, gap: Gap) -> bool:
    """Whether the deal's stage hangs on a requirement."""
    at = order.index(one.stage)
    if one.verdict is Verdict.CONTRADICTED:
        return at == verified
    return one.verdict in _HOLDING and (at < verified or gap is Gap.BEHIND)


def _of_flag(flag: Flag) -> Iterable[DecisiveQuote]:
    loud = flag.severity is FlagSeverity.HIGH and flag.kind in SPOKEN
    return _quotes(flag.evidence) if loud else ()


def _quotes(evidence: Iterable[Evidence]) -> Iterator[DecisiveQuote]:
    for one in evidence:
        if one.kind == "call" and one.quote and not one.corrected_by:
            yield DecisiveQuote(one.id, one.quote, one.start)
