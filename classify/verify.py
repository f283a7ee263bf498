"""Does the stage hold: the verifier's entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from classify.verification.advice import with_advice
from classify.verification.call_flags import missing_recordings, strangers, unregistered_leads
from classify.verification.case import Case, Clock
from classify.verification.deal_flags import gap_flags, promise_flags, requirement_flags, slot_flags
from classify.verification.doubts import with_doubts
from classify.verification.gap import gap_of, verified_index
from classify.verification.judge import Judged, judge
from classify.verification.memory import VerdictMemory
from classify.verification.moment import known_at
from classify.verification.money import asks_for_money
from classify.verification.move_flags import moved_without_contact
from classify.verification.promises import ledger, promises_without_deal
from classify.verification.rules import PipelineRules
from classify.verification.wording import explain
from classify.verification.worktime import WorkCalendar
from classify.verification.world import World, build_case, build_world
from core.settings import VerificationSettings
from models.vocabulary.deal import CrmSnapshot, StageKind
from models.vocabulary.verdict import (
    DealVerdict,
    Flag,
    Gap,
    JudgedCall,
    RequirementVerdict,
    Verification,
    Waived,
    Waiver,
)


def verify(  # noqa: PLR0913 - what is held against what, and when
    snapshot: CrmSnapshot,
    pipelines: Mapping[str, PipelineRules],
    calls: Sequence[JudgedCall],
    *,
    as_of: datetime,
    settings: VerificationSettings,
    waivers: Mapping[str, Sequence[Waiver]] = MappingProxyType({}),
    progress: Callable[[int], None] | None = None,
    memory: VerdictMemory | None = None,
) -> Verification:
    """Holds what was heard against what each deal's stage demands, as known at `as_of`.

    `calls` are all known calls: the understood ones and those that only the CDR or a broken
    recording tells of; coverage follows from them. `pipelines` are rule files by template
    name, `waivers` by deal what people do not demand of it. Same input, same answer; the
    snapshot's order of deals is kept. `progress` is told how many deals were judged. With a
    `memory` deals that nothing could have turned since it was used last keep their verdicts; a
    flag that nothing dates keeps the moment of its first judging.

    Raises:
        InvalidInputError: a pipeline's template or a stage's key is unknown.
    """
    zone = ZoneInfo(snapshot.timezone)
    calendar = WorkCalendar(settings.holidays_country, zone, settings.working_hours)
    clock = Clock(as_of, calendar, settings)
    if memory is not None:
        clock = memory.clock(clock)
    world = build_world(known_at(snapshot, as_of), pipelines, calls, clock, waivers)
    deals: list[DealVerdict] = []
    flags: list[Flag] = []
    for verdict, raised in _judged(world, memory, as_of):
        deals.append(verdict)
        flags += raised
        if progress is not None:
            progress(len(deals))
    flags += _flags_of_calls(world)
    verification = Verification(as_of, tuple(deals), tuple(flags))
    return with_advice(with_doubts(verification, world.calls), world.calls)


def _judged(
    world: World, memory: VerdictMemory | None, as_of: datetime
) -> Iterator[tuple[DealVerdict, Sequence[Flag]]]:
    deals = filter(world.judges, world.snapshot.deals)
    if memory is not None:
        yield from memory.judge(world, deals, _judge_deal, as_of)
        return
    for deal in deals:
        yield _judge_deal(build_case(world, deal), world)


def _judge_deal(case: Case, world: World) -> tuple[DealVerdict, list[Flag]]:
    if _closed_before_recordings(case):
        return _not_assessed(case), []
    judged = judge(case)
    gap = gap_of(case, judged)
    owed = ledger(case, world.calls_of_client(case.matched_calls))
    verdict = DealVerdict(
        deal_id=case.deal.id,
        pipeline_id=case.deal.pipeline_id,
        recorded_stage=case.stage,
        verified_stage=case.rules.stages[verified_index(case, judged)].key,
        gap=gap,
        requirements=tuple(_told(case, one) for one in judged),
        promises=tuple(one.promise for one in owed),
    )
    flags = requirement_flags(case, judged, owed)
    flags += slot_flags(case, judged, flags)
    flags += promise_flags(case, owed, flags)
    return verdict, [*gap_flags(case, judged, gap), *flags, *moved_without_contact(case)]


def _flags_of_calls(world: World) -> list[Flag]:
    flags = [*missing_recordings(world), *unregistered_leads(world)]
    for call in strangers(world.calls):
        owed = promises_without_deal(call, world.calls_of_client([call]), world.clock)
        flags += promise_flags(None, owed, ())
    return flags


def _told(case: Case, one: Judged) -> RequirementVerdict:
    told = explain(case, one)
    return RequirementVerdict(
        stage=one.stage.key,
        requirement_id=one.requirement.id,
        severity=one.requirement.severity,
        verdict=one.final,
        grade=one.grade,
        explanation=told.ru,
        explanation_en=told.en,
        evidence=tuple(hit.evidence for hit in one.finding.hits),
        rule_hash=one.requirement.rule_hash,
        waived=_waived(one),
        waivable=not asks_for_money(one.requirement.check),
    )


def _waived(one: Judged) -> Waived | None:
    told = one.waiver
    return None if told is None else Waived(one.verdict, told.who, told.at, told.note)


def _closed_before_recordings(case: Case) -> bool:
    """A deal that was over before anything was recorded cannot be judged, and is not."""
    deal = case.deal
    over = deal.status is not StageKind.OPEN
    closed = deal.closed_at or (deal.updated_at if over else None)
    if closed is None or not over:
        return False
    return case.first_recording is None or closed < case.first_recording


def _not_assessed(case: Case) -> DealVerdict:
    return DealVerdict(
        deal_id=case.deal.id,
        pipeline_id=case.deal.pipeline_id,
        recorded_stage=case.stage,
        verified_stage=None,
        gap=Gap.UNKNOWN,
    )
