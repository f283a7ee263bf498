"""Runs the examples of a rule file: each requirement must pass and fail as it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from classify.verification.case import Clock
from classify.verification.example import Example, ExampleActivity, ExampleCall
from classify.verification.judge import judge
from classify.verification.rules import PipelineRules, Requirement
from classify.verification.worktime import WorkCalendar
from classify.verification.world import build_case, build_world
from core.settings import VerificationSettings
from models.vocabulary.action import Action
from models.vocabulary.call import Call, Direction, MetadataSource
from models.vocabulary.deal import (
    Activity,
    Company,
    Contact,
    CrmSnapshot,
    Deal,
    Pipeline,
    Stage,
    StageKind,
)
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.verdict import DealMatch, JudgedCall, Verdict

_ZONE = "Europe/Moscow"
_DEAL, _CONTACT, _COMPANY = "example", "person", "company"
_NUMBER, _DECISION_MAKER = "+79160000001", "+79160000002"


@dataclass(frozen=True, slots=True)
class Proof:
    """One example of a requirement, with the verdict that it must come to."""

    requirement: Requirement
    example: Example
    expected: Verdict
    name: str


def proofs(rules: PipelineRules) -> Iterator[Proof]:
    """Every example of a rule file: passing ones are met, failing ones missing unless they say."""
    for _, _, requirement in rules.requirements():
        for (group, place), example, expected in examples_of(requirement):
            name = f"{rules.template}-{requirement.id}-{group}-{place + 1}-{expected}"
            yield Proof(requirement, example, expected, name)


def examples_of(requirement: Requirement) -> Iterator[tuple[tuple[str, int], Example, Verdict]]:
    """A requirement's examples: group and place in it (from 0), and the verdict to come to."""
    groups = (
        ("passes", requirement.examples.passes, Verdict.MET),
        ("fails", requirement.examples.fails, Verdict.MISSING),
    )
    for group, examples, default in groups:
        for place, example in enumerate(examples):
            yield (group, place), example, example.verdict or default


def refuse_disproved(rules: PipelineRules, place: str) -> None:
    """Makes sure that every example comes to the verdict that it names; `place` names the rules.

    Raises:
        InvalidInputError: one does not; names it and both verdicts.
    """
    for proof in proofs(rules):
        found = verdict_of(rules, proof)
        if found is not proof.expected:
            raise InvalidInputError(
                place,
                f"the example {proof.name} comes to `{found}`",
                "Correct the example, or what the requirement asks for.",
            )


def verdict_of(rules: PipelineRules, proof: Proof) -> Verdict:
    """What a requirement comes to for its example's deal."""
    example = proof.example
    calendar = WorkCalendar("RU", ZoneInfo(_ZONE))
    clock = Clock(_local(example.as_of), calendar, VerificationSettings())
    calls = [_recording_before(example), *map(_call, example.calls)]
    snapshot = _snapshot(rules, example)
    world = build_world(snapshot, {rules.template: rules}, calls, clock)
    judged = judge(build_case(world, snapshot.deals[0]))
    return next(one.verdict for one in judged if one.requirement.id == proof.requirement.id)


def _local(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(_ZONE))


def _recording_before(example: Example) -> JudgedCall:
    """A stranger's recorded call, so that the recordings begin when the example says."""
    call = Call(
        call_id="stranger",
        recording="stranger.wav",
        sha256=None,
        started_at=_local(example.recordings_since),
        direction=Direction.IN,
        metadata_from=MetadataSource.CDR,
    )
    return JudgedCall(call, None, (), None)


def _call(example: ExampleCall) -> JudgedCall:
    started = _local(example.at)
    call = Call(
        call_id=f"call-{started.isoformat()}",
        recording="call.wav" if example.recorded else None,
        sha256=None,
        started_at=started,
        direction=Direction(example.direction),
        metadata_from=MetadataSource.CDR,
        client_number=_DECISION_MAKER if example.decision_maker else _NUMBER,
        answered=example.answered,
        talk_s=60.0 if example.answered else 0.0,
    )
    actions = tuple(
        Action(a.type, a.status, a.speaker, "…", 1.0, start=float(second), slots=a.slots)
        for second, a in enumerate(example.actions, 1)
    )
    outcome = example.outcome if example.recorded else None
    match = DealMatch(_DEAL, 1.0, "phone")
    return JudgedCall(call, outcome, actions, match, understood=example.recorded, duration_s=60.0)


def _snapshot(rules: PipelineRules, example: Example) -> CrmSnapshot:
    stages = tuple(Stage(s.key, s.names.ru[0], key=s.key) for s in rules.stages)
    contacts = tuple(
        Contact(
            id=f"{_CONTACT}{number}",
            name=contact.name,
            phones=((_DECISION_MAKER if contact.decision_maker else _NUMBER),)
            if contact.phone
            else (),
            decision_maker=contact.decision_maker,
        )
        for number, contact in enumerate(example.contacts)
    )
    company = example.company
    has_company = company is not None
    deal = Deal(
        id=_DEAL,
        name="Пример",
        pipeline_id="pipeline",
        stage_id=example.stage or rules.stages[-1].key,
        status=StageKind.OPEN,
        created_at=_local(example.created),
        amount=example.amount,
        contact_ids=tuple(contact.id for contact in contacts),
        company_id=_COMPANY if has_company else None,
        source=example.source,
        fields=example.fields,
    )
    companies = (Company(_COMPANY, "ООО «Пример»", fields=company),) if company is not None else ()
    return CrmSnapshot(
        as_of=_local(example.as_of),
        timezone=_ZONE,
        crm="file",
        pipelines=(Pipeline("pipeline", rules.name.ru, rules.template, stages),),
        users=(),
        companies=companies,
        contacts=contacts,
        deals=(deal,),
        stage_changes=(),
        activities=tuple(_activity(n, a) for n, a in enumerate(example.activities)),
    )


def _activity(number: int, example: ExampleActivity) -> Activity:
    at = _local(example.at)
    completed = _local(example.completed_at) if example.completed_at else at
    return Activity(
        id=f"a{number}",
        type=example.type,
        kind=example.about,
        created_at=at,
        deal_id=_DEAL,
        direction=example.direction,
        due_at=_local(example.due_at) if example.due_at else None,
        completed_at=completed if example.done else None,
        result=example.result,
        amount=example.amount,
        subject=example.subject,
        text=example.text,
        place=example.place,
        user_id="u1",
    )
