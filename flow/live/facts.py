"""Reads what is known of the deals behind a connection, some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from classify.pipeline_file import load_pipelines, with_editions
from classify.verification.rules import PipelineRules
from classify.verification.ties import rules_for
from core.settings import Settings
from flow.editions import published_rules
from flow.live.told import CallOfDeal, DealFacts, HeardQuote, confirmation_of
from models.store.crm_facts import (
    Judged,
    carded_calls,
    deals_of,
    findings_of_deals,
    heard_quotes,
    pipelines_of,
    transcript_of,
    verdicts_of,
)
from models.store.decisions import decisions_of
from models.store.transcripts import load_transcript
from models.vocabulary.crm_write import SpokenLine
from models.vocabulary.deal import Pipeline
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.review import Decision, Finding, FindingState
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import DealVerdict

Templates = Mapping[str, PipelineRules]
_CONTRADICTED = frozenset({FindingState.DISMISSED, FindingState.WAIVED})
_UNCONFIRMED = _CONTRADICTED | {FindingState.OPEN}


@dataclass(frozen=True, slots=True)
class DealsRead:
    """Some deals.

    `contradicted` are findings that people decided against, `unconfirmed` those that nobody stands
    for (any more).
    """

    facts: tuple[DealFacts, ...]
    contradicted: frozenset[int]
    unconfirmed: frozenset[int]


def rules_in_force(database: Engine, settings: Settings) -> Templates:
    """By template, the rules that deals are judged by now.

    Raises:
        StagecheckError: a rule file is wrong, or the database cannot be used.
    """
    return with_editions(
        load_pipelines(settings.verification.pipelines_folder), published_rules(database)
    )


def read_facts(  # noqa: PLR0913 - which deals, by what, how much of them
    session: Session,
    judged: Judged,
    deals: Sequence[str],
    templates: Templates,
    *,
    tags: Mapping[str, frozenset[str]],
    calls: bool,
) -> DealsRead:
    """What is known of some deals.

    Args:
        session: reads.
        judged: the run that counts.
        deals: the CRM's ids, not too many at once.
        templates: the rules in force.
        tags: by deal, the tags of ours that it has or had.
        calls: whether words of calls are wanted.
    """
    verdicts, cards = verdicts_of(session, judged, deals), deals_of(session, judged, deals)
    findings = findings_of_deals(session, judged, deals, judged.zone)
    every = [one for found in findings.values() for one in found]
    confirmed = _confirmed(session, judged, every)
    heard = _heard(session, judged, every, verdicts.values())
    carded = carded_calls(session, judged, deals) if calls else {}
    pipelines = pipelines_of(session, judged)
    facts = tuple(
        DealFacts(
            deal=cards[id_],
            verdict=verdicts[id_],
            pipeline=pipelines.get(cards[id_].pipeline_id),
            rules=_rules(pipelines.get(cards[id_].pipeline_id), templates),
            findings=tuple(one for one in findings.get(id_, ()) if one.withdrawn_at is None),
            confirmed={
                one.id: confirmed[one.id] for one in findings.get(id_, ()) if one.id in confirmed
            },
            heard=heard,
            calls=tuple(CallOfDeal(*one) for one in carded.get(id_, ())),
            tags=tags.get(id_, frozenset()),
        )
        for id_ in deals
        if id_ in cards and id_ in verdicts
    )
    return DealsRead(
        facts,
        contradicted=frozenset(one.id for one in every if one.state in _CONTRADICTED),
        unconfirmed=frozenset(one.id for one in every if one.state in _UNCONFIRMED),
    )


def spoken_lines(session: Session, call: int) -> tuple[SpokenLine, ...]:
    """The words of a call as they are kept: personal numbers are masked. Empty: they are gone."""
    transcript = transcript_of(session, call)
    if transcript is None:
        return ()
    return tuple(
        SpokenLine(one.start, max(one.end, one.start), one.speaker is Speaker.AGENT, one.text)
        for one in load_transcript(session, transcript).segments
        if one.start is not None and one.end is not None and one.text.strip()
    )


def _confirmed(
    session: Session, judged: Judged, findings: Iterable[Finding]
) -> dict[int, Decision]:
    """By finding the decision that confirmed it; those that nobody confirmed are left out."""
    decided = decisions_of(session, [one.id for one in findings if one.version], judged.zone)
    found = {id_: confirmation_of(told) for id_, told in decided.items()}
    return {id_: decision for id_, decision in found.items() if decision is not None}


def _heard(
    session: Session, judged: Judged, findings: Iterable[Finding], verdicts: Iterable[DealVerdict]
) -> dict[tuple[str, str], HeardQuote]:
    """By call and quote, how what findings and verdicts rest on was heard."""
    spoken = [one.evidence for one in findings]
    spoken += [one.evidence for verdict in verdicts for one in verdict.requirements]
    quoted = {said.id for evidence in spoken for said in evidence if said.kind == "call"}
    found = heard_quotes(session, quoted, judged.source)
    return {place: HeardQuote(*told) for place, told in found.items()}


def _rules(pipeline: Pipeline | None, templates: Templates) -> PipelineRules | None:
    if pipeline is None:
        return None
    try:
        return rules_for(pipeline, templates)
    except InvalidInputError:
        return None
