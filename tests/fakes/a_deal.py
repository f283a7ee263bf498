"""Shop talk for tests: one deal of a web studio, its calls and its CRM records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from classify.pipeline_file import load_pipelines
from classify.verification.rules import PipelineRules
from classify.verify import verify
from core.settings import VerificationSettings
from models.vocabulary.action import Action, ActionStatus, ActionType, Outcome, SlotValue
from models.vocabulary.call import Call, Direction, MetadataSource
from models.vocabulary.deal import (
    Activity,
    ActivityKind,
    ActivityType,
    Company,
    Contact,
    CrmSnapshot,
    Deal,
    Pipeline,
    Stage,
    StageChange,
    StageKind,
)
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import (
    DealMatch,
    DealVerdict,
    Flag,
    JudgedCall,
    Promise,
    Verdict,
    Verification,
    Waiver,
)

PIPELINES = load_pipelines(None)
MOSCOW = ZoneInfo("Europe/Moscow")
BELOVA = "+79160000001"
STRANGER = "+79990000099"
LOST = Stage("lost", "Закрыто и не реализовано", StageKind.LOST)


def at(text: str) -> datetime:
    """`9 10:30` is the 9th of November 2026 in Moscow; a Monday."""
    day, _, clock = text.partition(" ")
    hour, _, minute = (clock or "10:00").partition(":")
    return datetime(2026, 11, int(day), int(hour), int(minute), tzinfo=MOSCOW)


def act(
    kind: str, status: str = "done", speaker: str = "client", quote: str = "…", **slots: SlotValue
) -> Action:
    return Action(
        ActionType(kind), ActionStatus(status), Speaker(speaker), quote, 1.0, 5.0, 8.0, slots
    )


def call(
    when: str,
    *actions: Action,
    outcome: str = "conversation",
    direction: str = "out",
    deal: str | None = "d1",
    number: str | None = BELOVA,
    alternatives: Sequence[tuple[str, float]] = (),
    method: str = "phone",
) -> JudgedCall:
    facts = Call(
        call_id=f"call {when}",
        recording=f"{when}.wav",
        sha256=None,
        started_at=at(when),
        direction=Direction(direction),
        metadata_from=MetadataSource.CDR,
        client_number=number,
        user_id="irina",
        answered=outcome != "no_answer",
        talk_s=60.0,
    )
    match = DealMatch(deal, 1.0, method, alternatives=tuple(alternatives))
    return JudgedCall(facts, Outcome(outcome), actions, match, duration_s=60.0)


def unrecorded(
    when: str,
    *,
    answered: bool = True,
    direction: str = "out",
    talk_s: float = 60.0,
    deal: str | None = "d1",
    number: str = BELOVA,
) -> JudgedCall:
    facts = Call(
        call_id=f"cdr {when}",
        recording=None,
        sha256=None,
        started_at=at(when),
        direction=Direction(direction),
        metadata_from=MetadataSource.CDR,
        client_number=number,
        answered=answered,
        talk_s=talk_s if answered else 0.0,
    )
    return JudgedCall(facts, None, (), DealMatch(deal, 1.0, "phone"), understood=False)


RECORDINGS_BEGIN = call("1 9:00", outcome="voicemail", deal=None, number=None)


def record(
    kind: str, when: str, about: str = "other", deal: str | None = "d1", **more: Any
) -> Activity:
    """A CRM record, done when it was made unless `due_at` or `completed_at` says otherwise."""
    times: dict[str, Any] = {
        name: at(more.pop(name)) for name in ("due_at", "completed_at") if name in more
    }
    done: dict[str, Any] = {} if "due_at" in times else {"completed_at": at(when)}
    facts: dict[str, Any] = {**done, **times, **more}
    return Activity(
        id=f"{kind} {when}",
        type=ActivityType(kind),
        kind=ActivityKind(about),
        created_at=at(when),
        deal_id=deal,
        user_id=facts.pop("user_id", "irina"),
        **facts,
    )


def moved(when: str, source: str, target: str, deal: str = "d1") -> StageChange:
    return StageChange(deal, target, at(when), source, "irina")


def a_deal(stage: str, **more: Any) -> Deal:
    facts: dict[str, Any] = {
        "id": "d1",
        "name": "Сайт пекарни",
        "pipeline_id": "p1",
        "stage_id": stage,
        "status": StageKind.LOST if stage == "lost" else StageKind.OPEN,
        "created_at": at("9 10:00"),
        "amount": 200000.0,
        "contact_ids": ("belova",),
        "company_id": "bakery",
        "responsible_id": "irina",
        "source": "Сайт",
        "fields": {"order_type": "Лендинг"},
    }
    return Deal(**{**facts, **more})


def a_snapshot(
    *deals: Deal,
    template: str = "web_studio",
    moves: Sequence[StageChange] = (),
    records: Sequence[Activity] = (),
    contacts: Sequence[Contact] | None = None,
    stages: Sequence[Stage] | None = None,
    company_fields: Mapping[str, object] | None = None,
) -> CrmSnapshot:
    columns = stages or [
        *(Stage(rule.key, rule.names.ru[0], key=rule.key) for rule in PIPELINES[template].stages),
        LOST,
    ]
    people = (Contact("belova", "Анна Белова", phones=("8 916 000-00-01",), decision_maker=True),)
    return CrmSnapshot(
        as_of=at("30 18:00"),
        timezone="Europe/Moscow",
        crm="file",
        pipelines=(Pipeline("p1", "Студия", template, tuple(columns)),),
        users=(),
        companies=(Company("bakery", "Пекарня", fields=company_fields or {}),),
        contacts=tuple(people if contacts is None else contacts),
        deals=deals,
        stage_changes=tuple(moves),
        activities=tuple(records),
    )


def judged(
    snapshot: CrmSnapshot,
    *calls: JudgedCall,
    as_of: str = "20 18:00",
    since: JudgedCall | None = RECORDINGS_BEGIN,
    pipelines: Mapping[str, PipelineRules] = PIPELINES,
    waivers: Sequence[Waiver] = (),
    **settings: Any,
) -> Verification:
    known = [*calls, since] if since else list(calls)
    return verify(
        snapshot,
        pipelines,
        known,
        as_of=at(as_of),
        settings=VerificationSettings(**settings),
        waivers={"d1": waivers},
    )


def deal_of(found: Verification, deal_id: str = "d1") -> DealVerdict:
    return next(deal for deal in found.deals if deal.deal_id == deal_id)


def verdict(found: Verification, requirement: str, deal_id: str = "d1") -> Verdict:
    deal = deal_of(found, deal_id)
    return next(r.verdict for r in deal.requirements if r.requirement_id == requirement)


def explanation(found: Verification, requirement: str) -> str:
    rows = deal_of(found).requirements
    return next(r.explanation for r in rows if r.requirement_id == requirement)


def flags(found: Verification, kind: str) -> list[Flag]:
    return [flag for flag in found.flags if flag.kind.value == kind]


def promises(found: Verification, kind: str) -> list[Promise]:
    return [promise for promise in deal_of(found).promises if promise.type == kind]
