"""What may be told of a deal, and how sure it is. Pure.

Nobody is accused wrongly: a card is said to be ahead of its deal only where a flag says so that is
loud enough to accuse and that no person contradicted. Everything else is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from classify.findings import STAGE_KINDS
from classify.verification.rules import PipelineRules
from classify.verification.ties import tie_stages
from flow.live.crm_words import Language
from models.vocabulary.deal import Deal, Pipeline
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.review import Decision, DecisionKind, Finding, FindingState
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import (
    DealVerdict,
    Evidence,
    FlagKind,
    FlagSeverity,
    Gap,
    Grade,
    RequirementVerdict,
    Severity,
    Verdict,
)

_ACCUSES = frozenset({FindingState.OPEN, FindingState.CONFIRMED})
_HOLDING = frozenset({Verdict.MET, Verdict.LATE, Verdict.WAIVED})
_PROVED = frozenset({Verdict.MISSING, Verdict.CONTRADICTED})
# How much a piece of evidence proves: the other side's yes most; what the CRM says of itself least.
# Nothing found counts only where everything was heard, and one call more may still turn it.
STRENGTH: Mapping[Grade, float] = {
    Grade.CLIENT_CONFIRMED: 1.0,
    Grade.AGENT_SAID: 0.8,
    Grade.CRM_ONLY: 0.6,
    Grade.NOTHING: 0.9,
    Grade.CONTRADICTED: 0.95,
}


@dataclass(frozen=True, slots=True)
class HeardQuote:
    """Who said a quote, and how surely it was heard."""

    speaker: Speaker
    confidence: float


@dataclass(frozen=True, slots=True)
class CallOfDeal:
    """A call of a deal that the CRM has a card of: its row here, its ids there."""

    row: int
    call_id: str
    activity_id: str


@dataclass(frozen=True, slots=True)
class DealFacts:
    """All that is known of a deal when it is decided what the CRM shall say of it.

    `findings` are those that stand, `confirmed` by finding the decision that confirmed it.
    `heard` is by call and quote. `tags` are ours that the deal has or had.
    """

    deal: Deal
    verdict: DealVerdict
    pipeline: Pipeline | None
    rules: PipelineRules | None
    findings: tuple[Finding, ...] = ()
    confirmed: Mapping[int, Decision] = field(default_factory=dict)
    heard: Mapping[tuple[str, str], HeardQuote] = field(default_factory=dict)
    calls: tuple[CallOfDeal, ...] = ()
    tags: frozenset[str] = frozenset()


def accusing(finding: Finding) -> bool:
    """Whether a finding may be told at all: loud enough, and nobody contradicted it.

    What is advice (heard too unsurely, or of a kind that was wrong too often) is of low severity.
    """
    return (
        finding.withdrawn_at is None
        and finding.severity is not FlagSeverity.LOW
        and finding.state in _ACCUSES
    )


def ahead_flag(facts: DealFacts) -> Finding | None:
    """The flag by which the card is said to be ahead of its deal."""
    found = (one for one in facts.findings if one.kind is FlagKind.STAGE_AHEAD_OF_REALITY)
    return next(filter(accusing, found), None)


def told_gap(facts: DealFacts) -> Gap:
    """The gap as the CRM is told: unknown where a person contradicted it or it is but advice."""
    gap = facts.verdict.gap
    if gap is Gap.AHEAD:
        return gap if ahead_flag(facts) is not None else Gap.UNKNOWN
    contradicted = any(
        one.kind in STAGE_KINDS and one.withdrawn_at is None and one.state not in _ACCUSES
        for one in facts.findings
    )
    return Gap.UNKNOWN if contradicted and gap is Gap.BEHIND else gap


def blockers(verdict: DealVerdict) -> list[RequirementVerdict]:
    """What holds a deal back at its verified stage, what is surely not done first."""
    found = [
        one
        for one in verdict.requirements
        if one.stage == verdict.verified_stage
        and one.severity is Severity.CRITICAL
        and one.verdict not in _HOLDING
    ]
    return sorted(found, key=lambda one: one.verdict not in _PROVED)


def confidence_in(facts: DealFacts, gap: Gap) -> float | None:
    """How sure the gap is, as a share of 1 with two places; ``None`` where nothing speaks for it.

    Each requirement is as sure as its grade (`STRENGTH`) times the confidence of the least surely
    heard words that it rests on. A card is ahead as surely as the surest thing that is not done:
    one is enough. It stands right, or behind, as surely as the least sure thing that is done
    before the verified stage: all are needed.
    """
    if gap is Gap.UNKNOWN:
        return None
    if gap is Gap.AHEAD:
        sure = [_strength(one, facts) for one in blockers(facts.verdict) if one.verdict in _PROVED]
        return round(max(sure), 2) if sure else None
    before = _before_verified(facts)
    sure = [
        _strength(one, facts)
        for one in facts.verdict.requirements
        if one.severity is Severity.CRITICAL
        and one.verdict in (Verdict.MET, Verdict.LATE)
        and one.stage in before
    ]
    return round(min(sure), 2) if sure else None


def stage_called(facts: DealFacts, key: str | None, language: Language) -> str | None:
    """A stage as the CRM calls its column; as the rules do where it has none such."""
    if key is None:
        return None
    if facts.pipeline is not None:
        column = next((one for one in _keyed(facts) if one[1] == key), None)
        if column is not None:
            return column[0]
    for rule in facts.rules.stages if facts.rules is not None else ():
        if rule.key == key:
            names = rule.names.en if language == "en" else rule.names.ru
            return (names or rule.names.ru or (key,))[0]
    return key


def best_quote(facts: DealFacts, evidence: Iterable[Evidence]) -> Evidence | None:
    """The words that say most: the client's before ours, the later before the earlier."""
    quotes = [one for one in evidence if one.kind == "call" and (one.quote or "").strip()]
    return max(quotes, key=lambda one: _weight(one, facts), default=None)


def confirmation_of(decisions: Sequence[Decision]) -> Decision | None:
    """The decision by which a finding is confirmed; an objection and its answer change nothing.

    Args:
        decisions: about one finding, the oldest first; blind ones do not count.
    """
    standing: Decision | None = None
    for one in decisions:
        if one.blind:
            continue
        if one.kind is DecisionKind.CONFIRM:
            standing = standing or one
        elif one.kind in (DecisionKind.REOPEN, DecisionKind.DISMISS, DecisionKind.WAIVE):
            standing = None
    return standing


def _keyed(facts: DealFacts) -> list[tuple[str, str | None]]:
    """The names of the board's columns with the stages that they are."""
    pipeline, rules = facts.pipeline, facts.rules
    if pipeline is None:
        return []
    try:
        keys = {tie.stage_id: tie.key for tie in tie_stages(pipeline, rules)} if rules else {}
    except InvalidInputError:
        keys = {}
    return [(one.name, keys.get(one.id, one.key)) for one in pipeline.stages]


def _before_verified(facts: DealFacts) -> set[str]:
    """The stages that were passed; all but the verified one where the rules are not known."""
    rules, verified = facts.rules, facts.verdict.verified_stage
    if rules is None:
        return {one.stage for one in facts.verdict.requirements if one.stage != verified}
    place = rules.index_of(verified)
    return {one.key for one in rules.stages[: place or 0]}


def _strength(one: RequirementVerdict, facts: DealFacts) -> float:
    heard = [
        facts.heard[said.id, said.quote].confidence
        for said in one.evidence
        if said.quote and not said.corrected_by and (said.id, said.quote) in facts.heard
    ]
    return STRENGTH[one.grade] * min([1.0, *heard])


def _weight(one: Evidence, facts: DealFacts) -> tuple[bool, float]:
    heard = facts.heard.get((one.id, one.quote or ""))
    at: datetime | None = one.at
    return (heard is not None and heard.speaker is Speaker.CLIENT, at.timestamp() if at else 0.0)
